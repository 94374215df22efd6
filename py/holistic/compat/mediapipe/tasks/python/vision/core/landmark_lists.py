"""Arrays as lists of landmarks."""

from __future__ import annotations

import numpy as np

from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)


def image_landmarks(points: np.ndarray) -> list[NormalizedLandmark]:
    """The points (n, 3), or (n, 5) with visibility and presence, as landmarks in the picture."""
    return [NormalizedLandmark(*values) for values in np.asarray(points).tolist()]


def world_landmarks(points: np.ndarray, likely: np.ndarray | None = None) -> list[Landmark]:
    """The points (n, 3) as landmarks in metres; ``likely`` (n, 2) has visibility and presence."""
    rows = points if likely is None else np.hstack((points, likely))
    return [Landmark(*values) for values in np.asarray(rows).tolist()]
