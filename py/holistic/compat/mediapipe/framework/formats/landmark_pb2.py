"""Landmarks and lists of them."""

from holistic.compat.mediapipe.messages import (
    Landmark,
    LandmarkList,
    LandmarkListCollection,
    NormalizedLandmark,
    NormalizedLandmarkList,
    NormalizedLandmarkListCollection,
)

__all__ = [
    "Landmark",
    "LandmarkList",
    "LandmarkListCollection",
    "NormalizedLandmark",
    "NormalizedLandmarkList",
    "NormalizedLandmarkListCollection",
]
