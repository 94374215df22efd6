"""MediaPipe's ``solutions``, which its wheels no longer have, and its ``tasks``, on this tracker.

A program that was written for them changes its import and nothing else::

    from holistic.compat import mediapipe as mp        # was: import mediapipe as mp

    with mp.solutions.holistic.Holistic() as holistic:
        results = holistic.process(rgb)

Libraries and programs that cannot be changed run with ``import mediapipe`` being this package:
after ``holistic.compat.mediapipe.install()``, or by
``python -m holistic.compat.mediapipe PROGRAM ARGUMENTS``.

What is different: in the static image mode every picture really stands alone (MediaPipe carries
the regions of face and hands from one to the next).

- ``solutions``, and ``python`` with them again: the solutions, and drawing
- ``tasks``: the landmarkers, module by module as MediaPipe has them
- ``framework``: the messages, by MediaPipe's modules
- ``import_hook``: letting ``import mediapipe`` be this package; ``__main__`` is its command
- ``solution``: what all solutions share
- ``messages``, ``results``: protobuf messages, and those made of results
- ``hand_order``: the order in which hands are listed
- ``pens``: drawing figures into pictures
- ``topology``: the points' names, and the lines between points
"""

from holistic.compat.mediapipe import framework, python, solutions, tasks
from holistic.compat.mediapipe.import_hook import VERSION, install
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat

__version__ = VERSION
__all__ = ["Image", "ImageFormat", "framework", "install", "python", "solutions", "tasks"]
