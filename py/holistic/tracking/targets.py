"""What a multi-tracker tracks: bodies, faces or hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Generic, Protocol, TypeVar

import numpy as np

from holistic.inference.detector import Detection
from holistic.inference.roi import Region
from holistic.tracking.matching import is_same
from holistic.tracking.search import SearchWindow

Detect = Callable[[np.ndarray, Region, int], list[Detection]]
"""A detector: up to so many objects in a region of the frame, best first."""


class Found(Protocol):
    """What landmark submodels give: a score and (n, 2 or more) points in frame pixels."""

    @property
    def score(self) -> float:
        """0 to 1."""

    @property
    def points(self) -> np.ndarray:
        """(n, 2 or more)."""


Estimate = TypeVar("Estimate", bound=Found)

Landmarks = Callable[[np.ndarray, Region], Estimate | None]
"""The target in a region of the frame, or None."""

Search = Callable[[np.ndarray, list[SearchWindow], list[Estimate]], list[Estimate]]
"""The targets in the windows of the frame that are not among those already known."""


class Track(Protocol[Estimate]):
    """Follows one target from frame to frame."""

    region: Region | None
    """Where the target is expected in the next frame; None while it is not followed."""

    def accept(self, estimate: Estimate, timestamp: float) -> Estimate:
        """Follow what was found; returns it smoothed."""

    def lose(self) -> None:
        """The target is not in this frame."""

    def reset(self) -> None:
        """Forget the target: another one takes the slot."""


@dataclass(frozen=True)
class TargetSpec(Generic[Estimate]):
    """How bodies, faces or hands are tracked.

    Attributes:
        make_track: makes the track of a slot.
        region_from_detection: the region of the landmarks, from a detection and the window that
            it was found in.
        region_from_estimate: the region of the landmarks, from an estimate.
        is_duplicate: whether two point lists belong to the same target, where one of them was
            found in a window that may cut it.
        tolerance: the largest dissimilarity of two estimates that confirm each other.
        overlap: regions with a larger intersection over union belong to the same target.
        is_same: whether two point lists of one frame belong to the same target.
        show_alone: a copy of the frame that shows the target with these points and covers the
            others; None where the landmark network does not mistake one for another.
    """

    make_track: Callable[[], Track[Estimate]]
    region_from_detection: Callable[[Detection, Region], Region]
    region_from_estimate: Callable[[Estimate], Region]
    is_duplicate: Callable[[np.ndarray, np.ndarray], bool]
    tolerance: float
    overlap: float = inf
    is_same: Callable[[np.ndarray, np.ndarray], bool] = is_same
    show_alone: Callable[[np.ndarray, np.ndarray, list[np.ndarray]], np.ndarray] | None = None
