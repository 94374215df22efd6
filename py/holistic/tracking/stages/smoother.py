"""Smoothing the landmarks of one part, person by person."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from holistic.inference.roi import extent
from holistic.options import Smoothing
from holistic.tracking.one_euro import OneEuro


class LandmarkSmoother:
    """Smooths the points of one part, by track id, if that is asked for."""

    def __init__(self, smoothing: Smoothing | None) -> None:
        self._smoothing = smoothing
        self._filters: dict[tuple[int, int], OneEuro] = {}  # by track id and count of points

    def __call__(self, track_id: int, points: np.ndarray, timestamp: float) -> np.ndarray:
        """The (n, 3) ``points`` in pixels, smoothed."""
        if self._smoothing is None:
            return points
        left, top, right, bottom = extent(points)
        size = max((right - left + bottom - top) / 2, 1e-6)
        smooth = self._filters.setdefault((track_id, len(points)), OneEuro(*self._smoothing))
        return smooth(points, timestamp, 1 / size)

    def keep(self, track_ids: Collection[int]) -> None:
        """Forget all other track ids."""
        self._filters = {key: each for key, each in self._filters.items() if key[0] in track_ids}
