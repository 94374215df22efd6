"""The landmarks of one object, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

from holistic.compat.mediapipe.tasks.python.components.containers.category import Category
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.components.containers.rect import NormalizedRect


@dataclass
class LandmarksDetectionResult:
    """An object's landmarks in the picture and in metres, its categories and its region."""

    landmarks: list[NormalizedLandmark] | None
    categories: list[Category] | None
    world_landmarks: list[Landmark] | None
    rect: NormalizedRect
