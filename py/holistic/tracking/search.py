"""When a detector searches for newcomers, and in which windows.

A detector sees a small picture of the region that it is given, and finds only what is large in it.
To find one person, the tracker searches the whole frame, as MediaPipe does. To find several, it
also cuts the frame into overlapping windows, down to a third of the frame's longer side. It
searches a single picture in many of them at once. In a video it searches them one by one, so that
no frame pays for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from holistic.inference.roi import Region

INTERVAL_MS = 250.0
"""Pause between two searches for newcomers while a target is followed."""

FRACTIONS = (1 / 2, 1 / 3)
"""Sides of the windows, in longer sides of the frame, depth by depth."""

_OVERLAP = 0.5  # of neighbouring windows
_MISSING_SCALE = 1.5  # of the window around a missing target, in sides of the last region


class SearchWindow(NamedTuple):
    """A window and its depth: 0 if it cuts no target in two, else its index in FRACTIONS + 1."""

    window: Region
    depth: int


def whole_frame(frame: np.ndarray) -> Region:
    """The smallest upright region that holds the whole frame."""
    height, width = frame.shape[:2]
    return Region(width / 2, height / 2, max(width, height), 0.0)


def windows(frame: np.ndarray, fraction: float) -> list[Region]:
    """Overlapping windows that cover the frame; ``fraction`` is their side in its longer side."""
    height, width = frame.shape[:2]
    size = fraction * max(width, height)
    return [Region(x, y, size, 0.0) for y in _middles(height, size) for x in _middles(width, size)]


def _windows_to_depth(frame: np.ndarray, depths: int) -> list[SearchWindow]:
    """The windows of the first so many FRACTIONS."""
    return [
        SearchWindow(window, depth)
        for depth, fraction in enumerate(FRACTIONS[:depths], start=1)
        for window in windows(frame, fraction)
    ]


def _middles(length: float, size: float) -> list[float]:
    if length <= size:
        return [length / 2]
    steps = ceil((length - size) / (size * (1 - _OVERLAP)) - 1e-9)  # 3 windows may be a hair off
    return [size / 2 + step * (length - size) / steps for step in range(steps + 1)]


class DetectionScheduler:
    """Says in each frame which windows the detector searches; mostly none.

    For one target (``limit`` 1): the whole frame, in every frame in which it is not followed.

    For several targets with no ``depths``: the whole frame, in every frame with room for more, as
    MediaPipe's Hands and FaceMesh do.

    For several targets otherwise: in the first frame, the whole frame and all windows of the first
    ``depths`` FRACTIONS. After that, while there is room for more, the windows around those that
    were lost in the frame before; and every INTERVAL_MS (in every frame if none is followed) the
    windows around all that are still missing, the whole frame, and the next window of the round.
    """

    def __init__(self, limit: int, depths: int = 1) -> None:
        self._limit = limit
        self._depths = depths
        self.reset()

    def reset(self) -> None:
        """Forget the source: the next frame is the first one."""
        self._last: float | None = None
        self._searches = 0

    def searches(
        self,
        frame: np.ndarray,
        timestamp: float,
        followed: int,
        missing: Sequence[Region],
        just_lost: Sequence[Region],
    ) -> list[SearchWindow]:
        """The windows to search in this frame.

        ``followed`` counts the targets that are followed. ``missing`` are the last regions of
        those that are remembered and not followed, and ``just_lost`` those of them that were lost
        in the frame before.
        """
        if followed >= self._limit:
            return []
        whole = SearchWindow(whole_frame(frame), 0)
        if self._limit == 1 or not self._depths:
            return [whole]
        if self._last is None:
            self._last = timestamp
            return [whole, *_windows_to_depth(frame, self._depths)]
        if followed and timestamp - self._last < INTERVAL_MS:
            return [_around(region) for region in just_lost]
        self._last = timestamp
        self._searches += 1
        tour = _windows_to_depth(frame, len(FRACTIONS))
        turn = tour[(self._searches - 1) % len(tour)]
        return [*(_around(region) for region in missing), whole, turn]


def _around(region: Region) -> SearchWindow:
    return SearchWindow(region._replace(size=region.size * _MISSING_SCALE, angle=0.0), 0)
