"""What the name of an input means: a file, a camera, an address in a network, or a stream.

``opened`` gives the picture or video behind any of them, or refuses it and says why. Nothing is
waited for longer than ``videos.PATIENCE`` or STDIN_PATIENCE seconds.
"""

from __future__ import annotations

import io
import os
import select
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, url2pathname, urlopen

from PIL import UnidentifiedImageError

from holistic.batch import videos
from holistic.batch.media_errors import MediaError, UnknownProtocolError
from holistic.batch.pictures import Picture
from holistic.batch.pyav import pyav
from holistic.batch.videos import Video

STDIN = "-"
STDIN_PATIENCE = 60.0
"""Seconds that whoever writes into standard input may take; a password may be asked for first."""
STREAMS = frozenset(("rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp"))
WEB = frozenset(("http", "https"))

_HEAD = 65536  # bytes by which a picture is known
_DOCUMENTS = {
    b"%PDF-": "a PDF",
    b"%!PS": "a PostScript document",
    b"\xc5\xd0\xd3\xc6": "a PostScript document",
    b"PK\3\4": "an archive or an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
    b"\x1f\x8b": "an archive",
}
"""How files begin that may hold a JPEG among other things, which FFmpeg takes for a video."""
_LARGEST = 1 << 28  # bytes of a picture from a stream or an address


def scheme(name: str) -> str:
    """The scheme of an address such as "https", in small letters, or "" of any other name."""
    start, separator, _ = name.partition("://")
    return start.lower() if separator and start.isalnum() else ""


def is_camera(name: str) -> bool:
    """Whether it is the number of a camera."""
    return name.isdecimal() and not Path(name).exists()


def is_file(name: str) -> bool:
    """Whether it is a regular file or a link to one."""
    return name != STDIN and not scheme(name) and Path(name).is_file()


def last_part(name: str) -> str:
    """What an input's results are called after: the last part of its name."""
    if name == STDIN:
        return "stdin"
    if scheme(name):
        parts = urlsplit(name)
        return Path(parts.path).name or parts.hostname or scheme(name)
    return Path(name).name


def opened(name: str) -> Picture | Video:
    """The picture or video that ``name`` means.

    Raises:
        MediaError: there is none, or it cannot be opened or decoded.
    """
    kind = scheme(name)
    if name == STDIN:
        return _standard_input()
    if kind == "file":
        return _file(Path(url2pathname(urlsplit(name).path)), name)
    if kind in WEB:
        return _web(name)
    if kind in STREAMS:
        return Video(name, name, patience=True)
    if kind:
        known = ", ".join(sorted(STREAMS | WEB | {"file"}))
        raise MediaError(f"{name!r}: addresses begin with one of {known}, not {kind}")
    if is_camera(name):
        return _camera(int(name))
    return _file(Path(name), name)


def _file(path: Path, name: str) -> Picture | Video:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            broken = " (it is a link to nothing)" if path.is_symlink() else ""
            raise MediaError(
                f"there is no file {name!r}{broken}: give a picture, a video, a camera's number "
                "or an address"
            ) from error
        raise MediaError(f"{name!r} cannot be opened ({error.strerror})") from error
    if stat.S_ISDIR(mode):
        raise MediaError(f"{name!r} is a folder: give a picture or a video")
    if stat.S_ISFIFO(mode):
        return _stream(_Patient(_fifo(path, name), name, videos.PATIENCE), name)
    if stat.S_ISCHR(mode):
        return _device(path, name)
    if not stat.S_ISREG(mode):
        raise MediaError(f"{name!r} is no file that can be read: give a picture or a video")
    if not os.access(path, os.R_OK):
        raise MediaError(f"{name!r} cannot be opened (Permission denied)")
    if path.stat().st_size == 0:
        raise MediaError(f"{name!r} is empty: copy it again from where it came from")
    with path.open("rb") as file:
        _refuse_document(file.read(_HEAD), name)
    if path.suffix.lower() not in videos.RAW_JPEG_SUFFIXES:
        with suppress(UnidentifiedImageError):
            return Picture(name, path)
    return Video(name, f"file:{path}")


def _refuse_document(head: bytes, name: str) -> None:
    """Refuse what begins as a document or an archive does; a PDF's beginning may come later."""
    for mark, what in _DOCUMENTS.items():
        if head.startswith(mark) or (mark == b"%PDF-" and mark in head[:1024]):
            raise MediaError(f"{name!r} is {what}: take the pictures out of it, and give those")


def _camera(number: int) -> Video:
    """The camera of this number, by what the operating system has for cameras."""
    try:
        if sys.platform == "darwin":
            return Video(str(number), str(number), "camera", "avfoundation", patience=True)
        if sys.platform == "win32":
            devices = pyav().enumerate_input_devices("dshow")
            cameras = [device for device in devices if "video" in device.media_types]
            file = f"video={cameras[number].name}"
            return Video(str(number), file, "camera", "dshow", patience=True)
        return Video(str(number), f"/dev/video{number}", "camera", "v4l2", patience=True)
    except (MediaError, IndexError) as error:
        raise MediaError(
            f"there is no camera {number}: connect one or give another number ({error})"
        ) from error


def _device(path: Path, name: str) -> Video:
    if path.resolve().name.startswith("video"):
        return Video(name, str(path), "camera", "v4l2", patience=True)
    raise MediaError(f"{name!r} is a device that is no camera: give a picture, a video or a camera")


def _web(name: str) -> Picture | Video:
    """What is at an address of the web."""
    try:
        return _fetched(name) or _opened_by_ffmpeg(name)
    except HTTPError as error:
        raise MediaError(f"{name!r} cannot be opened ({error.code} {error.reason})") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise MediaError(f"{name!r} cannot be opened ({reason})") from error


def _fetched(name: str) -> Picture | Video | None:
    """A picture, which is read whole, or a video that cannot be read in parts; None if neither."""
    with _asked(name) as answer:
        head = answer.read(_HEAD)
        if not head:
            raise MediaError(f"{name!r} is empty")
        _refuse_document(head, name)
        if _is_picture(head, name):
            return Picture(name, io.BytesIO(head + answer.read(_LARGEST)))
        if _is_mp4(head) and answer.headers.get("Accept-Ranges") != "bytes":
            return Video(name, _whole(head, answer))
    return None


def _opened_by_ffmpeg(name: str) -> Video:
    """A video at an address; where FFmpeg knows no https it is read whole, if it has an end."""
    try:
        return Video(name, name, patience=True)
    except UnknownProtocolError:
        with _asked(name) as answer:
            if answer.headers.get("Content-Length") is None:
                raise
            return Video(name, _whole(b"", answer))


def _asked(name: str) -> Any:
    """The answer to a request for what is at an address."""
    request = Request(name, headers={"User-Agent": "holistic-tracking"})
    return urlopen(request, timeout=videos.PATIENCE)


def _is_picture(head: bytes, name: str) -> bool:
    """Whether a file that begins so is a picture, and no stream of JPEGs."""
    if Path(urlsplit(name).path).suffix.lower() in videos.RAW_JPEG_SUFFIXES:
        return False
    if head[:3] == b"\xff\xd8\xff":
        return b"\xff\xd9\xff\xd8\xff" not in head or b"MPF\0" in head or b"hdrgm:" in head
    return (
        head[:8] == b"\x89PNG\r\n\x1a\n"
        or head[:6] in (b"GIF87a", b"GIF89a")
        or head[:4] in (b"II*\0", b"MM\0*", b"\0\0\1\0")
        or head[:2] in (b"BM", b"P4", b"P5", b"P6")
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[4:12] in (b"jP  \r\n\x87\n", *(b"ftyp" + brand for brand in _STILL_BRANDS))
    )


_STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")


def _standard_input() -> Picture | Video:
    if sys.stdin is None or sys.stdin.isatty():
        raise MediaError("'-' is standard input, and that is a terminal: pipe a file into it")
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError) as error:
        raise MediaError("'-' is standard input, and that is closed") from error
    return _stream(_Patient(os.dup(descriptor), STDIN, STDIN_PATIENCE, begun=True), STDIN)


def _stream(patient: _Patient, name: str) -> Picture | Video:
    """A picture or a video out of what cannot be read twice."""
    file = io.BufferedReader(patient, _HEAD)
    head = b""
    while len(head) < _HEAD and len(more := file.peek(_HEAD)) > len(head):
        head = more  # a pipe hands over a few pages at a time
    if not head:
        raise MediaError(f"{name!r} is empty: nothing was written into it")
    _refuse_document(head, name)
    if _is_picture(head, name):
        with suppress(UnidentifiedImageError):
            return Picture(name, io.BytesIO(file.read(_LARGEST)))
    if _is_mp4(head):
        return Video(name, _whole(b"", file))
    return Video(name, _Unseekable(file))


def _is_mp4(head: bytes) -> bool:
    """Whether it is an MP4, which may tell at its end what is in it."""
    return head[4:8] == b"ftyp"


def _whole(head: bytes, rest: Any) -> Any:
    """A temporary file of what can be read once only; it lives as long as it is used."""
    whole = NamedTemporaryFile()  # noqa: SIM115
    whole.write(head)
    shutil.copyfileobj(rest, whole)
    whole.seek(0)
    return whole


def _fifo(path: Path, name: str) -> int:
    """The FIFO, opened without waiting for whoever writes into it."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise MediaError(f"{name!r} cannot be opened ({error.strerror})") from error


class _Patient(io.RawIOBase):
    """A pipe that is read with patience: what does not come in time is an error."""

    def __init__(self, descriptor: int, name: str, patience: float, begun: bool = False) -> None:
        self._descriptor = descriptor
        self._label = name
        self._patience = patience
        self._begun = begun

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next; 0 at the end.

        Raises:
            MediaError: nothing came for as long as it has patience.
        """
        if sys.platform == "win32":  # nobody can wait for a pipe there
            content = os.read(self._descriptor, len(buffer))
            buffer[: len(content)] = content
            return len(content)
        deadline = monotonic() + self._patience
        while (left := deadline - monotonic()) > 0:
            ready, _, _ = select.select([self._descriptor], [], [], left)
            if not ready:
                break
            with suppress(BlockingIOError):
                count = os.readv(self._descriptor, [buffer])
                if count or self._begun:
                    self._begun = True
                    return count
                # A FIFO that nobody has opened yet looks as if it were at its end.
                select.select([], [], [], 0.05)
        raise MediaError(
            f"{self._label!r}: nothing was written into it for {self._patience:g} seconds"
        )

    def close(self) -> None:
        """Let go of the pipe."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()


class _Unseekable:
    """A stream of which PyAV sees that it can only be read on."""

    def __init__(self, file: io.BufferedReader[_Patient]) -> None:
        self._file = file
        self.name = ""

    def read(self, size: int) -> bytes:
        """The next bytes, as soon as there are any."""
        return self._file.read1(size)
