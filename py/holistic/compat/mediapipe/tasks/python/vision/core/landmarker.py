"""A tracker behind the interface of MediaPipe's landmarkers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields
from os import PathLike
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions, note_model_file
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from holistic.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from holistic.compat.mediapipe.tasks.python.vision.core.live_stream import LiveStream
from holistic.compat.mediapipe.tasks.python.vision.core.quarter_turns import quarter_turns, turned
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode as RunningMode,
)
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    validate_running_mode,
)
from holistic.options import MEDIAPIPE_SMOOTHING
from holistic.results.result import Result
from holistic.shared.model_sets import FLOAT
from holistic.tracker import Tracker

_SEEN = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8)
"""The formats that a tracker takes."""


class LandmarkerOptions(Protocol):
    """What the options of all landmarkers have."""

    base_options: BaseOptions
    running_mode: RunningMode
    result_callback: Callable[[Any, Image, int], None] | None


class View(NamedTuple):
    """How the tracker saw a picture: its clockwise quarter turns, and its size before them."""

    turns: int
    width: int
    height: int


class _Frame(NamedTuple):
    """A picture that was taken, the quarter turns that it needs, and its time stamp."""

    image: Image
    turns: int
    timestamp_ms: int


Options = TypeVar("Options", bound=LandmarkerOptions)
Results = TypeVar("Results")


class Landmarker(ABC, Generic[Options, Results]):
    """A tracker behind ``detect``, ``detect_for_video``, ``detect_async`` and ``close``.

    As a context manager it closes itself at the end. It runs MediaPipe's float networks and rules.

    Raises:
        ValueError: an option is out of its range, or a callback is missing or has no use.
        ModelError: a model is missing or damaged.
    """

    _options_type: type[Options]

    def __init__(self, options: Options) -> None:
        validate_running_mode(options.running_mode, options.result_callback)
        _check_confidences(options)
        note_model_file(options.base_options)
        self._options = options
        self._tracker = Tracker(
            mode="picture" if options.running_mode is RunningMode.IMAGE else "video",
            second_look=False,
            tasks_rules=True,
            search_parts=False,
            cache_bytes=0,
            variant=FLOAT,
            **{"smoothing": MEDIAPIPE_SMOOTHING, **self._tracker_options(options)},
        )
        self._stream = LiveStream(self._call_back)
        self._last: int | None = None
        self._closed = False

    @classmethod
    def create_from_options(cls, options: Options) -> Self:
        """The landmarker with these options."""
        return cls(options)

    @classmethod
    def create_from_model_path(cls, model_path: str | PathLike[str]) -> Self:
        """A landmarker of single pictures with the default options; the model is not used."""
        return cls(cls._options_type(base_options=BaseOptions(model_asset_path=model_path)))  # type: ignore[call-arg]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _tracker_options(self, options: Options) -> dict[str, Any]:
        """The tracker's options."""

    @abstractmethod
    def _results(self, result: Result, view: View) -> Results:
        """What was found, as this landmarker gives it."""

    def detect(
        self, image: Image, image_processing_options: ImageProcessingOptions | None = None
    ) -> Results:
        """What is found in a picture of its own.

        Raises:
            TypeError, ValueError: not a picture that can be seen, or another running mode.
            RuntimeError: the landmarker is closed.
        """
        frame = self._frame(RunningMode.IMAGE, image, 0, image_processing_options)
        return self._compute(frame)

    def detect_for_video(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> Results:
        """What is found in the next frame of a video; time stamps are milliseconds and rise.

        Raises:
            TypeError, ValueError: not a picture that can be seen, another running mode, or a time
                stamp that does not rise.
            RuntimeError: the landmarker is closed.
        """
        frame = self._frame(RunningMode.VIDEO, image, timestamp_ms, image_processing_options)
        self._rise(timestamp_ms)
        return self._compute(frame)

    def detect_async(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> None:
        """Take the next picture of a live stream; time stamps are milliseconds and rise.

        The callback gets the result, the picture and the time stamp, on another thread. While a
        picture is computed the newest one waits, and those before it are dropped.

        Raises:
            TypeError, ValueError: not a picture that can be seen, another running mode, or a time
                stamp that does not rise.
            RuntimeError: the landmarker is closed.
        """
        frame = self._frame(RunningMode.LIVE_STREAM, image, timestamp_ms, image_processing_options)
        self._rise(timestamp_ms)
        self._stream.put(frame)

    def close(self) -> None:
        """Let the networks go; a live stream finishes the picture that waits before."""
        self._closed = True
        self._stream.close()
        self._tracker.close()

    def _frame(
        self,
        wanted: RunningMode,
        image: Image,
        timestamp_ms: int,
        options: ImageProcessingOptions | None,
    ) -> _Frame:
        """The picture, if it can be taken."""
        if self._closed:
            raise RuntimeError(f"the {type(self).__name__} is closed: make a new one")
        self._options.running_mode.check(wanted)
        if not isinstance(image, Image):
            raise TypeError(f"the picture must be an mp.Image, not {type(image).__name__}")
        if image.image_format not in _SEEN:
            names = ", ".join(each.name for each in _SEEN)
            raise ValueError(f"a {image.image_format.name} picture is not seen: make it {names}")
        if options is None:
            return _Frame(image, 0, timestamp_ms)
        if options.region_of_interest is not None:
            raise ValueError("This task doesn't support region-of-interest.")
        return _Frame(image, quarter_turns(options.rotation_degrees), timestamp_ms)

    def _rise(self, timestamp_ms: int) -> None:
        if self._last is not None and not timestamp_ms > self._last:
            error = ValueError("Input timestamp must be monotonically increasing.")
            error.add_note(f"{timestamp_ms} ms came after {self._last} ms")
            raise error
        self._last = timestamp_ms

    def _compute(self, frame: _Frame) -> Results:
        image = frame.image
        pixels = turned(image.numpy_view(), frame.turns)
        result = self._tracker.process(pixels, frame.timestamp_ms)
        return self._results(result, View(frame.turns, image.width, image.height))

    def _call_back(self, frame: _Frame) -> None:
        results = self._compute(frame)
        if self._options.result_callback:
            self._options.result_callback(results, frame.image, frame.timestamp_ms)


def _check_confidences(options: Any) -> None:
    """Raise ValueError where one of the options named ``min_...`` is not from 0 to 1."""
    for field in fields(options):
        if field.name.startswith("min_") and not 0 <= getattr(options, field.name) <= 1:
            raise ValueError(
                f"{field.name} must be in the range [0.0, 1.0], not {getattr(options, field.name)}"
            )


def check_count(options: Any, name: str, most: int) -> int:
    """An option that says how many are found; raises ValueError unless it is 1 to ``most``."""
    count = getattr(options, name)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
        raise ValueError(f"{name} must be a whole number from 1 to {most}, not {count!r}")
    return count
