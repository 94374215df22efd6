"""How a picture is seen."""

from __future__ import annotations

from dataclasses import dataclass

from holistic.compat.mediapipe.tasks.python.components.containers.rect import RectF


@dataclass
class ImageProcessingOptions:
    """How far a picture must be turned clockwise to stand upright: 0, 90, 180, 270 or negative.

    The landmarkers refuse a region of interest, as MediaPipe's do.
    """

    region_of_interest: RectF | None = None
    rotation_degrees: int = 0
