"""MediaPipe's ``tasks``: the four landmarkers of people, module by module as MediaPipe has them.

- ``python``: where MediaPipe keeps them; ``mp.tasks`` has the same names
"""

from holistic.compat.mediapipe.tasks import python
from holistic.compat.mediapipe.tasks.python import BaseOptions, components, vision

__all__ = ["BaseOptions", "components", "python", "vision"]
