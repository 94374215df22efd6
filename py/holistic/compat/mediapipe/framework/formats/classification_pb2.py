"""Labels and lists of them."""

from holistic.compat.mediapipe.messages import (
    Classification,
    ClassificationList,
    ClassificationListCollection,
)

__all__ = [
    "Classification",
    "ClassificationList",
    "ClassificationListCollection",
]
