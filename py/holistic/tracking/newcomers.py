"""Finding newcomers: what the detector sees, verified by the landmarks.

A target that is seen in the whole frame is believed as MediaPipe believes it. A target that is
seen in a window that may cut it is estimated twice, the second time in the region that the first
estimate gives; both estimates need a high score, and must agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import prod
from typing import Generic, NamedTuple

import numpy as np

from holistic.inference.detector import OVERLAP, box_of, overlaps
from holistic.inference.roi import Region
from holistic.tracking.matching import dissimilarity
from holistic.tracking.search import SearchWindow
from holistic.tracking.targets import Detect, Estimate, Landmarks, TargetSpec

MIN_CONFIDENCE = 0.5
CONFIDENCE_PER_DEPTH = 0.07
"""Detection score times landmark score that it takes to be found in a window that may cut bodies.

Halves of bodies look like people, and the deeper the window, the more often so.
"""


class _Candidate(NamedTuple):
    """What the detector sees: the window's depth, the detection's score, and where it is.

    ``box`` (4,) is around what the detector sees, and ``region`` around the landmarks.
    """

    depth: int
    score: float
    box: np.ndarray
    region: Region


class NewcomerSearch(Generic[Estimate]):
    """Finds targets that are not known yet, up to ``limit`` with those that are.

    ``last_wins``: of detections that overlap, the last one wins, as in MediaPipe; else the best.
    """

    def __init__(self, limit: int, spec: TargetSpec[Estimate], last_wins: bool) -> None:
        self._limit = limit
        self._spec = spec
        self._last_wins = last_wins

    def __call__(
        self,
        frame: np.ndarray,
        searches: Iterable[SearchWindow],
        detector: Detect,
        landmarks: Landmarks[Estimate],
        known: Collection[Estimate],
        taken: Sequence[Region],
    ) -> list[Estimate]:
        """The targets in the windows that are not among the ``known``, as many as fit.

        A candidate in one of the regions ``taken`` is dropped. Candidates that are seen whole come
        first; after them those with the best score. Of a target that is seen in several windows,
        the first estimate that is believed is taken.
        """
        known, taken = list(known), list(taken)
        boxes = np.empty((0, 4))
        newcomers: list[Estimate] = []
        for candidate in self._candidates(frame, searches, detector):
            if len(known) == self._limit:
                break
            if (overlaps(candidate.box, boxes) > OVERLAP).any():
                continue  # the same one in another window
            if any(_overlap(candidate.region, each) > self._spec.overlap for each in taken):
                continue
            estimate = self._estimate(frame, candidate, landmarks)
            if estimate is not None and not self._is_known(candidate, estimate, known):
                boxes = np.vstack((boxes, candidate.box))
                taken.append(candidate.region)
                known.append(estimate)
                newcomers.append(estimate)
        return newcomers

    def _candidates(
        self, frame: np.ndarray, searches: Iterable[SearchWindow], detector: Detect
    ) -> list[_Candidate]:
        """What the detector sees in the windows, in the order in which it is verified."""
        seen = [
            _Candidate(
                search.depth,
                detection.score,
                np.array(box_of(detection, search.window)),
                self._spec.region_from_detection(detection, search.window),
            )
            for search in searches
            for detection in detector(frame, search.window, self._limit)
        ]
        seen.sort(key=lambda candidate: (candidate.depth > 0, -candidate.score))
        return _last_ones(seen, self._spec.overlap) if self._last_wins else seen

    def _estimate(
        self, frame: np.ndarray, candidate: _Candidate, landmarks: Landmarks[Estimate]
    ) -> Estimate | None:
        """The landmarks of a candidate, or None if they are not to be believed."""
        if candidate.depth:
            return self._confirmed(frame, candidate, landmarks)
        return landmarks(frame, candidate.region)

    def _is_known(
        self, candidate: _Candidate, estimate: Estimate, known: Iterable[Estimate]
    ) -> bool:
        is_duplicate = self._spec.is_duplicate if candidate.depth else self._spec.is_same
        return any(is_duplicate(estimate.points, each.points) for each in known)

    def _confirmed(
        self, frame: np.ndarray, candidate: _Candidate, landmarks: Landmarks[Estimate]
    ) -> Estimate | None:
        """The second estimate of a candidate in a window that may cut it, if the first agrees."""
        enough = MIN_CONFIDENCE + CONFIDENCE_PER_DEPTH * (candidate.depth - 1)
        if candidate.score < enough:  # no landmarks can make up for it
            return None
        first = landmarks(frame, candidate.region)
        if first is None or candidate.score * first.score < enough:
            return None
        second = landmarks(frame, self._spec.region_from_estimate(first))
        if second is None or candidate.score * second.score < enough:
            return None
        agrees = dissimilarity(first.points, second.points) <= self._spec.tolerance
        return second if agrees else None


def _last_ones(candidates: Iterable[_Candidate], overlap: float) -> list[_Candidate]:
    """The candidates that no later one overlaps."""
    left: list[_Candidate] = []
    for candidate in candidates:
        left = [other for other in left if _overlap(other.region, candidate.region) <= overlap]
        left.append(candidate)
    return left


def _overlap(one: Region, other: Region) -> float:
    """Intersection over union of two regions, taken as upright: MediaPipe's association."""
    sides = [(one.size + other.size) / 2 - abs(one[axis] - other[axis]) for axis in (0, 1)]
    shared = prod(min(max(side, 0.0), one.size, other.size) for side in sides)
    return shared / (one.size**2 + other.size**2 - shared)
