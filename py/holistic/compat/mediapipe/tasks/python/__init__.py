"""MediaPipe's ``tasks.python``.

- ``vision``: the landmarkers, pictures, drawing
- ``components``: what results are made of
- ``core``: the options that all tasks share
"""

from holistic.compat.mediapipe.tasks.python import components, vision
from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions

__all__ = ["BaseOptions", "components", "vision"]
