"""The tracker as its users see it: frames in, results out.

It runs the stages (see ``stages``) one after the other on a record, follows a video or looks at
single pictures, switches parts on and off, and lowers its effort where the machine is too slow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from math import isfinite
from time import perf_counter

import numpy as np

from holistic.closing import Closing
from holistic.inference import runtime
from holistic.inference.model_cache import ModelCache
from holistic.inference.model_files import load
from holistic.results import record as records
from holistic.results.result import Person, Result, people_from_record
from holistic.shared import layout, model_sets, quality
from holistic.shared.model_sets import AUTO, AUTO_IN_FLOAT, FLOAT
from holistic.shared.schedule import keys
from holistic.tracking.one_euro import Smoothing
from holistic.tracking.result_cache import RecordCache, fingerprint
from holistic.tracking.stage_runner import StageRunner
from holistic.tracking.stages import Key, PoseStage, Settings, Stage, make_stage

MODES = ("video", "picture")
CACHE_BYTES = 16 << 20
LONGEST_SIDE = 32766
"""The warp's limit, in pixels."""


def checked_frame(frame: np.ndarray) -> np.ndarray:
    """A frame that stages can take: contiguous uint8 (H, W, 3 or 4).

    Grey pictures, (H, W) or (H, W, 1), become RGB.

    Raises:
        TypeError: not an array of uint8.
        ValueError: an empty picture, not a picture's shape, or a side above LONGEST_SIDE.
    """
    if not isinstance(frame, np.ndarray):
        raise TypeError(f"the frame must be a NumPy array, not {type(frame).__name__}")
    if frame.dtype != np.uint8:
        raise TypeError(f"the frame must hold uint8 values from 0 to 255, not {frame.dtype}")
    if frame.ndim == 2:
        frame = frame[..., None]
    if frame.ndim != 3 or frame.shape[2] not in (1, 3, 4):
        raise ValueError(
            f"the frame must have the shape (height, width, 3), not {frame.shape}: "
            "RGB, RGBA or grey, one frame at a time"
        )
    if frame.size == 0:
        raise ValueError(f"the frame is empty: its shape is {frame.shape}")
    if max(frame.shape[:2]) > LONGEST_SIDE:
        raise ValueError(
            f"the frame is too large: its shape is {frame.shape} and no side may be longer than "
            f"{LONGEST_SIDE} pixels; scale it down"
        )
    if frame.shape[2] == 1:
        frame = np.repeat(frame, 3, axis=2)
    return np.ascontiguousarray(frame)


class Tracker(Closing):
    """Finds people's poses, faces and hands in the frames of one source.

    Args:
        complexity: 0, the light pose and hand models, or 1, the full ones. "float" and
            "int8" have no light hand and take the full one.
        models: the folder of the models; see ``holistic.inference.model_files``.
        variant: of the models, one of selection.VARIANTS: "float" is MediaPipe's arithmetic,
            "int8", "pruned" and "pruned_int8" are smaller and faster, "auto" is what is fastest on
            this processor and good.
        max_people: how many people to look for at the most, up to layout.MAX_PEOPLE. With one,
            the tracker behaves as MediaPipe Holistic does.
        parts: the parts to find, names of layout.PARTS. Without "pose", up to ``max_people``
            faces and twice as many hands are found on their own; nothing says which belong
            together, and whoever is known by hands alone has an id below zero.
        mode: "video", in which frames follow one another and need rising time stamps, or
            "picture", in which every frame stands alone and its result is remembered.
        level: one of quality.LEVELS, or "auto" to lower the effort while frames take too long.
        budget_ms: what a frame may take before "auto" lowers the effort.
        smoothing: for any part, the One Euro settings or None for none; parts left out are
            smoothed as in MediaPipe (the pose is, face and hands are not).
        refine_face: whether faces have 478 points, with irises and with better eyes and lips.
        mask: whether people have a segmentation mask (it needs the pose, and pictures' results
            are not remembered).
        smooth_mask: whether the mask is held steady from frame to frame.
        min_detection: score from 0 to 1 that somebody new must have, None for the detector's own.
        min_tracking: score from 0 to 1 above which landmarks are believed: those of bodies, or
            without the pose those of faces and hands.
        face_range: of the detector of faces without a pose: "short" or "full".
        search_parts: whether several people, faces or hands are searched for in parts of the frame
            too, and not in the whole frame alone, as MediaPipe does.
        redetect_interval: in how many frames a face or a hand that is followed is looked for anew
            once; 1 is every frame, as in MediaPipe. None is what the variant asks for.
        second_look: whether faces and hands that the first look does not find are looked for
            elsewhere and without a body, and each hand is one person's on one side. False is as
            in MediaPipe.
        threads: how many processor cores each network may use; None is as many as pay, the cores
            that this process may use, four at the most. The results are the same.
        cache_bytes: memory for remembered results of pictures.
        clock: tells seconds; frames are timed by it.

    Raises:
        TypeError, ValueError: an argument is not one of these.
        ModelError: a model is missing or damaged.
    """

    def __init__(
        self,
        complexity: int = 1,
        models: str | os.PathLike[str] | None = None,
        *,
        variant: str = FLOAT,
        max_people: int = 1,
        parts: Iterable[str] = layout.PARTS,
        mode: str = "video",
        level: str = "full",
        budget_ms: float = quality.BUDGET_MS,
        smoothing: Mapping[str, Smoothing | None] | None = None,
        refine_face: bool = False,
        mask: bool = False,
        smooth_mask: bool = True,
        min_detection: float | None = None,
        min_tracking: float = 0.5,
        face_range: str = "short",
        search_parts: bool = True,
        redetect_interval: int | None = None,
        second_look: bool = True,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {mode!r}")
        if redetect_interval is None:
            redetect_interval = model_sets.redetect_interval(variant)
        self._mode = mode
        self._settings = Settings(
            complexity,
            max_people,
            face_range=face_range,
            refine_face=refine_face,
            mask=mask,
            smooth_mask=smooth_mask,
            min_detection=min_detection,
            min_tracking=min_tracking,
            smoothing=dict(smoothing or {}),
            thorough=mode == "picture",
            search_parts=search_parts,
            redetect_interval=redetect_interval,
            second_look=second_look,
        )
        threads = runtime.useful_threads() if threads is None else threads
        if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
            raise ValueError(f"threads must be a whole number from 1, not {threads!r}")
        if model_sets.canonical(variant) == AUTO and not runtime.multiplies_bytes():
            variant = AUTO_IN_FLOAT
        self._model_cache = ModelCache(partial(load, chosen=models, variant=variant), threads)
        self._cache = RecordCache(cache_bytes)
        self._clock = clock
        self._budget = budget_ms
        self._record = records.empty(max_people)
        self._size: tuple[int, ...] = ()
        self._last: float | None = None
        self._closed = False
        self._stages: dict[Key, Stage] = {}
        self._level = level
        self.parts = parts

    def close(self) -> None:
        """Let the networks go; the tracker cannot be used any more."""
        self._stages = {}
        self._cache.clear()
        self._closed = True

    def reset(self) -> None:
        """Forget all frames: a new source begins, and time stamps may start again."""
        self._last = None
        self._forget()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are found. They can be switched while running.

        Models are loaded when a part that needs them is switched on, and freed when no part
        needs them any more. Parts that stay on are followed without a break, unless the pose is
        switched on or off: without it the others are found in another way.
        """
        return tuple(part for part in layout.PARTS if any(part in key for key in self._stages))

    @parts.setter
    def parts(self, parts: Iterable[str]) -> None:
        if self._closed:
            raise RuntimeError("the tracker is closed: make a new one")
        if isinstance(parts, str):
            raise TypeError(f"parts must be several names, such as ({parts!r},), not one string")
        asked = set(parts)
        with_pose = "pose" in asked
        settings = replace(self._settings, with_pose=with_pose)
        chosen = keys(sorted(asked, key=_order), with_pose)
        if not chosen:
            raise ValueError(f"there are no parts: name one or more of {layout.PARTS}")
        old = self._stages if with_pose == self._settings.with_pose else {}
        self._stages = {
            key: old.get(key) or make_stage(key, self._model_cache, settings) for key in chosen
        }
        self._settings = settings
        self._record.fill(0)
        self._cache.clear()
        self.level = self._level  # which levels there are depends on the parts

    @property
    def level(self) -> str:
        """The level that was asked for; a result tells the present one, and why."""
        return self._level

    @level.setter
    def level(self, level: str) -> None:
        quality.check(level)
        self._level = level
        levels = quality.levels(self._settings.complexity, self._settings.with_pose)
        self._governor = quality.Governor(self._budget, levels) if level == quality.AUTO else None
        self._pace = StageRunner(self._settings)

    @property
    def submodels(self) -> frozenset[str]:
        """Names of the models that are in memory."""
        return self._model_cache.alive

    def process(self, frame: np.ndarray, timestamp: float | None = None) -> Result:
        """Find everybody in one frame: uint8 RGB (H, W, 3), RGBA or grey.

        A video's frame needs its ``timestamp`` in milliseconds, above the one before; for a
        picture it is only handed on, 0 if there is none. Where a video's frames change their
        size, everybody is found anew.

        Raises:
            TypeError, ValueError: not a picture, or a time stamp that does not rise.
            RuntimeError: the tracker is closed.
        """
        if self._closed:
            raise RuntimeError("the tracker is closed: make a new one")
        frame = checked_frame(frame)
        time = self._checked_time(timestamp)
        level, reason = self._present_level()
        if self._mode == "picture":
            record = self._look(frame, level)
        else:
            record = self._follow(frame, time, level)
        height, width = frame.shape[:2]
        people = self._with_masks(people_from_record(record))
        return Result(time, width, height, people, level=level, level_reason=reason)

    def _with_masks(self, people: tuple[Person, ...]) -> tuple[Person, ...]:
        pose = self._stages.get(("pose",))
        if not (self._settings.mask and isinstance(pose, PoseStage)):
            return people
        return tuple(replace(person, mask=pose.masks.get(person.id)) for person in people)

    def _checked_time(self, timestamp: float | None) -> float:
        if timestamp is None:
            if self._mode == "picture":
                return 0.0
            raise ValueError(
                "a video's frame needs a time stamp in milliseconds; "
                'for single pictures make a Tracker(mode="picture")'
            )
        if not isinstance(timestamp, (int, float, np.integer, np.floating)):
            raise TypeError(f"the time stamp must be a number of milliseconds, not {timestamp!r}")
        if not isfinite(timestamp):
            raise ValueError(f"time stamps must rise and be finite: {timestamp} ms is not")
        if self._mode == "video" and self._last is not None and not timestamp > self._last:
            raise ValueError(
                f"time stamps must rise: {timestamp} ms came after {self._last} ms "
                "(call reset() when a new source begins)"
            )
        return float(timestamp)

    def _present_level(self) -> tuple[str, str]:
        if self._governor is None:
            return self._level, "fixed"
        return self._governor.level, self._governor.reason

    def _look(self, frame: np.ndarray, level: str) -> np.ndarray:
        """The record of a picture, from the cache or by looking at it."""
        key = fingerprint(frame) + level.encode()
        record = None if self._settings.mask else self._cache.get(key)
        if record is None:
            self._forget()
            record = self._timed(frame, 0.0, level)
            if not self._settings.mask:  # the record does not hold it
                self._cache.put(key, record)
        return record

    def _follow(self, frame: np.ndarray, timestamp: float, level: str) -> np.ndarray:
        """The record of a video's frame."""
        if frame.shape[:2] != self._size:
            self._forget()
            self._size = frame.shape[:2]
        self._last = timestamp
        return self._timed(frame, timestamp, level)

    def _forget(self) -> None:
        self._pace.reset()
        for stage in self._stages.values():
            stage.reset()

    def _timed(self, frame: np.ndarray, timestamp: float, level: str) -> np.ndarray:
        started = self._clock()
        self._record.fill(0)  # what a stage sees of the other parts is of this frame
        depth = quality.LEVELS.index(level)
        for key, stage in self._stages.items():
            self._pace.run(key, stage, depth, frame, timestamp, self._record)
        if self._governor is not None:
            self._governor.note((self._clock() - started) * 1000)
        return self._record


def _order(part: str) -> int:
    return layout.PARTS.index(part) if part in layout.PARTS else len(layout.PARTS)
