"""Drawn pictures and videos: the name's ending decides the format.

Videos are VP9, which every browser plays and free software encodes, with 4:2:0 colours and even
sides. They have the time stamps of their source, its length, and its sound: as it is where players
expect it so, else encoded anew.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from holistic.batch.media import Source
from holistic.batch.media_errors import MediaError
from holistic.batch.pyav import pyav
from holistic.batch.videos import PATIENCE

PICTURES = {
    ".bmp": "BMP",
    ".jfif": "JPEG",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
"""Pillow's format for each ending of a drawn picture's name."""

VIDEOS = {".mkv": "matroska", ".mp4": "mp4", ".webm": "webm"}
"""FFmpeg's format for each ending of a drawn video's name."""

_QUALITY = 95  # of JPEG and WebP
_CODEC = "libvpx-vp9"
_SPEED = {"deadline": "realtime", "cpu-used": "7", "row-mt": "1", "crf": "24", "b": "0"}
_TICKS = 90_000  # a second
_USUAL_RATE = 30
_BT709, _LIMITED_RANGE = 1, 1

_COPIED = {
    "matroska": None,
    "mp4": frozenset(("aac", "flac", "mp3", "mp3float", "opus", "libopus")),
    "webm": frozenset(("opus", "libopus", "vorbis")),
}
"""The sound that each format takes as it is, of what browsers play; None is all sound."""

_ENCODED = {"matroska": "aac", "mp4": "aac", "webm": "libopus"}
_ENCODED_RATE = 48_000


def kind_of(path: Path) -> str | None:
    """Whether a name is one of a drawn "picture" or a "video", or None: of neither."""
    ending = path.suffix.lower()
    return "picture" if ending in PICTURES else "video" if ending in VIDEOS else None


def endings() -> str:
    """The endings of names that drawings may have, in words."""
    return f"{', '.join(PICTURES)} for a picture, {', '.join(VIDEOS)} for a video"


def check(path: Path, source: Source) -> None:
    """Refuse a drawing whose name is not one of the source's kind.

    Raises:
        MediaError: see above.
    """
    kind = "picture" if source.kind == "picture" else "video"
    if kind_of(path) != kind:
        known = ", ".join(PICTURES if kind == "picture" else VIDEOS)
        raise MediaError(
            f"cannot write the drawing to {str(path)!r}: {source.name!r} is a {source.kind}, "
            f"give a name that ends in one of {known}"
        )


class Canvas(AbstractContextManager["Canvas"]):
    """Writes RGB frames into a file, as a picture or a video."""

    @abstractmethod
    def write(self, timestamp: float, frame: np.ndarray) -> None:
        """Add one RGB frame (H, W, 3) that is shown from ``timestamp`` on, in milliseconds."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file, which stays open."""

    def __exit__(self, *_: object) -> None:
        self.close()


def canvas(file: BinaryIO, path: Path, source: Source) -> Canvas:
    """What draws ``source`` into ``file``, in the format of the name ``path``.

    Raises:
        MediaError: the name is not one of the source's kind.
    """
    check(path, source)
    if source.kind == "picture":
        return PictureCanvas(file, PICTURES[path.suffix.lower()])
    return VideoCanvas(file, VIDEOS[path.suffix.lower()], source)


class PictureCanvas(Canvas):
    """A drawn picture."""

    def __init__(self, file: BinaryIO, form: str) -> None:
        self._file = file
        self._form = form

    def write(self, timestamp: float, frame: np.ndarray) -> None:
        """Write the picture."""
        Image.fromarray(frame).save(self._file, self._form, quality=_QUALITY)

    def close(self) -> None:
        """It is finished already."""


class VideoCanvas(Canvas):
    """A drawn video."""

    def __init__(self, file: BinaryIO, form: str, source: Source) -> None:
        self._av = pyav()
        self._source = source
        self._size = source.width + source.width % 2, source.height + source.height % 2
        fragments = {"movflags": "frag_keyframe+empty_moov"}  # which need no way back
        self._container = self._av.open(
            file, "w", format=form, options={} if file.seekable() else fragments
        )
        self._stream = self._container.add_stream(_CODEC, rate=_USUAL_RATE, options=_SPEED)
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        coder = self._stream.codec_context
        coder.time_base = Fraction(1, _TICKS)
        coder.colorspace = coder.color_primaries = coder.color_trc = _BT709
        coder.color_range = _LIMITED_RANGE
        self._sound = _Sound(self._av, self._container, form, source)
        self._waiting: tuple[int, np.ndarray] | None = None
        self._durations: dict[int, int] = {}

    def write(self, timestamp: float, frame: np.ndarray) -> None:
        """Add a frame; how long the one before is shown is known now."""
        now = round(timestamp * _TICKS / 1000)
        self._flush(now)
        self._waiting = now, self._fitting(frame)

    def _fitting(self, frame: np.ndarray) -> np.ndarray:
        """The frame in the size of the first one, with even sides."""
        width, height = self._source.width, self._source.height
        if frame.shape[:2] != (height, width):
            frame = np.asarray(Image.fromarray(frame).resize((width, height)))
        odd = ((0, self._size[1] - height), (0, self._size[0] - width), (0, 0))
        return np.pad(frame, odd, mode="edge")

    def _flush(self, end: int) -> None:
        """Encode the frame that waits, which is shown up to ``end``."""
        if self._waiting is None:
            return
        start, frame = self._waiting
        self._waiting = None
        picture = self._av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        picture.pts, picture.time_base = start, Fraction(1, _TICKS)
        self._durations[start] = max(end - start, 1)
        self._mux(self._stream.encode(picture))
        self._sound.write(end / _TICKS)

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            packet.duration = self._durations.pop(packet.pts, packet.duration)
            self._container.mux(packet)

    def close(self) -> None:
        """Finish the video."""
        self._flush(round(self._source.end * _TICKS / 1000))
        self._mux(self._stream.encode(None))
        self._sound.finish()
        self._container.close()


class _Sound:
    """A source's sound, which goes along into the drawn video."""

    def __init__(self, av: Any, container: Any, form: str, source: Source) -> None:
        self._container = container
        self._packets: Iterator[Any] = iter(())
        self._next: Any = None
        self._input: Any = None
        if source.sound is None:
            return
        file, self._origin = source.sound
        self._av = av
        self._input = av.open(file, metadata_errors="replace", timeout=PATIENCE)
        heard = self._input.streams.best("audio")
        if heard is None or heard.codec_context is None:
            return
        copied = _COPIED[form]
        self._copy = copied is None or heard.codec_context.name in copied
        if self._copy:
            self._stream = container.add_stream_from_template(heard)
        else:
            self._stream = container.add_stream(_ENCODED[form], rate=_ENCODED_RATE)
            self._stream.layout = "mono" if heard.codec_context.channels == 1 else "stereo"
        self._packets = self._input.demux(heard)
        self._advance()

    def _advance(self) -> None:
        """Look at the next packet; a damaged file's sound ends where it is damaged."""
        try:
            self._next = next(self._packets, None)
        except (self._av.error.FFmpegError, OSError):
            self._next = None

    def write(self, until: float) -> None:
        """Write what is heard before ``until``, in seconds."""
        while self._next is not None and self._begin(self._next) < until:
            packet = self._next
            self._advance()
            self._write(packet)

    def _begin(self, packet: Any) -> float:
        return 0.0 if packet.dts is None else float(packet.dts * packet.time_base) - self._origin

    def _write(self, packet: Any) -> None:
        if not self._copy:
            try:
                frames = packet.decode()
            except self._av.error.FFmpegError:
                return  # a gap in the sound
            for frame in frames:
                frame.pts -= round(self._origin / frame.time_base)
                self._container.mux(self._stream.encode(frame))
        elif packet.dts is not None:
            shift = round(self._origin / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = self._stream
            self._container.mux(packet)

    def finish(self) -> None:
        """Write the rest."""
        if self._next is not None or (self._input is not None and hasattr(self, "_stream")):
            self.write(float("inf"))
            if not self._copy:
                self._container.mux(self._stream.encode(None))
        if self._input is not None:
            self._input.close()
