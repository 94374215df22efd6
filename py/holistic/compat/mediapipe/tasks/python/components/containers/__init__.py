"""What results are made of.

- ``landmark``: points in the picture and in metres
- ``category``: a label and its score
- ``rect``: rectangles
- ``landmark_detection_result``: the landmarks of one object, and what goes with them
"""

from holistic.compat.mediapipe.tasks.python.components.containers import (
    category,
    landmark,
    landmark_detection_result,
    rect,
)
from holistic.compat.mediapipe.tasks.python.components.containers.category import Category
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.components.containers.landmark_detection_result import (
    LandmarksDetectionResult,
)
from holistic.compat.mediapipe.tasks.python.components.containers.rect import (
    NormalizedRect,
    Rect,
    RectF,
)

__all__ = [
    "Category",
    "Landmark",
    "LandmarksDetectionResult",
    "NormalizedLandmark",
    "NormalizedRect",
    "Rect",
    "RectF",
    "category",
    "landmark",
    "landmark_detection_result",
    "rect",
]
