"""The pictures of an input, whatever it is: a picture, a video, a camera or a stream."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from holistic.batch.addresses import STREAMS, opened, scheme
from holistic.batch.media_errors import MediaError
from holistic.batch.videos import Video
from holistic.tracker import LONGEST_SIDE


class Source:
    """A picture, a video or a camera, read frame by frame.

    Frames are what a page would show: 8-bit RGB, upright, with square pixels, on white. Iterating
    gives (timestamp in ms, frame (H, W, 3)); a video's time stamps are its own, a camera's count
    from its start. After the last frame of a file that is damaged or cut off a DamagedError is
    raised.

    Attributes:
        name: what was asked for.
        kind: "picture", "video" or "camera".
        width, height: pixels of the first frame, as it is shown.
        fps: frames a second; None for a picture, and where they vary or it is unknown.
        count: about how many frames there are, None where it is unknown.
        live: whether it goes on until somebody stops it.
        end: when the last frame that was read ends, in ms.
        note: what of the input is not read, to be told; None where all is.
        sound: where the sound is, (file, seconds of its time that are called 0), or None.

    Raises:
        MediaError: there is no such input, or it cannot be decoded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._medium = opened(name)
        self.kind = self._medium.kind
        self.fps: float | None = self._medium.fps
        self.count = self._medium.count
        self.live = self.kind == "camera" or scheme(name) in STREAMS
        self.note: str | None = self._medium.note
        self.end = 0.0
        self.sound: tuple[str, float] | None = None
        if isinstance(self._medium, Video) and self._medium.place and not self.live:
            self.sound = self._medium.place, self._medium.origin
        self.height, self.width = self._medium.first.shape[:2]
        if max(self.height, self.width) > LONGEST_SIDE:
            raise MediaError(
                f"{name!r} has {self.width} x {self.height} pixels: scale it down, "
                f"no side may have more than {LONGEST_SIDE}"
            )

    def __iter__(self) -> Iterator[tuple[float, np.ndarray]]:
        started = time.monotonic()
        last = -1.0
        for timestamp, duration, frame in self._medium:
            if self.kind == "camera":
                timestamp = max((time.monotonic() - started) * 1000, last + 1)  # noqa: PLW2901
            self.end = timestamp + (duration or self._remaining(timestamp, last))
            last = timestamp
            yield timestamp, frame

    def _remaining(self, timestamp: float, last: float) -> float:
        """How long a frame without a duration is shown, if it is the last one, in ms."""
        length = self._medium.length if isinstance(self._medium, Video) else None
        if length and timestamp - 1 < length:
            return max(length - timestamp, 1.0)
        return timestamp - last if last >= 0 else 1000 / 30
