"""Following several people, faces or hands at once, each under its own number.

A crowd has a fixed number of places. Whoever is found takes one, is followed there from frame to
frame by its own landmarks, and keeps its number. Somebody who is lost is remembered for a while;
a newcomer who looks like them (see ``identity``) takes their place and number up again. The
detector is asked only when somebody may have come (see ``lookout``).

With one place, the rules are MediaPipe's own: the first detection in the whole frame is followed
until its landmarks fail, and the detector is asked in the frame after. So they are for several
that are looked for in the whole frame alone: of what overlaps, whoever is followed wins, then the
last of the detections, as in MediaPipe's ``association_norm_rect`` calculator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, prod
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from holistic.inference.detector import OVERLAP, Detection, box_of, overlaps
from holistic.inference.roi import Region, extent
from holistic.tracking.matching import RETURNED, dissimilarity, matched, same
from holistic.tracking.search import DetectionScheduler, SearchWindow

PATIENCE_MS = 2000.0
"""How long somebody who is lost keeps the number."""

MIN_CONFIDENCE = 0.5
CONFIDENCE_PER_DEPTH = 0.07
"""Detection score times landmark score that it takes to be found in a window that may cut bodies.

Halves of bodies look like people, and the deeper the window, the more often so.
"""

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
"""What is in a region of the frame, or None."""


Overlooked = Callable[[np.ndarray, list[SearchWindow], list[Estimate]], list[Estimate]]
"""Who is in the windows of the frame and not among those that are known."""


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


class _Sight(NamedTuple):
    """What a detector saw: in a window of which depth, how surely, and where.

    ``box`` (4,) is around what the detector sees, and ``region`` around the landmarks.
    """

    depth: int
    score: float
    box: np.ndarray
    region: Region


class _TrackSlot(Generic[Estimate]):
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


@dataclass(frozen=True)
class TargetSpec(Generic[Estimate]):
    """What a crowd is made of: bodies, faces or hands.

    Attributes:
        make_track: makes the track of a place.
        begin: the region of a detection's landmarks, from the detection and the window that it
            was found in.
        settle: the region of an estimate's landmarks.
        twins: whether two point lists are of one and the same, one of which was found in a window
            that may cut them.
        steady: up to which unlikeness two looks at such a one agree.
        overlap: where regions share more than this (intersection over union), they are one's.
        same: whether two point lists of one frame are of one and the same.
        smallest: in longer sides of the frame, how large they are at least in such a window.
        alone: a copy of the frame that shows the one with these points and not those with the
            others; None where one is not mistaken for the other.
    """

    make_track: Callable[[], Track[Estimate]]
    begin: Callable[[Detection, Region], Region]
    settle: Callable[[Estimate], Region]
    is_duplicate: Callable[[np.ndarray, np.ndarray], bool]
    steady: float
    overlap: float = inf
    same: Callable[[np.ndarray, np.ndarray], bool] = same
    smallest: float = 0.0
    alone: Callable[[np.ndarray, np.ndarray, list[np.ndarray]], np.ndarray] | None = None


class MultiTracker(Generic[Estimate]):
    """Up to ``limit`` of one kind; ``depths`` says how closely the first frame is searched.

    Whoever is seen in the whole frame is believed as MediaPipe believes it. Whoever is seen in a
    window that may cut bodies is looked at twice, the second time where the first look says it
    is; both have to be sure of it and to agree.
    """

    def __init__(self, limit: int, kind: TargetSpec[Estimate], depths: int = 1) -> None:
        self._limit = limit
        self._kind = kind
        self._as_mediapipe = not depths
        self._scheduler = DetectionScheduler(limit, depths)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; numbers begin at 0 again."""
        self._places = [_TrackSlot(self._kind.make_track()) for _ in range(self._limit)]
        self._next_number = 0
        self._just_lost: list[Region] = []
        self._scheduler.reset()

    def update(
        self,
        frame: np.ndarray,
        timestamp: float,
        detector: Detect,
        landmarks: Landmarks[Estimate],
        overlooked: Overlooked[Estimate] | None = None,
    ) -> list[Member[Estimate]]:
        """Everybody in the frame, in the order of their places.

        ``overlooked`` is asked for those whom the detector did not see, where there are several.
        """
        self._forget(timestamp)
        followed = [place for place in self._places if place.track.region is not None]
        looks = self._scheduler.looks(
            frame,
            timestamp,
            len(followed),
            [place.region for place in self._places if place.missing and place.region],
            self._just_lost,
        )
        found = self._follow(frame, followed, landmarks)
        self._note_lost(followed, found)
        if looks:
            newcomers = self._newcomers(frame, looks, detector, landmarks, found)
            if overlooked and self._limit > 1:
                newcomers += overlooked(frame, looks, [*found.values(), *newcomers])
            found |= self._seated(newcomers, timestamp)
        return [
            Member(index, place.number, self._accept(place, found[place], timestamp))
            for index, place in enumerate(self._places)
            if place in found
        ]

    def numbers(self) -> list[int]:
        """The number of every place: its holder's, also a lost one's, else the next newcomer's."""
        new = iter(range(self._next_number, self._next_number + self._limit))
        numbers = {id(place): next(new) for place in self._empty() if place.number < 0}
        return [numbers.get(id(place), place.number) for place in self._places]

    def _empty(self) -> list[_TrackSlot[Estimate]]:
        """The places that are free for newcomers: nobody's first, then the longest lost's."""
        empty = [place for place in self._places if place.track.region is None]
        return sorted(empty, key=lambda place: (place.number >= 0, place.seen))

    def _forget(self, timestamp: float) -> None:
        for place in self._places:
            if place.missing and timestamp - place.seen > PATIENCE_MS:
                self._clear(place)

    def _clear(self, place: _TrackSlot[Estimate]) -> None:
        place.number = -1
        if self._limit > 1:  # a single track forgets what MediaPipe's does, and no more
            place.track.reset()

    def _follow(
        self,
        frame: np.ndarray,
        places: Sequence[_TrackSlot[Estimate]],
        landmarks: Landmarks[Estimate],
    ) -> dict[_TrackSlot[Estimate], Estimate]:
        """What is found of those that are followed; of two that are one, who moved less."""
        found: dict[_TrackSlot[Estimate], Estimate] = {}
        moved: dict[_TrackSlot[Estimate], float] = {}
        for place in places:
            shown = self._shown(place, places, frame)
            estimate = place.track.region and landmarks(shown, place.track.region)
            if estimate is None:
                continue
            motion = dissimilarity(estimate.points, place.points)
            twin = self._twin(estimate, found)
            if twin is not None and moved[twin] <= motion:
                continue
            if twin is not None:
                del found[twin]
            found[place], moved[place] = estimate, motion
        return found

    def _twin(
        self, estimate: Estimate, found: Mapping[_TrackSlot[Estimate], Estimate]
    ) -> _TrackSlot[Estimate] | None:
        """The place in which the same one has been found."""
        same = self._kind.same
        return next((p for p, e in found.items() if same(e.points, estimate.points)), None)

    def _shown(
        self, place: _TrackSlot[Estimate], places: Sequence[_TrackSlot[Estimate]], frame: np.ndarray
    ) -> np.ndarray:
        """The frame, without the others where one is mistaken for another."""
        if self._kind.alone is None or len(places) == 1:
            return frame
        others = [other.points for other in places if other is not place]
        return self._kind.alone(frame, place.points, others)

    def _newcomers(
        self,
        frame: np.ndarray,
        looks: Iterable[SearchWindow],
        detector: Detect,
        landmarks: Landmarks[Estimate],
        followed: Mapping[_TrackSlot[Estimate], Estimate],
    ) -> list[Estimate]:
        """Whom the detector sees and who are not known yet, as many as fit.

        Those seen whole come first; after them whoever is seen best. Of one that is seen in
        several windows, the first is taken whose landmarks are believed.
        """
        seen = [
            _Sight(
                look.depth,
                detection.score,
                np.array(box_of(detection, look.window)),
                self._kind.begin(detection, look.window),
            )
            for look in looks
            for detection in detector(frame, look.window, self._limit)
        ]
        seen.sort(key=lambda sight: (sight.depth > 0, -sight.score))
        known = list(followed.values())
        regions = [place.track.region for place in followed if place.track.region]
        if self._as_mediapipe:
            seen = _last_ones(seen, self._kind.overlap)
            regions += self._just_lost
        taken = np.empty((0, 4))
        newcomers: list[Estimate] = []
        for sight in seen:
            if len(known) == self._limit:
                break
            if (overlaps(sight.box, taken) > OVERLAP).any():
                continue  # the same one in another window
            if any(_overlap(sight.region, region) > self._kind.overlap for region in regions):
                continue
            estimate = self._look_at(frame, sight, landmarks, known)
            if estimate is not None:
                taken = np.vstack((taken, sight.box))
                regions.append(sight.region)
                known.append(estimate)
                newcomers.append(estimate)
        return newcomers

    def _look_at(
        self,
        frame: np.ndarray,
        sight: _Sight,
        landmarks: Landmarks[Estimate],
        known: Iterable[Estimate],
    ) -> Estimate | None:
        """Who was seen, or None if that is not to be believed, or one of the ``known``."""
        look = self._confirmed if sight.depth else self._believed
        estimate = look(frame, sight, landmarks)
        is_duplicate = self._kind.is_duplicate if sight.depth else self._kind.same
        if estimate is None or any(is_duplicate(estimate.points, each.points) for each in known):
            return None
        return estimate

    @staticmethod
    def _believed(
        frame: np.ndarray, sight: _Sight, landmarks: Landmarks[Estimate]
    ) -> Estimate | None:
        """Who is in the whole frame."""
        return landmarks(frame, sight.region)

    def _confirmed(
        self, frame: np.ndarray, sight: _Sight, landmarks: Landmarks[Estimate]
    ) -> Estimate | None:
        """What a second look at the one in a part of the frame gives, if it agrees."""
        enough = MIN_CONFIDENCE + CONFIDENCE_PER_DEPTH * (sight.depth - 1)
        if sight.score < enough:  # no landmarks can make up for it
            return None
        first = landmarks(frame, sight.region)
        if first is None or sight.score * first.score < enough:
            return None
        second = landmarks(frame, self._kind.settle(first))
        if second is None or sight.score * second.score < enough:
            return None
        if _length(second.points) < self._kind.smallest * max(frame.shape[:2]):
            return None
        return second if dissimilarity(first.points, second.points) <= self._kind.steady else None

    def _seated(
        self, newcomers: list[Estimate], timestamp: float
    ) -> dict[_TrackSlot[Estimate], Estimate]:
        """A place for each newcomer: one's old place, else a free one, else the longest lost's."""
        missing = [place for place in self._places if place.missing]
        costs = np.array(
            [[dissimilarity(n.points, place.points) for place in missing] for n in newcomers]
        ).reshape(len(newcomers), len(missing))
        seated = {missing[j]: newcomers[i] for i, j in matched(costs, RETURNED)}
        back = {id(estimate) for estimate in seated.values()}
        empty = [place for place in self._empty() if place not in seated]
        strangers = [estimate for estimate in newcomers if id(estimate) not in back]
        for place, estimate in zip(empty, strangers, strict=False):
            self._clear(place)
            place.number, self._next_number = self._next_number, self._next_number + 1
            seated[place] = estimate
        return seated

    def _note_lost(
        self,
        followed: Iterable[_TrackSlot[Estimate]],
        found: dict[_TrackSlot[Estimate], Estimate],
    ) -> None:
        lost = [place for place in followed if place not in found]
        for place in lost:
            place.region = place.track.region
            place.track.lose()
        self._just_lost = [place.region for place in lost if place.region]

    @staticmethod
    def _accept(place: _TrackSlot[Estimate], estimate: Estimate, timestamp: float) -> Estimate:
        place.points, place.seen = estimate.points, timestamp
        return place.track.accept(estimate, timestamp)


def _last_ones(sights: Iterable[_Sight], overlap: float) -> list[_Sight]:
    """Those that none after them overlaps."""
    left: list[_Sight] = []
    for sight in sights:
        left = [other for other in left if _overlap(other.region, sight.region) <= overlap]
        left.append(sight)
    return left


def _length(points: np.ndarray) -> float:
    """The longer side of the points' box."""
    left, top, right, bottom = extent(points)
    return max(right - left, bottom - top)


def _overlap(one: Region, other: Region) -> float:
    """Intersection over union of two regions, taken as upright: MediaPipe's association."""
    sides = [(one.size + other.size) / 2 - abs(one[axis] - other[axis]) for axis in (0, 1)]
    shared = prod(min(max(side, 0.0), one.size, other.size) for side in sides)
    return shared / (one.size**2 + other.size**2 - shared)
