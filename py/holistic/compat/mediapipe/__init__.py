"""MediaPipe's ``solutions``, which its wheels no longer have, and its ``tasks``, on this tracker.

A program that was written for them changes its import and nothing else::

    from holistic.compat import mediapipe as mp        # was: import mediapipe as mp

    with mp.solutions.holistic.Holistic() as holistic:
        results = holistic.process(rgb)

What is different: in the static image mode every picture really stands alone (MediaPipe carries
the regions of face and hands from one to the next), and there is no heavy pose model
(``model_complexity=2``).

- ``solutions``: the solutions, and drawing
- ``tasks``: the landmarkers, module by module as MediaPipe has them
- ``solution``: what all solutions share
- ``messages``: landmark lists and classifications
- ``topology``: the points' names, and the lines between points
"""

from holistic.compat.mediapipe import solutions, tasks
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat

__all__ = ["Image", "ImageFormat", "solutions", "tasks"]
