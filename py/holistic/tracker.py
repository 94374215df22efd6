"""The tracker as its users see it: frames in, results out.

It runs the stages (see ``tracking.stages``) one after the other on a record, follows a video or
takes single pictures, switches parts on and off, and lowers its effort where the machine is too
slow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from math import isfinite
from typing import Concatenate, ParamSpec, Self, TypeVar

import numpy as np

from holistic.inference import arithmetic, runtime
from holistic.inference.model_cache import ModelCache
from holistic.inference.model_files import load
from holistic.options import Options
from holistic.results import record as records
from holistic.results.result import Person, Result, people_from_record
from holistic.shared import quality
from holistic.shared.model_sets import AUTO, canonical
from holistic.tracking.result_cache import RecordCache, fingerprint
from holistic.tracking.stage_runner import StageRunner
from holistic.tracking.stages import PoseStage, Stage, Task, make_stage
from holistic.tracking.stillness import Stillness
from holistic.tracking.turns import Turns

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


Owner = TypeVar("Owner")
Made = TypeVar("Made")
Arguments = ParamSpec("Arguments")


def _taking(
    make: Callable[Arguments, Made],
) -> Callable[[Callable[[Owner, Made], None]], Callable[Concatenate[Owner, Arguments], None]]:
    """Decorate a method that needs what ``make`` makes: it takes the arguments of ``make``."""

    def decorate(
        method: Callable[[Owner, Made], None],
    ) -> Callable[Concatenate[Owner, Arguments], None]:
        @wraps(method)
        def taking(self: Owner, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            method(self, make(*args, **kwargs))

        owner = Parameter("self", Parameter.POSITIONAL_ONLY)
        arguments = signature(make).parameters.values()
        taking.__signature__ = Signature([owner, *arguments])  # type: ignore[attr-defined]
        return taking

    return decorate


class Tracker:
    """Finds people's poses, faces and hands in the frames of one source.

    It takes the arguments of ``holistic.Options``, which says what they mean, as in
    ``Tracker(complexity=0, max_people=2)``. As a context manager it closes itself at the end.

    Raises:
        TypeError, ValueError: an argument is not one of the options.
        ModelError: a model is missing or damaged.
    """

    @_taking(Options)
    def __init__(self, options: Options) -> None:
        self._options = options
        threads = runtime.useful_threads() if options.threads is None else options.threads
        variant = canonical(options.variant)
        if variant == AUTO:
            variant = arithmetic.fastest(threads)
        load_model = partial(load, chosen=options.models, variant=variant)
        self._model_cache = ModelCache(load_model, threads)
        self._cache = RecordCache(options.cache_bytes)
        self._record = records.empty(options.max_people)
        self._stillness = Stillness() if options.skip_still else None
        self._size: tuple[int, ...] = ()
        self._still = False  # whether the last frame repeated the one before
        self._last: float | None = None
        self._closed = False
        self._turns = Turns(waits=options.mode == "picture")
        self._stages: dict[Task, Stage] = {}
        self.parts = options.parts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the networks go; the tracker cannot be used any more."""
        with self._turns.alone():
            self._stages = {}
            self._cache.clear()
            self._closed = True

    def reset(self) -> None:
        """Forget all frames: a new source begins, and time stamps may start again."""
        with self._turns.alone():
            self._turns.reset()
            self._last = None
            self._forget()

    def __reduce__(self) -> str:
        raise TypeError(
            "a Tracker cannot be pickled or copied, it holds networks in memory: hand its settings "
            "on, and make a Tracker in each process"
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are found. They can be switched while running.

        Models are loaded when a part that needs them is switched on, and freed when no part
        needs them any more. Parts that stay on are followed without a break, unless the pose is
        switched on or off: without it the others are found in another way.
        """
        return tuple(self._options.parts)

    @parts.setter
    def parts(self, parts: Collection[str]) -> None:
        with self._turns.alone():
            self._switch(parts)

    def _switch(self, parts: Collection[str]) -> None:
        if self._closed:
            raise RuntimeError("the tracker is closed: make a new one")
        options = replace(self._options, parts=parts)
        old = self._stages if options.makes_same_stages(self._options) else {}
        self._stages = {
            task: old.get(task) or make_stage(task, self._model_cache, options)
            for task in options.tasks
        }
        self._options = options
        self._record.fill(0)
        self._cache.clear()
        self.level = options.level  # which levels there are depends on the parts

    @property
    def level(self) -> str:
        """The level that was asked for; a result tells the present one, and why."""
        return self._options.level

    @level.setter
    def level(self, level: str) -> None:
        options = self._options = replace(self._options, level=level)
        levels = quality.levels(options.complexity, options.with_pose)
        auto = level == quality.AUTO
        self._governor = quality.Governor(options.budget_ms, levels) if auto else None
        self._runner = StageRunner(options)
        if self._stillness:
            self._stillness.reset()

    @property
    def submodels(self) -> frozenset[str]:
        """Names of the models that are in memory."""
        return self._model_cache.alive

    def process(self, frame: np.ndarray, timestamp: float | None = None) -> Result:
        """Find the people in one frame: uint8 RGB (H, W, 3), RGBA or grey.

        A video's frame needs its ``timestamp`` in milliseconds, above the one before; for a
        picture it is only handed on, 0 if there is none. When a video's frames change their
        size, the tracker finds all people anew.

        Threads may share a tracker of pictures: their calls wait for one another. Those of a video
        may hand it on, one call after the other (``tracking.turns``).

        Raises:
            TypeError, ValueError: not a picture, or a time stamp that does not rise.
            RuntimeError: the tracker is closed, or several threads use it for a video at once.
        """
        with self._turns.frame():
            return self._processed(frame, timestamp)

    def _processed(self, frame: np.ndarray, timestamp: float | None) -> Result:
        if self._closed:
            raise RuntimeError("the tracker is closed: make a new one")
        frame = checked_frame(frame)
        time = self._checked_time(timestamp)
        level, reason = self._present_level()
        if self._options.stands_alone:
            record = self._picture_record(frame, level)
        else:
            record = self._video_record(frame, time, level)
        height, width = frame.shape[:2]
        people = self._with_masks(people_from_record(record))
        skipped = records.skipped(record, self.parts)
        still = self._still
        return Result(time, width, height, people, level, reason, still=still, skipped=skipped)

    def _with_masks(self, people: tuple[Person, ...]) -> tuple[Person, ...]:
        pose = self._stages.get(("pose",))
        if not (self._options.mask and isinstance(pose, PoseStage)):
            return people
        return tuple(replace(person, mask=pose.masks.get(person.id)) for person in people)

    def _checked_time(self, timestamp: float | None) -> float:
        if timestamp is None:
            if self._options.stands_alone:
                return 0.0
            raise ValueError(
                "a video's frame needs a time stamp in milliseconds; "
                'for single pictures make a Tracker(mode="picture")'
            )
        if not isinstance(timestamp, (int, float, np.integer, np.floating)):
            raise TypeError(f"the time stamp must be a number of milliseconds, not {timestamp!r}")
        if not isfinite(timestamp):
            raise ValueError(f"time stamps must rise and be finite: {timestamp} ms is not")
        if not self._options.stands_alone and self._last is not None and not timestamp > self._last:
            raise ValueError(
                f"time stamps must rise: {timestamp} ms came after {self._last} ms "
                "(call reset() when a new source begins)"
            )
        return float(timestamp)

    def _present_level(self) -> tuple[str, str]:
        if self._governor is None:
            return self._options.level, "fixed"
        return self._governor.level, self._governor.reason

    def _picture_record(self, frame: np.ndarray, level: str) -> np.ndarray:
        """The record of a picture, from the cache or computed."""
        key = fingerprint(frame) + level.encode()
        record = None if self._options.mask else self._cache.get(key)
        if record is None:
            self._forget()
            record = self._timed(frame, 0.0, level)
            if not self._options.mask:  # the record does not hold it
                self._cache.put(key, record)
        return record

    def _video_record(self, frame: np.ndarray, timestamp: float, level: str) -> np.ndarray:
        """The record of a video's frame."""
        if frame.shape[:2] != self._size:
            self._forget()
            self._size = frame.shape[:2]
        self._last = timestamp
        self._still = self._stillness is not None and self._stillness.repeats(frame)
        if self._still:
            records.note_skipped(self._record)
            return self._record
        record = self._timed(frame, timestamp, level)
        if self._stillness:
            self._stillness.note(record, self.parts)
        return record

    def _forget(self) -> None:
        self._runner.reset()
        if self._stillness:
            self._stillness.reset()
        for stage in self._stages.values():
            stage.reset()

    def _timed(self, frame: np.ndarray, timestamp: float, level: str) -> np.ndarray:
        clock = self._options.clock
        started = clock()
        self._record.fill(0)  # a stage sees of the other parts what is found in this frame
        depth = quality.LEVELS.index(level)
        for task, stage in self._stages.items():
            self._runner.run(task, stage, depth, frame, timestamp, self._record)
        if self._governor is not None:
            self._governor.note((clock() - started) * 1000)
        return self._record
