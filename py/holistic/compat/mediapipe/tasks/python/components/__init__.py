"""What results are made of.

- ``containers``: landmarks, categories, rectangles
"""

from holistic.compat.mediapipe.tasks.python.components import containers

__all__ = ["containers"]
