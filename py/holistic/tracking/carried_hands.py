"""Carrying a hand on for a moment in which it is not found.

A hand in fast motion is lost for a frame or two. Until it is found again it goes on with the
pose's wrist, as it was. It has the score 0, so that nobody takes it for one that was found.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from holistic.inference.landmarkers import HandEstimate
from holistic.options import CARRY_MS
from holistic.tracking.sides import WRISTS


class _Seen(NamedTuple):
    """A hand as it was found, the pose's (x, y) wrist (None without a body), and when (ms)."""

    hand: HandEstimate
    wrist: np.ndarray | None
    timestamp: float


class CarriedHands:
    """Remembers the hands of one side by track id, and carries lost ones on."""

    def __init__(self, side: str) -> None:
        self._wrist = WRISTS[side]
        self._seen: dict[int, _Seen] = {}

    def found(
        self, track_id: int, hand: HandEstimate, pose: np.ndarray | None, timestamp: float
    ) -> None:
        """Remember a hand; ``pose`` is the (33, 5) points of its body in pixels, if it has one."""
        self._seen[track_id] = _Seen(hand, self._wrist_of(pose), timestamp)

    def lost(self, track_id: int, pose: np.ndarray | None, timestamp: float) -> HandEstimate | None:
        """The hand carried on, with the score 0; None after CARRY_MS."""
        seen = self._seen.get(track_id)
        if seen is None or timestamp - seen.timestamp > CARRY_MS:
            return None
        points = seen.hand.points.copy()
        wrist = self._wrist_of(pose)
        if wrist is not None and seen.wrist is not None:
            points[:, :2] += wrist - seen.wrist
        return seen.hand._replace(score=0.0, points=points)

    def keep(self, track_ids: Collection[int]) -> None:
        """Forget all other track ids."""
        self._seen = {key: seen for key, seen in self._seen.items() if key in track_ids}

    def _wrist_of(self, pose: np.ndarray | None) -> np.ndarray | None:
        return None if pose is None else pose[self._wrist, :2].copy()
