"""When to look for newcomers, and where: the schedule of a detector.

Detectors see a small picture of the region they are given, and only what is large in it. Whoever
looks for one person looks at the whole frame, as MediaPipe does. To find several, the frame is
also cut into overlapping windows of a half and of a third of its longer side, and these are
visited in turn, so that no single frame pays for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from math import ceil

import numpy as np

from holistic.geometry import Region

INTERVAL_MS = 250.0
"""Pause between two looks for newcomers while somebody is followed."""

_FRACTIONS = (1 / 2, 1 / 3)  # sides of the windows, in longer sides of the frame
_OVERLAP = 0.5  # of neighbouring windows
_MISSING_SCALE = 1.5  # of the window around somebody missing, in sides of the last region


def whole_frame(frame: np.ndarray) -> Region:
    """The smallest upright region that holds the whole frame."""
    height, width = frame.shape[:2]
    return Region(width / 2, height / 2, max(width, height), 0.0)


def windows(frame: np.ndarray, fraction: float) -> list[Region]:
    """Overlapping windows that cover the frame; ``fraction`` is their side in its longer side."""
    height, width = frame.shape[:2]
    size = fraction * max(width, height)
    return [Region(x, y, size, 0.0) for y in _middles(height, size) for x in _middles(width, size)]


def _middles(length: float, size: float) -> list[float]:
    if length <= size:
        return [length / 2]
    steps = ceil((length - size) / (size * (1 - _OVERLAP)) - 1e-9)  # 3 windows may be a hair off
    return [size / 2 + step * (length - size) / steps for step in range(steps + 1)]


class Lookout:
    """Says in each frame which windows the detector is to look at; mostly none.

    For one thing (``limit`` 1): the whole frame, in every frame in which it is not followed. For
    several: everywhere in the first frame; after that, while there is room for more, around
    whoever was lost in the frame before, and every INTERVAL_MS (every frame if nobody is left)
    around those still missing, at the whole frame, and at the next window of the round.
    """

    def __init__(self, limit: int, thorough: bool = False) -> None:
        self._limit = limit
        self._thorough = thorough
        self.reset()

    def reset(self) -> None:
        """Forget the source: the next frame is the first one."""
        self._last: float | None = None
        self._looks = 0

    def windows(
        self,
        frame: np.ndarray,
        timestamp: float,
        followed: int,
        missing: Sequence[Region],
        just_lost: Sequence[Region],
    ) -> list[Region]:
        """The windows to look at in this frame.

        ``followed`` counts those that are followed; ``missing`` are the last regions of those
        that are remembered and not followed, and ``just_lost`` those of them that were lost in
        the frame before.
        """
        if followed >= self._limit:
            return []
        whole = whole_frame(frame)
        if self._limit == 1:
            return [whole]
        if self._last is None:
            self._last = timestamp
            fractions = _FRACTIONS if self._thorough else _FRACTIONS[:1]
            return [whole, *(each for fraction in fractions for each in windows(frame, fraction))]
        if followed and timestamp - self._last < INTERVAL_MS:
            return [_around(region) for region in just_lost]
        self._last = timestamp
        self._looks += 1
        every = [each for fraction in _FRACTIONS for each in windows(frame, fraction)]
        turn = islice(cycle(every), self._looks - 1, self._looks)
        return [*(_around(region) for region in missing), whole, *turn]


def _around(region: Region) -> Region:
    return region._replace(size=region.size * _MISSING_SCALE, angle=0.0)
