"""Tracking several bodies, faces or hands at once, each under its own track id.

A multi-tracker has a fixed count of slots. A target that is found takes a slot and a track id.
The tracker follows it from frame to frame by its own landmarks. It remembers a target that is lost
for a while: a newcomer that resembles it (see ``matching``) takes its slot and its track id up
again. The detector runs only when a newcomer may have come (see ``search``).

With one slot, the rules are MediaPipe's own: the tracker follows the first detection in the whole
frame until its landmarks fail, and the detector runs in the frame after. So they are for several
targets that are searched in the whole frame alone: of regions that overlap, one that is followed
wins, then the last of the detections, as in MediaPipe's ``association_norm_rect`` calculator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple

import numpy as np

from holistic.inference.roi import Region
from holistic.tracking.matching import RETURNED, dissimilarity, matched
from holistic.tracking.newcomers import NewcomerSearch
from holistic.tracking.search import DetectionScheduler
from holistic.tracking.targets import Detect, Estimate, Landmarks, Search, TargetSpec, Track

PATIENCE_MS = 2000.0
"""How long a lost target keeps its track id."""


class Tracked(NamedTuple, Generic[Estimate]):
    """A target in this frame: its slot, its track id and what was found."""

    slot: int
    track_id: int
    estimate: Estimate


class _TrackSlot(Generic[Estimate]):
    """A slot and the target that holds it: track id -1 while none does."""

    points: np.ndarray
    """As they were when last seen."""

    def __init__(self, track: Track[Estimate]) -> None:
        self.track = track
        self.track_id = -1
        self.seen = 0.0  # when, by time stamp
        self.region: Region | None = None  # where the target was when it was lost

    @property
    def missing(self) -> bool:
        """Whether its target is remembered and not followed."""
        return self.track_id >= 0 and self.track.region is None

    def accept(self, estimate: Estimate, timestamp: float) -> Estimate:
        """Follow what was found; returns it smoothed."""
        self.points, self.seen = estimate.points, timestamp
        return self.track.accept(estimate, timestamp)


class MultiTracker(Generic[Estimate]):
    """Tracks up to ``limit`` targets of one spec.

    ``depths`` says how closely the first frame is searched; see ``DetectionScheduler``.
    """

    def __init__(self, limit: int, spec: TargetSpec[Estimate], depths: int = 1) -> None:
        self._limit = limit
        self._spec = spec
        self._as_mediapipe = not depths
        self._scheduler = DetectionScheduler(limit, depths)
        self._find_newcomers = NewcomerSearch(limit, spec, last_wins=self._as_mediapipe)
        self.reset()

    def reset(self) -> None:
        """Forget all targets; track ids begin at 0 again."""
        self._slots = [_TrackSlot(self._spec.make_track()) for _ in range(self._limit)]
        self._next_id = 0
        self._just_lost: list[Region] = []
        self._scheduler.reset()

    def update(
        self,
        frame: np.ndarray,
        timestamp: float,
        detector: Detect,
        landmarks: Landmarks[Estimate],
        search: Search[Estimate] | None = None,
    ) -> list[Tracked[Estimate]]:
        """The targets in the frame, in the order of their slots.

        ``search`` finds newcomers in another way than NewcomerSearch.
        """
        self._forget(timestamp)
        followed = [slot for slot in self._slots if slot.track.region is not None]
        searches = self._scheduler.searches(
            frame,
            timestamp,
            len(followed),
            [slot.region for slot in self._slots if slot.missing and slot.region],
            self._just_lost,
        )
        found = self._follow(frame, followed, landmarks)
        self._note_lost(followed, found)
        if searches:
            known = list(found.values())
            newcomers = (
                search(frame, searches, known)
                if search
                else self._find_newcomers(
                    frame, searches, detector, landmarks, known=known, taken=self._taken(found)
                )
            )
            found |= self._assign(newcomers)
        return [
            Tracked(index, slot.track_id, slot.accept(found[slot], timestamp))
            for index, slot in enumerate(self._slots)
            if slot in found
        ]

    def track_ids(self) -> list[int]:
        """The track id of every slot: its target's, also a lost one's, else the next newcomer's."""
        new = iter(range(self._next_id, self._next_id + self._limit))
        coming = {id(slot): next(new) for slot in self._free() if slot.track_id < 0}
        return [coming.get(id(slot), slot.track_id) for slot in self._slots]

    def _free(self) -> list[_TrackSlot[Estimate]]:
        """The slots for newcomers: those of no target first, then those of the longest lost."""
        free = [slot for slot in self._slots if slot.track.region is None]
        return sorted(free, key=lambda slot: (slot.track_id >= 0, slot.seen))

    def _forget(self, timestamp: float) -> None:
        for slot in self._slots:
            if slot.missing and timestamp - slot.seen > PATIENCE_MS:
                self._clear(slot)

    def _clear(self, slot: _TrackSlot[Estimate]) -> None:
        slot.track_id = -1
        if self._limit > 1:  # a single track forgets what MediaPipe's does, and no more
            slot.track.reset()

    def _follow(
        self,
        frame: np.ndarray,
        slots: Sequence[_TrackSlot[Estimate]],
        landmarks: Landmarks[Estimate],
    ) -> dict[_TrackSlot[Estimate], Estimate]:
        """The targets that are found again; of two on the same one, the one that moved less."""
        found: dict[_TrackSlot[Estimate], Estimate] = {}
        for slot in slots:
            shown = self._shown(slot, slots, frame)
            estimate = slot.track.region and landmarks(shown, slot.track.region)
            if estimate is None:
                continue
            duplicate = self._duplicate(estimate, found)
            if duplicate is not None:
                if self._motion(duplicate, found[duplicate]) <= self._motion(slot, estimate):
                    continue
                del found[duplicate]
            found[slot] = estimate
        return found

    @staticmethod
    def _motion(slot: _TrackSlot[Estimate], estimate: Estimate) -> float:
        """How much a target has moved since it was last seen."""
        return dissimilarity(estimate.points, slot.points)

    def _duplicate(
        self, estimate: Estimate, found: Mapping[_TrackSlot[Estimate], Estimate]
    ) -> _TrackSlot[Estimate] | None:
        """The slot in which the same target was found."""
        is_same = self._spec.is_same
        return next(
            (slot for slot, other in found.items() if is_same(other.points, estimate.points)), None
        )

    def _shown(
        self, slot: _TrackSlot[Estimate], slots: Sequence[_TrackSlot[Estimate]], frame: np.ndarray
    ) -> np.ndarray:
        """The frame, without the others where one is mistaken for another."""
        if self._spec.show_alone is None or len(slots) == 1:
            return frame
        others = [other.points for other in slots if other is not slot]
        return self._spec.show_alone(frame, slot.points, others)

    def _taken(self, followed: Iterable[_TrackSlot[Estimate]]) -> list[Region]:
        """The regions in which no newcomer is searched."""
        regions = [slot.track.region for slot in followed if slot.track.region]
        return regions + self._just_lost if self._as_mediapipe else regions

    def _assign(self, newcomers: list[Estimate]) -> dict[_TrackSlot[Estimate], Estimate]:
        """A slot for each newcomer: its old one, else a free one, else that of the longest lost."""
        missing = [slot for slot in self._slots if slot.missing]
        costs = np.array(
            [[dissimilarity(each.points, slot.points) for slot in missing] for each in newcomers]
        ).reshape(len(newcomers), len(missing))
        assigned = {missing[j]: newcomers[i] for i, j in matched(costs, RETURNED)}
        returned = {id(estimate) for estimate in assigned.values()}
        free = [slot for slot in self._free() if slot not in assigned]
        strangers = [estimate for estimate in newcomers if id(estimate) not in returned]
        for slot, estimate in zip(free, strangers, strict=False):
            self._clear(slot)
            slot.track_id, self._next_id = self._next_id, self._next_id + 1
            assigned[slot] = estimate
        return assigned

    def _note_lost(
        self,
        followed: Iterable[_TrackSlot[Estimate]],
        found: Mapping[_TrackSlot[Estimate], Estimate],
    ) -> None:
        lost = [slot for slot in followed if slot not in found]
        for slot in lost:
            slot.region = slot.track.region
            slot.track.lose()
        self._just_lost = [slot.region for slot in lost if slot.region]
