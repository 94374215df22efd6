"""What a detector found."""

from holistic.compat.mediapipe.messages import (
    Detection,
    DetectionList,
)

__all__ = [
    "Detection",
    "DetectionList",
]
