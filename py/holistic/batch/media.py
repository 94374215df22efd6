"""Pictures, videos and cameras on a native machine, by OpenCV."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # errors are raised, not printed


PICTURE_SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"))
VIDEO_SUFFIXES = frozenset((".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".mpeg", ".webm"))
"""What a folder is searched for, lower case. A file named on its own may have any suffix."""

MAX_SIDE = 32766
"""OpenCV's warp takes no picture that is longer or wider, in pixels."""


_LEAST_MISSING = 0.25  # seconds
_LEAST_MISSING_PART = 0.02  # of the length


class MediaError(Exception):
    """An input cannot be read or an output cannot be written; the message says what to do."""


class TruncatedError(MediaError):
    """A video ended before its time."""


class Source:
    """A picture, a video or a camera, read frame by frame.

    Frames come out as 8-bit RGB, turned as the file's orientation asks: grey pictures get three
    equal channels, 16 bits become 8, and an alpha channel is dropped. Iterating gives (timestamp
    in ms, frame (H, W, 3)); a video's time stamps are its own, a camera's count from its start.
    After the last frame of a video that is shorter than its file says, a TruncatedError is raised.

    Attributes:
        name: what was asked for.
        kind: "picture", "video" or "camera".
        width, height: pixels, after the rotation that the file asks for.

    Raises:
        MediaError: there is no such file or camera, or it cannot be decoded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._video: cv2.VideoCapture | None = None
        if name.isdecimal() and not Path(name).exists():
            self.kind = "camera"
            first = self._open(cv2.VideoCapture(int(name)))
            if first is None:
                raise MediaError(f"there is no camera {name}: connect one or give another number")
        elif not Path(name).is_file():
            raise MediaError(
                f"there is no file {name!r}: give a picture, a video or a camera number"
            )
        else:
            try:
                first = self._read(name)
            except cv2.error as error:
                raise MediaError(f"{name!r} cannot be decoded: {error.err}") from error
        if first is None:
            raise MediaError(
                f"{name!r} is not a picture or a video that can be decoded: "
                "convert it to JPEG, PNG or MP4"
            )
        self._first = first
        self.height, self.width = first.shape[:2]
        if max(first.shape) > MAX_SIDE:
            raise MediaError(
                f"{name!r} has {self.width} x {self.height} pixels: scale it down, "
                f"no side may have more than {MAX_SIDE}"
            )

    def _read(self, name: str) -> np.ndarray | None:
        """Open a file as what it is; return its first frame, BGR, or None."""
        if cv2.haveImageReader(name) and cv2.imcount(name) == 1:
            self.kind = "picture"
            return cv2.imread(name, cv2.IMREAD_COLOR)
        self.kind = "video"
        return self._open(cv2.VideoCapture(name))

    def _open(self, video: cv2.VideoCapture) -> np.ndarray | None:
        """Keep the video if it has a frame; return its first one, BGR."""
        found, frame = video.read()
        if not found:
            return None
        self._video = video
        return frame

    @property
    def fps(self) -> float | None:
        """Frames a second, None where it is unknown and for a picture."""
        return (self._video and self._video.get(cv2.CAP_PROP_FPS)) or None

    @property
    def count(self) -> int | None:
        """How many frames there are, None where it is unknown."""
        if self.kind == "picture":
            return 1
        if self.kind == "camera" or self._video is None:
            return None
        return max(int(self._video.get(cv2.CAP_PROP_FRAME_COUNT)), 0) or None

    def __iter__(self) -> Iterator[tuple[float, np.ndarray]]:
        frame: np.ndarray | None = self._first
        started = time.monotonic()
        timestamp = -1.0
        frames = 0
        while frame is not None:
            if self.kind == "camera":
                now = (time.monotonic() - started) * 1000
            else:
                now = self._video.get(cv2.CAP_PROP_POS_MSEC) if self._video else 0.0
            # Damaged files repeat time stamps; the tracker needs them to rise.
            timestamp = max(now, timestamp + 1) if timestamp >= 0 else now
            yield timestamp, cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            frames += 1
            frame = self._video.read()[1] if self._video else None
        self._check_end(frames, timestamp)

    def _check_end(self, frames: int, timestamp: float) -> None:
        """Raise TruncatedError if a video of so many frames, with this last one, is cut off.

        The number of frames that a file tells is an estimate where their rate varies, and then
        its length is not; or the length is the sound's, and then it is hardly too long.
        """
        if self.kind != "video" or not self.count or not self.fps:
            return
        length = self.count / self.fps
        missing = length - timestamp / 1000 - 1 / self.fps
        if frames < self.count and missing > max(_LEAST_MISSING, _LEAST_MISSING_PART * length):
            raise TruncatedError(
                f"{self.name!r} ends early, after {frames} of {self.count} frames: it is damaged "
                "or was not copied completely"
            )


class Canvas:
    """Writes RGB frames as a picture or as an MP4 video, as the source is one or the other.

    ``name`` is what messages call the file, if not ``path``.

    Raises:
        MediaError: the file cannot be written.
    """

    def __init__(self, path: str, source: Source, name: str | None = None) -> None:
        self._path = path
        self._name = name or path
        self._video: cv2.VideoWriter | None = None
        if source.kind != "picture":
            self._video = cv2.VideoWriter(
                path,
                cv2.VideoWriter.fourcc(*"mp4v"),
                source.fps or 30.0,
                (source.width, source.height),
            )
            if not self._video.isOpened():
                raise self._error("a name that ends in .mp4")
        elif not cv2.haveImageWriter(path):
            raise self._error("a name that ends in .jpg or .png")

    def _error(self, advice: str) -> MediaError:
        return MediaError(
            f"cannot write the drawing to {self._name!r}: give {advice} in a folder "
            "that you may write to"
        )

    def write(self, frame: np.ndarray) -> None:
        """Add one RGB frame (H, W, 3)."""
        frame = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        if self._video is not None:
            self._video.write(frame)
        elif not cv2.imwrite(self._path, frame):
            raise self._error("a file")

    def close(self) -> None:
        """Finish the file."""
        if self._video is not None:
            self._video.release()
