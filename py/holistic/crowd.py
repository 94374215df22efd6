"""Following several people, faces or hands at once, each under its own number.

A crowd has a fixed number of places. Whoever is found takes one, is followed there from frame to
frame by its own landmarks, and keeps its number. Somebody who is lost is remembered for a while;
a newcomer who looks like them (see ``identity``) takes their place and number up again. The
detector is asked only when somebody may have come (see ``lookout``).

With one place, the rules are MediaPipe's own: the first detection in the whole frame is followed
until its landmarks fail, and the detector is asked in the frame after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from holistic.detection import Detection
from holistic.geometry import Region
from holistic.identity import RETURNED, SAME, matched, unlikeness
from holistic.lookout import Lookout

PATIENCE_MS = 2000.0
"""How long somebody who is lost keeps the number."""

MIN_CONFIDENCE = 0.55
"""Detection score times landmark score that it takes to join a crowd of several.

Windows cut bodies in two, and the halves look like people with scores just above a half.
"""

_NEAR = 0.15
"""Detections whose regions' centres are nearer than this, in sides, are looked at once."""

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


class Track(Protocol[Estimate]):
    """How one of the crowd is followed."""

    region: Region | None
    """Where to look in the next frame; None while it is not followed."""

    def accept(self, estimate: Estimate, timestamp: float) -> Estimate:
        """Follow what was found; returns it smoothed."""

    def lose(self) -> None:
        """It is not in this frame."""

    def reset(self) -> None:
        """Forget it: somebody else takes the place."""


class Member(NamedTuple, Generic[Estimate]):
    """One of the crowd in this frame: its place, its number and what was found."""

    place: int
    number: int
    estimate: Estimate


class _Place(Generic[Estimate]):
    """A place and whoever holds it: number -1 while nobody does."""

    points: np.ndarray
    """As they were when last seen."""

    def __init__(self, track: Track[Estimate]) -> None:
        self.track = track
        self.number = -1
        self.seen = 0.0  # when, by time stamp
        self.region: Region | None = None  # where they were found

    @property
    def missing(self) -> bool:
        return self.number >= 0 and self.track.region is None


class Crowd(Generic[Estimate]):
    """Up to ``limit`` things of one kind.

    ``make_track`` makes the track of a place, and ``begin`` the region of a detection's landmarks
    from the detection and the window that it was found in. A ``thorough`` crowd looks at the
    first frame as closely as it can, because there may be no second one: in more windows, and at
    several newcomers twice, the second time in the region that ``settle`` makes of the estimate.
    """

    def __init__(
        self,
        limit: int,
        make_track: Callable[[], Track[Estimate]],
        begin: Callable[[Detection, Region], Region],
        settle: Callable[[Estimate], Region],
        thorough: bool = False,
    ) -> None:
        self._limit = limit
        self._twice = thorough and limit > 1
        self._settle = settle
        self._make_track = make_track
        self._begin = begin
        self._lookout = Lookout(limit, thorough)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; numbers begin at 0 again."""
        self._places = [_Place(self._make_track()) for _ in range(self._limit)]
        self._next_number = 0
        self._just_lost: list[Region] = []
        self._lookout.reset()

    def update(
        self,
        frame: np.ndarray,
        timestamp: float,
        detector: Detect,
        landmarks: Callable[[np.ndarray, Region], Estimate | None],
    ) -> list[Member[Estimate]]:
        """Everybody in the frame, in the order of their places."""
        self._forget(timestamp)
        followed = [place for place in self._places if place.track.region is not None]
        looks = self._lookout.windows(
            frame,
            timestamp,
            len(followed),
            [place.region for place in self._places if place.missing and place.region],
            self._just_lost,
        )
        found = self._follow(frame, followed, landmarks)
        self._note_lost(followed, found)
        if looks:
            newcomers = self._newcomers(frame, looks, detector, landmarks, found.values())
            found |= self._seated(newcomers, timestamp)
        return [
            Member(index, place.number, self._accept(place, found[place], timestamp))
            for index, place in enumerate(self._places)
            if place in found
        ]

    def _forget(self, timestamp: float) -> None:
        for place in self._places:
            if place.missing and timestamp - place.seen > PATIENCE_MS:
                self._clear(place)

    def _clear(self, place: _Place[Estimate]) -> None:
        place.number = -1
        if self._limit > 1:  # a single track forgets what MediaPipe's does, and no more
            place.track.reset()

    @staticmethod
    def _follow(
        frame: np.ndarray,
        places: Iterable[_Place[Estimate]],
        landmarks: Callable[[np.ndarray, Region], Estimate | None],
    ) -> dict[_Place[Estimate], Estimate]:
        """What is found of those that are followed; of two that are one, who moved less."""
        found: dict[_Place[Estimate], Estimate] = {}
        moved: dict[_Place[Estimate], float] = {}
        for place in places:
            estimate = place.track.region and landmarks(frame, place.track.region)
            if estimate is None:
                continue
            motion = unlikeness(estimate.points, place.points)
            twin = next((p for p, e in found.items() if _same(e, estimate)), None)
            if twin is not None and moved[twin] <= motion:
                continue
            if twin is not None:
                del found[twin]
            found[place], moved[place] = estimate, motion
        return found

    def _newcomers(
        self,
        frame: np.ndarray,
        looks: Iterable[Region],
        detector: Detect,
        landmarks: Callable[[np.ndarray, Region], Estimate | None],
        known: Iterable[Estimate],
    ) -> list[Estimate]:
        """Whom the detector sees in the windows and who are not known yet, as many as fit."""
        seen = [
            (detection.score, self._begin(detection, window))
            for window in looks
            for detection in detector(frame, window, self._limit)
        ]
        seen.sort(key=lambda each: -each[0])
        known = list(known)
        looked: list[Region] = []
        newcomers: list[Estimate] = []
        for score, region in seen:
            if len(known) == self._limit:
                break
            if any(_near(region, other) for other in looked):
                continue
            looked.append(region)
            estimate = landmarks(frame, region)
            if estimate is not None and self._twice:
                estimate = landmarks(frame, self._settle(estimate))
            if estimate is None or any(_same(estimate, each) for each in known):
                continue
            if self._limit > 1 and score * estimate.score < MIN_CONFIDENCE:
                continue
            known.append(estimate)
            newcomers.append(estimate)
        return newcomers

    def _seated(
        self, newcomers: list[Estimate], timestamp: float
    ) -> dict[_Place[Estimate], Estimate]:
        """A place for each newcomer: one's old place, else a free one, else the longest lost's."""
        missing = [place for place in self._places if place.missing]
        costs = np.array(
            [[unlikeness(n.points, place.points) for place in missing] for n in newcomers]
        ).reshape(len(newcomers), len(missing))
        seated = {missing[j]: newcomers[i] for i, j in matched(costs, RETURNED)}
        back = {id(estimate) for estimate in seated.values()}
        empty = sorted(
            (p for p in self._places if p.track.region is None and p not in seated),
            key=lambda place: (place.number >= 0, place.seen),
        )
        strangers = [estimate for estimate in newcomers if id(estimate) not in back]
        for place, estimate in zip(empty, strangers, strict=False):
            self._clear(place)
            place.number, self._next_number = self._next_number, self._next_number + 1
            seated[place] = estimate
        return seated

    def _note_lost(
        self,
        followed: Iterable[_Place[Estimate]],
        found: dict[_Place[Estimate], Estimate],
    ) -> None:
        lost = [place for place in followed if place not in found]
        for place in lost:
            place.region = place.track.region
            place.track.lose()
        self._just_lost = [place.region for place in lost if place.region]

    @staticmethod
    def _accept(place: _Place[Estimate], estimate: Estimate, timestamp: float) -> Estimate:
        place.points, place.seen = estimate.points, timestamp
        return place.track.accept(estimate, timestamp)


def _same(one: Found, other: Found) -> bool:
    return unlikeness(one.points, other.points) < SAME


def _near(one: Region, other: Region) -> bool:
    distance = np.hypot(one.x - other.x, one.y - other.y)
    return bool(distance < _NEAR * max(one.size, other.size))
