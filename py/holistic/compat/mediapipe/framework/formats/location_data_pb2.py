"""Where a detection is."""

from holistic.compat.mediapipe.messages import (
    LocationData,
)

__all__ = [
    "LocationData",
]
