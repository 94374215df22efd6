"""What a tracker can be asked for: one dataclass for the tracker, its stages, workers and jobs.

It imports only ``shared``, so that every other room can import it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from math import isfinite
from time import perf_counter
from typing import NamedTuple

from holistic.shared import layout, model_sets, quality, schedule
from holistic.shared.model_sets import (
    APPROXIMATE,
    ATTENTION_MESH,
    AUTO,
    FACE_DETECTORS,
    FACE_MODELS,
    HAND_MODELS,
    POSE_MODELS,
)

MODES = ("video", "picture")
CARRY_MS = 150.0
"""For how long a lost hand is carried on."""
CACHE_BYTES = 16 << 20


class Smoothing(NamedTuple):
    """Settings of a One Euro filter: cutoff at rest (Hz), growth with speed, speed's cutoff (Hz).

    Speed is in object sizes a second. A lower ``min_cutoff`` holds a still part steadier, a
    higher ``beta`` lets a moving one lag less.
    """

    min_cutoff: float
    beta: float
    derivative_cutoff: float = 1.0

    def check(self) -> None:
        """Raise ValueError unless cutoffs are positive and ``beta`` is not negative."""
        sound = self.min_cutoff > 0 and self.beta >= 0 and self.derivative_cutoff > 0
        if not (sound and all(isfinite(value) for value in self)):
            raise ValueError(f"{self}: cutoffs must be above 0 and beta 0 or more, all finite")


POSE_SMOOTHING = Smoothing(min_cutoff=0.05, beta=80.0)

PART_SMOOTHING = Smoothing(min_cutoff=2.0, beta=20.0)
"""It halves the jitter of hands and faces at rest; hands in fast motion lag an eighth of a frame
(docs/accuracy.md)."""

FACE_V2_SMOOTHING = POSE_SMOOTHING
"""What MediaPipe smooths the V2 face network's points with, and blendshapes expect."""

SMOOTHING: Mapping[str, Smoothing | None] = {
    "pose": POSE_SMOOTHING,
    "face": PART_SMOOTHING,
    "left_hand": PART_SMOOTHING,
    "right_hand": PART_SMOOTHING,
}

MEDIAPIPE_SMOOTHING: Mapping[str, Smoothing | None] = {
    "pose": POSE_SMOOTHING,
    "face": None,
    "left_hand": None,
    "right_hand": None,
}
"""What MediaPipe smooths: the pose, and neither face nor hands."""


@dataclass(frozen=True)
class Options:
    """What a tracker is asked for.

    Args:
        complexity: 0, the light pose and hand models, 1, the full ones, or 2, the heavy pose
            model and the full hand, natively alone. "float" and "int8" have no light hand and
            take the full one; the heavy pose is "float" in every variant.
        models: the folder of the models; see ``holistic.inference.model_files``.
        variant: of the models, one of model_sets.VARIANTS: "float" is MediaPipe's arithmetic,
            "int8", "pruned" and "pruned_int8" are smaller and faster, "auto" is what is fastest on
            this machine and good.
        max_people: how many people to find at the most, up to layout.MAX_PEOPLE. With one,
            ``second_look=False`` and MEDIAPIPE_SMOOTHING the tracker behaves as MediaPipe
            Holistic does.
        parts: the parts to find, names of layout.PARTS. Without "pose", the tracker finds up to
            ``max_people`` faces and twice as many hands on their own. It does not know which of
            them belong together; a person with hands alone has an id below zero.
        max_hands: how many hands to find at the most without the pose; None is two for each of
            ``max_people``, and there are never more. Where that is no more than ``max_people``,
            every hand is a person of its own.
        mode: "video", in which frames follow one another and need rising time stamps, or
            "picture", in which every frame stands alone and its result is remembered.
        level: one of quality.LEVELS, or "auto" to lower the effort while frames take too long.
        budget_ms: what a frame may take before "auto" lowers the effort.
        smoothing: for any part, the One Euro settings or None for none; parts left out are
            smoothed as SMOOTHING says, and faces of V2 as FACE_V2_SMOOTHING. MediaPipe's Holistic
            smooths the pose alone: MEDIAPIPE_SMOOTHING.
        refine_face: whether faces have 478 points, with irises and with better eyes and lips.
        rotations: whether people have the rotations of a humanoid's bones, made of all their parts
            (see ``holistic.motion``).
        blendshapes: whether faces have the 52 blendshapes of their expression. They have 478 points
            then, too. "approximate" is for slow machines: rough ones, made of the 468 points of the
            faster face network; ``Person.blendshapes_approximate`` says so. With ``refine_face``
            they are those that True gives.
        attention_mesh: whether faces of 478 points come from the attention mesh, as in MediaPipe's
            solutions, and not from the network V2, as in its FaceLandmarker. It has no blendshapes.
        mask: whether people have a segmentation mask (it needs the pose, and pictures' results
            are not remembered).
        smooth_mask: whether the mask is held steady from frame to frame.
        min_detection: score from 0 to 1 that a detection must have, None for the detector's own.
        min_tracking: score from 0 to 1 above which landmarks are believed: those of bodies, or
            without the pose those of faces and hands.
        face_range: of the detector of faces without a pose: "short" or "full".
        search_parts: whether the tracker searches windows of the frame for several people, faces
            or hands, and not the whole frame alone, as MediaPipe does.
        redetect_interval: every how many frames the detector (of a face) or the re-crop (of a
            hand) checks a part that is followed; 1 is every frame, as in MediaPipe. None is what
            the variant asks for.
        second_look: whether faces and hands that the first look does not find are looked for
            elsewhere and without a body, and every hand is one person's on one side. False is as
            in MediaPipe.
        tasks_rules: whether bodies, faces and hands are looked at as by MediaPipe's tasks where
            these differ from its solutions: a narrower refinement of the pose's points; a body
            alone follows its points unsmoothed; a face that comes into sight is seen lower, and
            once; and a hand without a body is first seen tilted.
        carry_hands: whether a hand that is lost goes on with its wrist for up to CARRY_MS. It is
            marked: its score is 0, and it is in ``Person.predicted``.
        skip_still: whether a video's frame in which nothing has moved repeats the last result and
            says so (``Result.still``). It takes a fiftieth of the time.
        threads: how many processor cores each network may use; None is as many as pay, the cores
            that this process may use, four at the most. The results are the same.
        cache_bytes: memory for remembered results of pictures.
        clock: tells seconds; frames are timed by it.

    Raises:
        TypeError, ValueError: an argument is not one of these.
    """

    complexity: int = 1
    models: str | os.PathLike[str] | None = None
    _: KW_ONLY
    variant: str = AUTO
    max_people: int = 1
    max_hands: int | None = None
    parts: Collection[str] = layout.PARTS
    mode: str = "video"
    level: str = "full"
    budget_ms: float = quality.BUDGET_MS
    smoothing: Mapping[str, Smoothing | None] | None = None
    refine_face: bool = False
    rotations: bool = False
    blendshapes: bool | str = False
    attention_mesh: bool = False
    mask: bool = False
    smooth_mask: bool = True
    min_detection: float | None = None
    min_tracking: float = 0.5
    face_range: str = "short"
    search_parts: bool = True
    redetect_interval: int | None = None
    second_look: bool = True
    tasks_rules: bool = False
    carry_hands: bool = False
    skip_still: bool = False
    threads: int | None = None
    cache_bytes: int = CACHE_BYTES
    clock: Callable[[], float] = perf_counter

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}")
        model_sets.canonical(self.variant)
        if self.complexity not in range(len(POSE_MODELS)) or isinstance(self.complexity, float):
            raise ValueError(f"complexity must be 0, 1 or 2, not {self.complexity!r}")
        if isinstance(self.max_people, bool) or not isinstance(self.max_people, int):
            raise TypeError(f"max_people must be a whole number, not {self.max_people!r}")
        layout.record_floats(self.max_people)  # refuses numbers that no record can hold
        if self.face_range not in FACE_DETECTORS:
            raise ValueError(f'face_range must be "short" or "full", not {self.face_range!r}')
        for name in ("max_hands", "redetect_interval", "threads"):
            _check_count(name, getattr(self, name))
        for name in ("min_detection", "min_tracking"):
            score = getattr(self, name)
            if score is not None and not 0 <= score <= 1:
                raise ValueError(f"{name} must be from 0 to 1, not {score!r}")
        _check_amount("budget_ms", self.budget_ms)
        _check_amount("cache_bytes", self.cache_bytes)
        for part, smoothing in (self.smoothing or {}).items():
            if part not in SMOOTHING:
                raise ValueError(schedule.unknown_part(part))
            if smoothing is not None:
                Smoothing(*smoothing).check()
        if self.blendshapes not in (False, True, APPROXIMATE):
            raise ValueError(
                f'blendshapes must be True, False or "{APPROXIMATE}", not {self.blendshapes!r}'
            )
        if self.has_exact_blendshapes and self.attention_mesh:
            raise ValueError(
                "blendshapes need the face network V2: leave attention_mesh out, or blendshapes"
            )
        quality.check(self.level)
        object.__setattr__(self, "parts", _sorted_parts(self.parts))

    @property
    def with_pose(self) -> bool:
        """Whether there is a pose that faces and hands begin from."""
        return "pose" in self.parts

    @property
    def tasks(self) -> tuple[tuple[str, ...], ...]:
        """The parts by stage, in the order in which the stages run; rotations come last."""
        return schedule.tasks(list(self.parts), self.with_pose, self.rotations)

    @property
    def pose_model(self) -> str:
        """The pose's landmark model."""
        return POSE_MODELS[self.complexity]

    @property
    def face_model(self) -> str:
        """The face's landmark model."""
        if self.refine_face and self.attention_mesh:
            return ATTENTION_MESH
        return FACE_MODELS[self.face_v2]

    @property
    def face_v2(self) -> bool:
        """Whether faces come from the network V2."""
        return self.has_exact_blendshapes or (self.refine_face and not self.attention_mesh)

    @property
    def has_exact_blendshapes(self) -> bool:
        """Whether faces have the blendshapes of the blendshape network."""
        return model_sets.has_exact_blendshapes(self.blendshapes, self.refine_face)

    @property
    def hand_model(self) -> str:
        """The hands' landmark model."""
        return HAND_MODELS[self.complexity]

    @property
    def stands_alone(self) -> bool:
        """Whether every frame stands alone, so that it is worth a closer search."""
        return self.mode == "picture"

    @property
    def searches_below_faces(self) -> bool:
        """Whether bodies are searched for below faces too."""
        return self.max_people > 1 and self.search_parts

    @property
    def check_interval(self) -> int:
        """``redetect_interval``, or what the variant asks for."""
        return self.redetect_interval or model_sets.redetect_interval(self.variant)

    def depths(self, most: int) -> int:
        """How closely to search the first frame, where ``most`` is as closely as makes sense."""
        if not self.search_parts:
            return 0
        return most if self.stands_alone else 1

    def smoothing_of(self, part: str) -> Smoothing | None:
        """The One Euro settings of a part."""
        usual = {**SMOOTHING, "face": FACE_V2_SMOOTHING} if self.face_v2 else SMOOTHING
        return {**usual, **(self.smoothing or {})}[part]

    def makes_same_stages(self, other: Options) -> bool:
        """Whether a stage that is made for the other options serves these as well.

        It does where they differ in nothing but the parts, and both have a pose or neither has.
        """
        return self.with_pose == other.with_pose and replace(self, parts=other.parts) == other


def _check_count(name: str, count: int | None) -> None:
    if count is None:
        return
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"{name} must be a whole number from 1, not {count!r}")


def _check_amount(name: str, amount: float) -> None:
    if not amount >= 0:  # NaN is refused too
        raise ValueError(f"{name} must be 0 or more, not {amount!r}")


def _sorted_parts(parts: Collection[str]) -> tuple[str, ...]:
    """The parts, each once, in the order of layout.PARTS."""
    if isinstance(parts, str):
        raise TypeError(f"parts must be several names, such as ({parts!r},), not one string")
    asked = set(parts)
    for part in asked.difference(layout.PARTS):
        raise ValueError(schedule.unknown_part(part))
    if not asked:
        raise ValueError(f"there are no parts: name one or more of {layout.PARTS}")
    return tuple(part for part in layout.PARTS if part in asked)
