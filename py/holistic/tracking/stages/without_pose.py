"""The stages of a tracker without a pose: faces and hands on their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from holistic.inference.detector import Detection
from holistic.inference.landmarkers import FaceEstimate, HandEstimate
from holistic.inference.model_cache import ModelCache
from holistic.inference.roi import UPRIGHT, Region
from holistic.options import Options
from holistic.results import record as records
from holistic.shared import layout
from holistic.shared.model_sets import FACE_DETECTORS
from holistic.shared.schedule import HANDS
from holistic.tracking.matching import is_duplicate
from holistic.tracking.multi_tracker import MultiTracker
from holistic.tracking.regions import (
    TILTED,
    face_region_from_detection,
    hand_region_from_detection,
    mesh_region,
    palm_region,
)
from holistic.tracking.roi_tracks import Part, SelfTrack
from holistic.tracking.stages.base import Stage, Task
from holistic.tracking.stages.face_writer import FaceWriter
from holistic.tracking.stages.hand_writer import HandWriter
from holistic.tracking.targets import TargetSpec

DEPTHS = 2
"""How closely a picture is searched for faces and hands: see ``search.FRACTIONS``."""


def self_tracked_spec(
    region_of: Callable[[np.ndarray], Region],
    region_from_detection: Callable[[Detection, Region], Region],
) -> TargetSpec[Part]:
    """How faces or hands are tracked without a body.

    ``region_of`` gives the region of their points. Their regions do not lie on one another, as in
    MediaPipe.
    """
    return TargetSpec(
        partial(SelfTrack[Part], region_of),
        region_from_detection,
        lambda estimate: region_of(estimate.points),
        is_duplicate,
        tolerance=0.2,
        overlap=0.5,
    )


class FaceOnlyStage(Stage):
    """Faces without bodies: BlazeFace on the whole frame, then each face from its own mesh."""

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._min_detection, self._min_tracking = options.min_detection, options.min_tracking
        self._detector = model_cache(FACE_DETECTORS[options.face_range])
        self._landmarks = model_cache(options.face_model)
        self._writer = FaceWriter(model_cache, options)
        super().__init__(("face",), self._detector, self._landmarks, *self._writer.submodels)
        spec: TargetSpec[FaceEstimate] = self_tracked_spec(mesh_region, face_region_from_detection)
        self._tracker = MultiTracker(options.max_people, spec, options.depths(DEPTHS))

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracker.reset()
        self._writer.end_frame()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        found = self._tracker.update(frame, timestamp, detect, landmarks)
        for slot, track_id, face in found:
            people[slot, layout.PERSON_ID] = track_id
            self._writer.write(frame, timestamp, track_id, people[slot], face)
        self._writer.end_frame()


HandSlot = tuple[int, str]
"""Where a hand is written: the person's row in the record, and the side."""


class HandsOnlyStage(Stage):
    """Hands without bodies: BlazePalm on the whole frame, then each hand from its own landmarks.

    A hand goes into the section of the side that it looks like, of the first person who has it
    free, and stays there while it is followed. Where both sides are asked for, a hand that finds
    no free slot on its side takes one on the other, so that 2 ``max_people`` hands fit,
    whatever their sides. Where no more than ``max_people`` hands are asked for, every hand has a
    person of its own. A hand that is carried on keeps its slot until a found one takes it. A person
    with hands alone has an id below zero.
    """

    def __init__(self, sides: Task, model_cache: ModelCache, options: Options) -> None:
        self._min_detection, self._min_tracking = options.min_detection, options.min_tracking
        self._detector = model_cache("palm_detector")
        self._landmarks = model_cache(options.hand_model)
        super().__init__(sides, self._detector, self._landmarks)
        # To track one side alone is not enough: a hand may turn out to be of the other side.
        first_region = partial(
            hand_region_from_detection, target=TILTED if options.tasks_rules else UPRIGHT
        )
        spec: TargetSpec[HandEstimate] = self_tracked_spec(palm_region, first_region)
        limit = min(options.max_hands or layout.MAX_PEOPLE * 2, 2 * options.max_people)
        self._tracker = MultiTracker(limit, spec, options.depths(DEPTHS))
        self._writers = {side: HandWriter(side, options) for side in sides}
        self._apart = limit <= options.max_people
        self._hand_slots = [(row, side) for row in range(options.max_people) for side in sides]
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracker.reset()
        self._taken: dict[int, HandSlot] = {}  # by track id of the hand
        self._end_frame()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        found = self._tracker.update(frame, timestamp, detect, landmarks)
        hands = {track_id: hand for _, track_id, hand in found}
        before = self._taken
        self._taken = {key: slot for key, slot in before.items() if key in hands}
        for track_id, hand in hands.items():
            if hand_slot := self._taken.get(track_id) or self._free_slot(hand):
                self._write(frame, timestamp, track_id, people, hand_slot, hand)
        for track_id, hand_slot in before.items():
            if track_id not in hands and hand_slot not in self._taken.values():
                self._write(frame, timestamp, track_id, people, hand_slot, None)
        self._end_frame()

    def _write(
        self,
        frame: np.ndarray,
        timestamp: float,
        track_id: int,
        people: np.ndarray,
        hand_slot: HandSlot,
        hand: HandEstimate | None,
    ) -> None:
        """Write the hand that was found into its slot, or the one that is carried on, if any."""
        row, side = hand_slot
        writer = self._writers[side]
        if writer.write(frame, timestamp, track_id, people[row], None, hand):
            self._taken[track_id] = hand_slot
            if not records.found(people[row], "face"):
                people[row, layout.PERSON_ID] = -1 - row

    def _end_frame(self) -> None:
        for writer in self._writers.values():
            writer.end_frame(self._taken)

    def _free_slot(self, hand: HandEstimate) -> HandSlot | None:
        own_side = HANDS[hand.left < 0.5]
        taken = set(self._taken.values())
        if self._apart:
            taken = {(row, side) for row, _ in taken for side in HANDS}
        free = [slot for slot in self._hand_slots if slot not in taken]
        fitting = [slot for slot in free if slot[1] == own_side]
        if fitting:
            return fitting[0]
        return free[0] if free and len(self.parts) == len(HANDS) else None
