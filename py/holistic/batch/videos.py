"""Videos, cameras and streams as a page's ``<video>`` shows them, by PyAV.

Turned and mirrored by the display matrix, with square pixels, in the colours that the file tells
(matrix and range); time is the file's own time stamps. PyAV is the user's own, or the one of the
package holistic-tracking-video, which is installed along on some machines.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from importlib import import_module, invalidate_caches
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from holistic.batch.media_errors import DamagedError, MediaError, UnknownProtocolError
from holistic.batch.orientation import upright

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

_FASTEST = 300  # frames a second; above it the "rate" is a clock's ticks
_LEAST_MISSING = 0.25  # seconds
_LEAST_MISSING_PART = 0.02  # of the length
_HIGH = 720  # rows from which colours that nothing is told of are those of HDTV
_SAME = 0.01  # milliseconds: clocks of streams and containers have ticks of their own
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


def pyav() -> Any:
    """The package av: the one that is installed, else that of holistic-tracking-video.

    Raises:
        MediaError: there is neither.
    """
    try:
        av = import_module("av")
    except ImportError:
        av = _bundled_pyav()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)  # else what one file says is missing where the next says it
    return av


def _bundled_pyav() -> Any:
    """PyAV of holistic-tracking-video, which has it in a folder of its own."""
    try:
        site = str(import_module("holistic_tracking_video").SITE)
        if site not in sys.path:
            sys.path.append(site)
            invalidate_caches()
        return import_module("av")
    except ImportError as error:
        raise MediaError(
            "videos are read and written by PyAV, which is not installed: "
            "pip install 'holistic-tracking[video]'"
        ) from error


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
        fps: frames a second; None where they vary or it is unknown.
        count: about how many frames there are, None where it is unknown.
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
        start = self._container.start_time
        self.origin = max(start / 1e6, 0.0) if start else 0.0
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
        seconds = self._length() or self._whole_length()
        return seconds and seconds * 1000

    @property
    def fps(self) -> float | None:
        """Frames a second; None where they vary or it is unknown."""
        average, guessed = self._stream.average_rate, self._stream.guessed_rate
        if self._container.duration is None:  # a raw stream, whose average is a default
            average = guessed
        if (
            self.kind == "picture"
            or not average
            or not guessed
            or average > _FASTEST
            or guessed > _FASTEST
        ):
            return None
        return float(average) if 0.9 < average / guessed < 1.1 else None

    @property
    def count(self) -> int | None:
        """About how many frames there are, None where it is unknown."""
        if self.kind == "picture":
            return 1
        if self.kind == "camera":
            return None
        length = self._length()
        rate = self._stream.average_rate
        estimate = int(length * rate) if length and rate and rate <= _FASTEST else None
        return self._stream.frames or estimate or None

    def _length(self) -> float | None:
        """Seconds that the file says its pictures last, None if it does not."""
        if self._stream.duration is not None:
            return float(self._stream.duration * self._stream.time_base)
        tag = self._stream.metadata.get("DURATION", "")  # of Matroska, counted from its own 0
        if tag.count(":") == 2:
            hours, minutes, seconds = (float(part) for part in tag.split(":"))
            return hours * 3600 + minutes * 60 + seconds - self.origin
        return None

    def _whole_length(self) -> float | None:
        """Seconds that the file says it lasts, its sound too, None if it does not."""
        if not self._container.duration:
            return None
        counted_from = self.origin if "matroska" in self._container.format.name else 0.0
        return float(self._container.duration / 1e6 - counted_from)

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
        length = self._length()
        if length is None:
            length, end = self._whole_length(), max(end, self._reached)
        if not length or frames >= (self._stream.frames or float("inf")):
            return None
        if length - end <= max(_LEAST_MISSING, _LEAST_MISSING_PART * length):
            return None
        return f"ends early, after {frames} of {self.count or '?'} frames, at {end:.3f} s"

    def _decoded(self) -> Iterator[tuple[float, float, np.ndarray]]:
        """The frames that can be decoded; what was broken is noted."""
        frames, last, shift = 0, -1.0, 0.0
        with self._av.logging.Capture(local=False) as said:
            shown: np.ndarray | None = None
            for packet in self._packets():
                if not packet.size and packet.pts is not None:  # the frame before, once more
                    time = float(packet.pts * packet.time_base - Fraction(self.origin)) * 1000
                    if shown is not None and time + shift > last:
                        last = time + shift
                        yield last, float(packet.duration * packet.time_base) * 1000, shown
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
                    time, duration = self._time(frame, last)
                    if last >= 0 and time + shift <= last - _BACK:
                        shift = last + duration - time
                    # Damaged files repeat time stamps; the tracker needs them to rise.
                    last = max(time + shift, last + 1) if last >= 0 else time
                    if broken or frame.is_corrupt:
                        self._note(frames, last, None)
                    shown = self._shown(frame)
                    yield last, duration, shown
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

    def _time(self, frame: Any, last: float) -> tuple[float, float]:
        """When a frame is shown, and how long, in milliseconds."""
        rate = self._stream.guessed_rate
        duration = float((frame.duration or 0) * frame.time_base) * 1000
        if not duration and rate and rate <= _FASTEST:
            duration = float(1000 / rate)
        if frame.pts is not None:
            time = float(frame.pts * frame.time_base) * 1000 - self.origin * 1000
            return (0.0 if abs(time) < _SAME else round(time, 6)), duration
        if last < 0:
            return 0.0, duration
        return last + (duration or 1000 / 25), duration

    def _shown(self, frame: Any) -> np.ndarray:
        """A frame as it is shown: RGB (H, W, 3), upright, with square pixels."""
        matrix = _display_matrix(frame)
        width, height = self._square(frame)
        told = frame.colorspace not in (2, 3)  # unspecified, reserved
        guess = "ITU709" if frame.height >= _HIGH else "ITU601"
        alpha = any(component.is_alpha for component in frame.format.components)
        picture = frame.reformat(
            width=width,
            height=height,
            format="rgba" if alpha else "rgb24",
            src_colorspace=None if told or frame.format.is_rgb else guess,
            interpolation="BICUBIC",
        ).to_ndarray()
        if alpha:
            opacity = picture[..., 3:] / np.float32(255)
            white = picture[..., :3] * opacity + 255 * (1 - opacity)
            picture = white.round().astype(np.uint8)
        return picture if matrix is None else upright(picture, matrix)

    def _square(self, frame: Any) -> tuple[int, int]:
        """Width and height where pixels are square: browsers enlarge one side."""
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        if aspect > 1:
            return round(frame.width * aspect), frame.height
        if 0 < aspect < 1:
            return frame.width, round(frame.height / aspect)
        return frame.width, frame.height


def _begins_as_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def _display_matrix(frame: Any) -> np.ndarray | None:
    """The (2, 2) part of the display matrix that turns and mirrors, None if there is none."""
    try:
        content = bytes(frame.side_data["DISPLAYMATRIX"])
    except KeyError:
        return None
    return np.frombuffer(content, "<i4").reshape(3, 3)[:2, :2] / 65536.0
