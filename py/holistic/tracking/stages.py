"""The stages: each computes one part of every person in a frame's record (see ``layout``).

"pose" comes first; it says who is there, and "face", "left_hand" and "right_hand" begin from it,
person by person. Without a pose, faces and hands are found by detectors of their own, and both
hands are one stage. In the browser every worker runs some of the stages; ``tracker`` runs all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from holistic.inference.landmarkers import FaceEstimate, HandEstimate, PoseEstimate
from holistic.inference.mask import MaskFilter, in_frame
from holistic.inference.model_cache import LoadModel, ModelCache
from holistic.inference.roi import extent
from holistic.results import record as records
from holistic.shared import layout
from holistic.shared.model_sets import FACE_MODELS, HAND_MODELS, POSE_MODELS
from holistic.shared.schedule import keys, unknown_part
from holistic.tracking.matching import is_duplicate, is_duplicate_body, same_body
from holistic.tracking.multi_tracker import MultiTracker, TargetSpec
from holistic.tracking.occlusion import below_faces, body_alone
from holistic.tracking.one_euro import OneEuro, Smoothing
from holistic.tracking.roi_tracks import (
    EVERY_FRAME,
    POSE_SMOOTHING,
    FaceTrack,
    HandTrack,
    PoseTrack,
    SelfTrack,
    body_of,
    estimated_body,
    face_of,
    hand_of,
    mesh_region,
    palm_region,
)
from holistic.tracking.search import FRACTIONS, SearchWindow

FACE_DETECTORS = {"short": "face_detector", "full": "face_detector_full_range"}
"""BlazeFace by its range: to two metres from the camera, to five."""

BODY_DEPTHS, BODY_STEADY, BODY_SMALLEST = len(FRACTIONS), 0.5, 0.1
SELF_DEPTHS, SELF_STEADY, SELF_OVERLAP = 2, 0.2, 0.5
"""How closely a picture is searched for bodies, and for faces and hands without one; and how well
two looks at a newcomer in a part of the frame have to agree. A body that is seen in a part only is
at least a tenth of the frame: what is smaller is too often a bird. Bodies' regions may lie on one
another, as bodies do; those of faces and hands may not, as in MediaPipe."""

HANDS = ("left_hand", "right_hand")

SMOOTHING: Mapping[str, Smoothing | None] = {
    "pose": POSE_SMOOTHING,
    "face": None,
    "left_hand": None,
    "right_hand": None,
}
"""What MediaPipe smooths."""


@dataclass(frozen=True)
class Settings:
    """What stages are made for.

    Attributes:
        complexity: 0, the light pose and hand models, or 1, the full ones.
        max_people: how many people, faces or pairs of hands at the most.
        with_pose: whether there is a pose that faces and hands begin from.
        face_range: of the detector of faces without a pose, "short" or "full".
        refine_face: whether faces have irises, and better eyes and lips.
        mask: whether people have a segmentation mask.
        smooth_mask: whether the mask is held steady from frame to frame.
        min_detection: score from 0 to 1 that whoever is new must have, None for the detectors' own.
        min_tracking: score from 0 to 1 above which landmarks are believed, of the bodies or of
            what is found without them.
        smoothing: One Euro settings of each part, None for none; parts left out as in SMOOTHING.
        thorough: whether the first frame is searched more closely, because it is the only one.
        search_parts: whether parts of the frame are searched too, where several are looked for.
        redetect_interval: in how many frames the detector (of a face) or the re-crop (of a hand)
            looks once at a part that is followed; 1 is every frame, as in MediaPipe. See
            roi_tracks.PartTrack.
        second_look: whether faces and hands that the first look does not find are looked for
            elsewhere and without a body, and each hand is one person's on one side (see
            second_look); False is as in MediaPipe.

    Raises:
        TypeError, ValueError: a setting is not one of these.
    """

    complexity: int = 1
    max_people: int = 1
    with_pose: bool = True
    face_range: str = "short"
    refine_face: bool = False
    mask: bool = False
    smooth_mask: bool = True
    min_detection: float | None = None
    min_tracking: float = 0.5
    smoothing: Mapping[str, Smoothing | None] = field(default_factory=dict)
    thorough: bool = False
    search_parts: bool = True
    redetect_interval: int = EVERY_FRAME
    second_look: bool = True

    def __post_init__(self) -> None:
        if self.complexity not in range(len(POSE_MODELS)):
            raise ValueError(f"complexity must be 0 or 1, not {self.complexity!r}")
        if isinstance(self.max_people, bool) or not isinstance(self.max_people, int):
            raise TypeError(f"max_people must be a whole number, not {self.max_people!r}")
        layout.record_floats(self.max_people)  # refuses numbers that no record can hold
        if self.face_range not in FACE_DETECTORS:
            raise ValueError(f'face_range must be "short" or "full", not {self.face_range!r}')
        interval = self.redetect_interval
        if isinstance(interval, bool) or not isinstance(interval, int) or interval < 1:
            raise ValueError(f"redetect_interval must be a whole number from 1, not {interval!r}")
        for name in ("min_detection", "min_tracking"):
            score = getattr(self, name)
            if score is not None and not 0 <= score <= 1:
                raise ValueError(f"{name} must be from 0 to 1, not {score!r}")
        for part, smoothing in self.smoothing.items():
            if part not in SMOOTHING:
                raise ValueError(unknown_part(part))
            if smoothing is not None:
                Smoothing(*smoothing).check()

    @property
    def face_model(self) -> str:
        """The face's landmark model."""
        return FACE_MODELS[self.refine_face]

    @property
    def hand_model(self) -> str:
        """The hands' landmark model."""
        return HAND_MODELS[self.complexity]

    @property
    def by_faces(self) -> bool:
        """Whether bodies are looked for below faces too."""
        return self.max_people > 1 and self.search_parts

    def depths(self, most: int) -> int:
        """How closely to search the first frame, where ``most`` is as closely as makes sense."""
        if not self.search_parts:
            return 0
        return most if self.thorough else 1

    def smoothing_of(self, part: str) -> Smoothing | None:
        """The One Euro settings of a part."""
        return {**SMOOTHING, **self.smoothing}[part]


class Stage(ABC):
    """Computes one part, or a few, of each frame's record."""

    def __init__(self, parts: tuple[str, ...], *submodels: Any) -> None:
        self.parts = parts
        self._submodels = submodels

    @abstractmethod
    def reset(self) -> None:
        """Forget the previous frame: a new source begins."""

    @abstractmethod
    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Write the sections of the parts, which are zero, of everybody who is in the frame."""

    def clear(self, record: np.ndarray) -> None:
        """Write into the record that nothing was found, and no time spent."""
        for part in self.parts:
            start, end = layout.SECTIONS[part]
            records.people(record)[:, start:end] = 0
            records.times(record, part)[:] = 0

    def __call__(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Find the part in a frame and write its sections and its times into the record.

        ``frame`` is uint8 (H, W, 3 or 4), RGB or RGBA; ``timestamp`` in milliseconds, rising;
        ``record`` float32 (layout.record_floats(max_people),). Where the part is absent its
        section is zero. A stage of several parts notes its times at the first one.
        """
        started = perf_counter()
        networks = [submodel.network for submodel in self._submodels]
        for network in networks:
            network.warp_ms = network.run_ms = 0.0
        self.clear(record)
        self._find(frame, timestamp, record)
        records.times(record, self.parts[0])[:] = (
            (perf_counter() - started) * 1000,
            sum(network.warp_ms for network in networks),
            sum(network.run_ms for network in networks),
        )


def frame_scale(frame: np.ndarray) -> tuple[int, int, int]:
    """Pixels per unit of a record's x, y and z."""
    height, width = frame.shape[:2]
    return width, height, width


def bodies(frame: np.ndarray, record: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Everybody with a pose: number, section, and pose (33, 5) with x, y and z in pixels."""
    scale = (*frame_scale(frame), 1, 1)
    for person in records.people(record):
        if records.found(person, "pose"):
            yield int(person[layout.PERSON_ID]), person, records.pose_points(person) * scale


class LandmarkSmoother:
    """Smooths the points of one part of everybody by number, if that is asked for."""

    def __init__(self, smoothing: Smoothing | None) -> None:
        self._smoothing = smoothing
        self._filters: dict[tuple[int, int], OneEuro] = {}  # by number and count of points

    def __call__(self, number: int, points: np.ndarray, timestamp: float) -> np.ndarray:
        """The (n, 3) ``points`` in pixels, smoothed."""
        if self._smoothing is None:
            return points
        left, top, right, bottom = extent(points)
        size = max((right - left + bottom - top) / 2, 1e-6)
        smooth = self._filters.setdefault((number, len(points)), OneEuro(*self._smoothing))
        return smooth(points, timestamp, 1 / size)

    def keep(self, numbers: Collection[int]) -> None:
        """Forget everybody else."""
        self._filters = {key: each for key, each in self._filters.items() if key[0] in numbers}


def write_face(frame: np.ndarray, person: np.ndarray, score: float, points: np.ndarray) -> None:
    """Write a face with (468 or 478, 3) points in pixels into a person's section."""
    records.section(person, "face")[records.SCORE] = score
    records.face_and_irises(person)[: len(points)] = points / frame_scale(frame)


def write_hand(
    frame: np.ndarray, person: np.ndarray, side: str, hand: HandEstimate, points: np.ndarray
) -> None:
    """Write a hand with (21, 3) points in pixels into a person's section."""
    section = records.section(person, side)
    section[records.SCORE] = hand.score
    section[layout.HAND_HANDEDNESS] = hand.left
    records.hand_points(person, side)[:] = points / frame_scale(frame)
    records.hand_world(person, side)[:] = hand.world


class PoseStage(Stage):
    """The bodies: who is there, landmarks, world landmarks, smoothing, masks."""

    masks: dict[int, np.ndarray]
    """Everybody's segmentation mask (H, W) in the last frame, by number, if asked for."""

    def __init__(self, model_cache: ModelCache, settings: Settings) -> None:
        self._model_cache = model_cache
        self._with_mask, self._smooth_mask = settings.mask, settings.smooth_mask
        self._min_detection, self._min_tracking = settings.min_detection, settings.min_tracking
        self._limit = settings.max_people
        self._detector = model_cache("pose_detector")
        self._faces = model_cache("face_detector") if settings.by_faces else None
        self.use(POSE_MODELS[settings.complexity])
        super().__init__(("pose",), *self._submodels)
        smoothing = settings.smoothing_of("pose")
        self._crowd: MultiTracker[PoseEstimate] = MultiTracker(
            settings.max_people,
            TargetSpec(
                partial(PoseTrack, smoothing),
                body_of,
                estimated_body,
                is_duplicate_body,
                BODY_STEADY,
                same=same_body,
                smallest=BODY_SMALLEST,
                alone=body_alone,
            ),
            settings.depths(BODY_DEPTHS),
        )
        self._forget_masks()

    def _forget_masks(self) -> None:
        self.masks = {}
        self._mask_filters: dict[int, MaskFilter] = {}

    def use(self, model: str) -> None:
        """Go on with another of POSE_MODELS."""
        self._landmarks = self._model_cache(f"{model}_mask" if self._with_mask else model)
        faces = (self._faces,) if self._faces else ()
        self._submodels = (self._detector, self._landmarks, *faces)

    def reset(self) -> None:
        """Forget the previous frame."""
        self._crowd.reset()
        self._forget_masks()

    def _overlooked(
        self, frame: np.ndarray, looks: list[SearchWindow], known: list[PoseEstimate]
    ) -> list[PoseEstimate]:
        """Whoever has a face in the windows and is not known, as far as there are places."""
        if self._faces is None:
            return []
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        return below_faces(frame, looks, known, self._faces, landmarks, self._limit)

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        found = self._crowd.update(frame, timestamp, detect, landmarks, self._overlooked)
        people[:, layout.PERSON_ID] = self._crowd.numbers()
        before = self._mask_filters
        self._forget_masks()
        for place, number, pose in found:
            if pose.mask:
                self.masks[number] = in_frame(pose.mask, *frame.shape[:2])
                if self._smooth_mask:
                    steady = self._mask_filters[number] = before.get(number) or MaskFilter()
                    self.masks[number] = steady(self.masks[number])
            person = people[place]
            person[layout.PERSON_ID] = number
            records.section(person, "pose")[records.SCORE] = pose.score
            records.pose_points(person)[:] = pose.points / (*frame_scale(frame), 1, 1)
            records.pose_world(person)[:] = pose.world


class FaceStage(Stage):
    """The face of every body in the record.

    ``simple`` spares the detector where a face was found in the frame before, and the irises.
    """

    def __init__(self, model_cache: ModelCache, settings: Settings) -> None:
        self._detector = model_cache("face_detector")
        self._landmarks = model_cache(settings.face_model)
        self._mesh = self._landmarks.mesh if settings.refine_face else self._landmarks
        super().__init__(("face",), self._detector, self._landmarks)
        self.simple = False
        self._make_track = partial(
            FaceTrack, crowded=settings.max_people > 1, redetect_interval=settings.redetect_interval
        )
        self._smoother = LandmarkSmoother(settings.smoothing_of("face"))
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, FaceTrack] = {}
        self._smoother.keep(())

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        seen = []
        landmarks = self._mesh if self.simple else self._landmarks
        for number, person, pose in bodies(frame, record):
            track = self._tracks[number] = before.get(number) or self._make_track()
            track.simple = self.simple
            face = track.update(frame, pose, self._detector, landmarks)
            if face:
                seen.append(number)
                points = self._smoother(number, face.points, timestamp)
                write_face(frame, person, face.score, points)
        self._smoother.keep(seen)


class HandStage(Stage):
    """One hand, "left_hand" or "right_hand", of every body in the record."""

    def __init__(self, side: str, model_cache: ModelCache, settings: Settings) -> None:
        self._recrop = model_cache("hand_recrop")
        self._landmarks = model_cache(settings.hand_model)
        super().__init__((side,), self._recrop, self._landmarks)
        self._side = side
        self._phase = (1 + HANDS.index(side)) * settings.redetect_interval // 3  # the face's is 0
        self._make_track = partial(HandTrack, side, settings.redetect_interval, self._phase)
        self._smoother = LandmarkSmoother(settings.smoothing_of(side))
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, HandTrack] = {}
        self._smoother.keep(())

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        seen = []
        for number, person, pose in bodies(frame, record):
            track = self._tracks[number] = before.get(number) or self._make_track()
            hand = track.update(frame, pose, self._recrop, self._landmarks)
            if hand:
                seen.append(number)
                points = self._smoother(number, hand.points, timestamp)
                write_hand(frame, person, self._side, hand, points)
        self._smoother.keep(seen)


class FaceOnlyStage(Stage):
    """Faces without bodies: BlazeFace on the whole frame, then each face from its own mesh."""

    def __init__(self, model_cache: ModelCache, settings: Settings) -> None:
        self._min_detection, self._min_tracking = settings.min_detection, settings.min_tracking
        self._detector = model_cache(FACE_DETECTORS[settings.face_range])
        self._landmarks = model_cache(settings.face_model)
        super().__init__(("face",), self._detector, self._landmarks)
        self._crowd: MultiTracker[FaceEstimate] = MultiTracker(
            settings.max_people,
            TargetSpec(
                partial(SelfTrack[FaceEstimate], mesh_region),
                face_of,
                lambda face: mesh_region(face.points),
                is_duplicate,
                SELF_STEADY,
                SELF_OVERLAP,
            ),
            settings.depths(SELF_DEPTHS),
        )
        self._smoother = LandmarkSmoother(settings.smoothing_of("face"))

    def reset(self) -> None:
        """Forget the previous frame."""
        self._crowd.reset()
        self._smoother.keep(())

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        found = self._crowd.update(frame, timestamp, detect, landmarks)
        for place, number, face in found:
            people[place, layout.PERSON_ID] = number
            points = self._smoother(number, face.points, timestamp)
            write_face(frame, people[place], face.score, points)
        self._smoother.keep([number for _, number, _ in found])


class HandsOnlyStage(Stage):
    """Hands without bodies: BlazePalm on the whole frame, then each hand from its own landmarks.

    A hand goes into the section of the side that it looks like, of the first person who has it
    free, and stays there while it is followed. Where both sides are asked for, a hand that finds
    no place on its side takes one on the other, so that 2 ``max_people`` hands of any kind fit.
    Whoever is known by hands alone has a number below zero.
    """

    def __init__(self, sides: tuple[str, ...], model_cache: ModelCache, settings: Settings) -> None:
        self._min_detection, self._min_tracking = settings.min_detection, settings.min_tracking
        self._detector = model_cache("palm_detector")
        self._landmarks = model_cache(settings.hand_model)
        super().__init__(sides, self._detector, self._landmarks)
        # One side is not enough to look for: what is followed may turn out to be the other one.
        self._crowd: MultiTracker[HandEstimate] = MultiTracker(
            2 * settings.max_people,
            TargetSpec(
                partial(SelfTrack[HandEstimate], palm_region),
                hand_of,
                lambda hand: palm_region(hand.points),
                is_duplicate,
                SELF_STEADY,
                SELF_OVERLAP,
            ),
            settings.depths(SELF_DEPTHS),
        )
        self._smoothers = {side: LandmarkSmoother(settings.smoothing_of(side)) for side in sides}
        self._chairs = [(row, side) for row in range(settings.max_people) for side in sides]
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._crowd.reset()
        self._seats: dict[int, tuple[int, str]] = {}  # of a hand: person's row, side

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking)
        found = self._crowd.update(frame, timestamp, detect, landmarks)
        numbers = [number for _, number, _ in found]
        self._seats = {n: seat for n, seat in self._seats.items() if n in numbers}
        for _, number, hand in found:
            seat = self._seats.get(number) or self._free_seat(hand)
            if seat is None:
                continue
            row, side = self._seats[number] = seat
            points = self._smoothers[side](number, hand.points, timestamp)
            write_hand(frame, people[row], side, hand, points)
            if not records.found(people[row], "face"):
                people[row, layout.PERSON_ID] = -1 - row
        for smoother in self._smoothers.values():
            smoother.keep(numbers)

    def _free_seat(self, hand: HandEstimate) -> tuple[int, str] | None:
        own = HANDS[hand.left < 0.5]
        taken = self._seats.values()
        free = [chair for chair in self._chairs if chair not in taken]
        fitting = [chair for chair in free if chair[1] == own]
        if fitting:
            return fitting[0]
        return free[0] if free and len(self.parts) == len(HANDS) else None


Key = tuple[str, ...]
"""The parts that one stage computes."""


def make_stage(key: Key, model_cache: ModelCache, settings: Settings) -> Stage:
    """The stage of the parts ``key``; raises ModelError where a model is missing or damaged."""
    if key == ("pose",):
        return PoseStage(model_cache, settings)
    if settings.with_pose and settings.second_look:
        from holistic.tracking.persistent_stages import PersistentFaceStage, PersistentHandStage

        if key == ("face",):
            return PersistentFaceStage(model_cache, settings)
        return PersistentHandStage(key[0], model_cache, settings)
    if key == ("face",):
        return (FaceStage if settings.with_pose else FaceOnlyStage)(model_cache, settings)
    if settings.with_pose:
        return HandStage(key[0], model_cache, settings)
    return HandsOnlyStage(key, model_cache, settings)


def stages(
    parts: Iterable[str], load_model: LoadModel, complexity: int = 1, **settings: Any
) -> tuple[Stage, ...]:
    """The stages of ``parts`` (names of layout.PARTS); they share their submodels.

    ``load_model`` gives the bytes of a model by its name; more ``settings`` as in Settings.

    Raises:
        TypeError, ValueError: an unknown part or setting.
        ModelError: a model is missing or damaged.
    """
    chosen = Settings(complexity, **settings)
    model_cache = ModelCache(load_model)
    return tuple(
        make_stage(key, model_cache, chosen) for key in keys(list(parts), chosen.with_pose)
    )


def stage(part: str, load_model: LoadModel, complexity: int = 1, **settings: Any) -> Stage:
    """The stage of one part; see ``stages``."""
    return stages((part,), load_model, complexity, **settings)[0]
