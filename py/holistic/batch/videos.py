"""Videos, cameras and streams as a page's ``<video>`` shows them, by PyAV.

Frames are as ``video_frames`` shows them, at the file's own time stamps (see ``video_times``).
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from holistic.batch.media_errors import DamagedError, MediaError, UnknownProtocolError
from holistic.batch.pyav import pyav
from holistic.batch.video_frames import shown
from holistic.batch.video_times import VideoTimes

SUFFIXES = frozenset(
    (
        *(".264", ".265", ".3g2", ".3gp", ".3gpp", ".amv", ".asf", ".avc", ".avi", ".divx", ".dv"),
        *(".f4v", ".flv", ".h261", ".h263", ".h264", ".h265", ".hevc", ".ivf", ".m1v", ".m2t"),
        *(".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mk3d", ".mkv", ".mov", ".mp4", ".mp4v"),
        *(".mpe", ".mpeg", ".mpg", ".mpv", ".mts", ".mxf", ".nut", ".obu", ".ogm", ".ogv", ".qt"),
        *(".rm", ".rmvb", ".ts", ".vob", ".webm", ".wmv", ".wtv", ".y4m"),
    )
)
"""What the names of videos in a folder end in, lower case."""

RAW_JPEG_SUFFIXES = frozenset((".mjpeg", ".mjpg"))
"""Streams of JPEGs, each of which begins as a picture does."""

PATIENCE = 10.0
"""Seconds that a network or a camera has for its first and for every next answer."""

_LEAST_MISSING = 0.25  # seconds
_LEAST_MISSING_PART = 0.02  # of the length
_BACK = 1000.0  # milliseconds: by more than that time goes back only where a new recording begins
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_TEXT = frozenset(("ansi", "bintext", "idf", "xbin"))
"""What makes pictures of any text file."""
_UNREADABLE = (
    "is not a picture or a video that can be decoded: convert it to JPEG, PNG or MP4, "
    "or copy it again if it is damaged"
)
_SIGNS = (
    *("concealing", "error while decoding", "Could not find ref with POC", "bad vlc", "ac-tex"),
    "CRC mismatch",
)
"""What FFmpeg says where it paints over what is broken, or leaves it out."""


class Video:
    """A video, a camera or a stream.

    Iterating gives (timestamp, duration, frame) with milliseconds and RGB (H, W, 3). After the
    last frame of a video that is damaged or cut off a DamagedError is raised.

    Args:
        name: what messages call it.
        file: what PyAV opens: a name or a file object.
        kind: "video" or "camera".
        form: FFmpeg's name of the format, None where the content tells it.
        patience: whether to give up when nothing comes for PATIENCE seconds.

    Attributes:
        kind: "video", "camera", or "picture" for a picture that Pillow does not know.
        first: the first frame.
        place: where it can be opened once more, None or "" if it cannot.
        origin: the file's own time, in seconds, of what is called 0.
        note: None.

    Raises:
        UnknownProtocolError: it is an address whose protocol FFmpeg does not speak.
        MediaError: it cannot be opened or decoded.
    """

    note = None

    def __init__(
        self,
        name: str,
        file: Any,
        kind: str = "video",
        form: str | None = None,
        patience: bool = False,
    ) -> None:
        self._av = pyav()
        self._name = name
        self._damage: str | None = None
        # Where it can be opened once more, for its sound.
        self.place: str | None = file if isinstance(file, str) else getattr(file, "name", None)
        self._joined = patience  # what goes on is joined anywhere, and begins with a key frame
        started = monotonic()
        try:
            with self._av.logging.Capture(local=False) as said:  # which is not printed then
                self._container = self._av.open(
                    file,
                    format=form,
                    metadata_errors="replace",
                    timeout=PATIENCE if patience else None,
                )
        except self._av.error.ProtocolNotFoundError as error:
            raise UnknownProtocolError(
                f"{name!r} cannot be opened: this build of PyAV does not know the protocol; "
                "another does: pip install 'holistic-tracking[video]'"
            ) from error
        except (self._av.error.FFmpegError, OSError, ValueError) as error:
            if patience and monotonic() - started >= PATIENCE:
                raise MediaError(
                    f"{name!r} cannot be opened: it did not answer for {PATIENCE:g} seconds"
                ) from error
            begun = str(file).startswith("file:") and _begins_as_mp4(Path(file[5:]))
            lacks_index = begun and any("moov atom not found" in line[2] for line in said)
            raise MediaError(self._unopened(error, lacks_index)) from error
        self._stream = self._shown_stream()
        self._stream.thread_type = "SLICE"  # so that what a decoder says is of the frame at hand
        # Else FFmpeg shows a little of what is cut off at the left, to be faster.
        self._stream.codec_context.flags |= self._av.codec.context.Flags.unaligned
        self._decoder = self._seeing_alpha() or self._stream.codec_context
        if self._decoder.name == "vp9":
            self._decoder.thread_count = 1  # its slices in threads keep silent on what is broken
        form = self._container.format.name
        self.kind = "picture" if form == "image2" or form.endswith("_pipe") else kind
        self._times = VideoTimes(self._container, self._stream)
        self.origin = self._times.origin
        self._reached = 0.0  # seconds, of all streams
        self._frames = self._decoded()
        try:
            self._next = next(self._frames)
        except StopIteration:
            raise MediaError(f"{name!r} {_UNREADABLE}") from None
        self.first = self._next[2]

    def _unopened(self, error: Exception, lacks_index: bool) -> str:
        reason = getattr(error, "strerror", None) or str(error)
        if lacks_index:
            return (
                f"{self._name!r} was not copied completely: its end is missing, where such files "
                "tell what is in them; copy it again, nothing of it can be read"
            )
        if isinstance(error, self._av.error.InvalidDataError):
            return f"{self._name!r} {_UNREADABLE}"
        if isinstance(error, self._av.error.EOFError) or getattr(error, "errno", 0) == errno.EIO:
            return (
                f"{self._name!r} ends before its first picture, or cannot be read ({reason}): "
                "copy it again from where it came from"
            )
        return f"{self._name!r} cannot be opened ({reason})"

    def _shown_stream(self) -> Any:
        """The stream that a browser shows: the default one, or the first."""
        cover = self._av.stream.Disposition.attached_pic
        default = self._av.stream.Disposition.default
        streams = self._container.streams
        videos = [stream for stream in streams.video if not stream.disposition & cover]
        if not videos:
            also = ", with a picture as its cover" if streams.video else ""
            what = "sound only" if streams.audio else "no pictures"
            raise MediaError(f"{self._name!r} holds {what}{also}: give a picture or a video")
        shown = next((stream for stream in videos if stream.disposition & default), videos[0])
        if shown.codec_context is None:  # there is no decoder
            raise MediaError(f"{self._name!r} {_UNREADABLE}")
        if shown.codec_context.name in _TEXT:
            raise MediaError(f"{self._name!r} {_UNREADABLE}")
        return shown

    def _seeing_alpha(self) -> Any:
        """The decoder of a WebM with an alpha channel, which FFmpeg's own decoders leave out."""
        name = _ALPHA_DECODERS.get(self._stream.codec_context.name)
        if name is None or self._stream.metadata.get("alpha_mode") != "1":
            return None
        with suppress(self._av.error.FFmpegError, ValueError):
            return self._av.CodecContext.create(name, "r")
        return None

    @property
    def length(self) -> float | None:
        """Milliseconds that the file says it lasts, None if it does not."""
        seconds = self._times.length or self._times.whole_length
        return seconds and seconds * 1000

    @property
    def fps(self) -> float | None:
        """Frames a second; None where they vary or it is unknown."""
        return None if self.kind == "picture" else self._times.fps

    @property
    def count(self) -> int | None:
        """About how many frames there are, None where it is unknown."""
        if self.kind == "picture":
            return 1
        return None if self.kind == "camera" else self._times.count

    def __iter__(self) -> Iterator[tuple[float, float, np.ndarray]]:
        yield self._next
        frames, end = 1, self._next[0] + self._next[1]
        for timestamp, duration, frame in self._frames:
            yield timestamp, duration, frame
            frames, end = frames + 1, timestamp + duration
        damage = self._missing(frames, end / 1000) or self._damage
        if damage:
            why = "it is damaged or was not copied completely"
            raise DamagedError(f"{self._name!r} {damage}: {why}")

    def _missing(self, frames: int, end: float) -> str | None:
        """What to say of a video of so many frames, up to so many seconds, if it is cut off.

        The length that a container tells may be the sound's: then some stream reaches it.
        """
        if self.kind != "video":
            return None
        length = self._times.length
        if length is None:
            length, end = self._times.whole_length, max(end, self._reached)
        if not length or frames >= (self._stream.frames or float("inf")):
            return None
        if length - end <= max(_LEAST_MISSING, _LEAST_MISSING_PART * length):
            return None
        return f"ends early, after {frames} of {self.count or '?'} frames, at {end:.3f} s"

    def _decoded(self) -> Iterator[tuple[float, float, np.ndarray]]:
        """The frames that can be decoded; what was broken is noted."""
        frames, last, shift = 0, -1.0, 0.0
        with self._av.logging.Capture(local=False) as said:
            picture: np.ndarray | None = None
            for packet in self._packets():
                if not packet.size and packet.pts is not None:  # the frame before, once more
                    time = float(packet.pts * packet.time_base - Fraction(self.origin)) * 1000
                    if picture is not None and time + shift > last:
                        last = time + shift
                        yield last, float(packet.duration * packet.time_base) * 1000, picture
                        frames += 1
                    continue
                try:
                    decoded = self._decoder.decode(packet)
                except self._av.error.FFmpegError as error:
                    self._note(frames, last, error)
                    continue
                broken = any(sign in line[2] for line in said for sign in _SIGNS)
                said.clear()
                for frame in decoded:
                    time, duration = self._times.of(frame, last)
                    if last >= 0 and time + shift <= last - _BACK:
                        shift = last + duration - time
                    # Damaged files repeat time stamps; the tracker needs them to rise.
                    last = max(time + shift, last + 1) if last >= 0 else time
                    if broken or frame.is_corrupt:
                        self._note(frames, last, None)
                    picture = shown(frame, self._stream.sample_aspect_ratio)
                    yield last, duration, picture
                    frames += 1

    def _packets(self) -> Iterator[Any]:
        """The stream's packets; the end of the others is noted."""
        try:
            for packet in self._container.demux():
                if packet.stream is self._stream:
                    yield packet
                elif packet.pts is not None and packet.time_base:
                    end = (packet.pts + (packet.duration or 0)) * packet.time_base
                    self._reached = max(self._reached, float(end) - self.origin)
        except (self._av.error.FFmpegError, OSError, MediaError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._damage = self._damage or f"ends with an error ({reason})"

    def _note(self, frames: int, last: float, error: Exception | None) -> None:
        if self._joined and not frames:
            return
        if self._damage is None and self.kind == "video":
            where = f"frame {frames}, after {max(last, 0) / 1000:.3f} s"
            why = f" ({getattr(error, 'strerror', None) or error})" if error else ""
            self._damage = f"is broken at {where}{why}"


def _begins_as_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"
