"""Where results go: files that appear when they are complete, and devices that are written through.

A regular file is written beside its place and renamed, so that under its name it is complete or
not there. A link stays a link: the file that it leads to is replaced. What is no regular file (a
FIFO, a device, standard output) is never replaced; what is written goes through as it comes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO
from uuid import uuid4

from holistic.batch.claims import claimed, remove_unclaimed

STDOUT = Path("-")
"""The name of standard output."""

PATIENCE = 10.0
"""Seconds to wait for a reader of a FIFO."""

_NAMES = {"/dev/stdout": 1, "/dev/stderr": 2}
_PARTIAL = "partial"
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)  # Windows has neither
_LONGEST = 255  # bytes of a file's name
_MARKS = 64  # bytes of a partial file's name that are not of the file's that it becomes, or fewer


def is_stream(path: Path) -> bool:
    """Whether what is written to ``path`` goes through: it is no regular file, nor will be one."""
    if path == STDOUT or str(path) in _NAMES:
        return True
    if os.path.realpath(path.parent).startswith("/proc/"):  # as /dev/fd/1 does
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def same_file(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, by links of either kind too."""
    try:
        return one.samefile(other)
    except OSError:
        return one.resolve() == other.resolve()


def sweep(path: Path) -> None:
    """Remove what attempts to write ``path`` left behind when their processes were killed.

    What somebody is writing now stays.
    """
    if is_stream(path):
        return
    with suppress(OSError):
        place = _place(path)
        prefix, suffix = _partial_name(place)
        for file in place.parent.iterdir():
            if file.name.startswith(prefix) and file.name.endswith(suffix):
                with suppress(OSError):
                    remove_unclaimed(file)


def incomplete(path: Path) -> Path:
    """Where what could be done of the file ``path`` is kept: ``a.json`` as ``a.incomplete.json``.

    A file under its own name is complete. A stream has no other place.
    """
    if is_stream(path):
        return path
    place, mark = _place(path), f".incomplete{path.suffix}"
    stem = os.fsencode(place.stem)[: _LONGEST - len(os.fsencode(mark))]  # of a long name the begin
    return place.with_name(f"{stem.decode(errors='ignore')}{mark}")


def _place(path: Path) -> Path:
    """Where a link leads to, and any other path as it is."""
    return path.resolve() if path.is_symlink() else path


def _partial_name(place: Path) -> tuple[str, str]:
    """How the names begin and end of files that are to become ``place``."""
    name = os.fsencode(place.name)
    short = place.name if len(name) <= _LONGEST - _MARKS else hashlib.sha256(name).hexdigest()
    return f".{short}.", f".{_PARTIAL}{place.suffix}"


@contextmanager
def sink(path: Path, kept_after: tuple[type[BaseException], ...] = ()) -> Iterator[BinaryIO]:
    """A file to write to, which becomes ``path`` when all went well, or a stream to write through.

    After one of the errors ``kept_after`` it becomes ``incomplete(path)``. After any other
    nothing is left. What was at ``path`` before is still there in both cases.

    Raises:
        OSError: the folder is missing or cannot be written to, the file is protected, or nobody
            reads the FIFO.
    """
    if is_stream(path):
        with _through(path) as stream:
            yield stream
        return
    place = _place(path)
    _check_replaceable(path)
    prefix, suffix = _partial_name(place)
    partial = place.with_name(f"{prefix}{uuid4().hex}{suffix}")
    try:
        with claimed(partial):
            with partial.open("w+b") as file:
                try:
                    yield file
                except kept_after:
                    file.close()
                    partial.replace(incomplete(path))
                    raise
            _put(partial, place)
        incomplete(path).unlink(missing_ok=True)
    finally:
        partial.unlink(missing_ok=True)


def _put(partial: Path, place: Path) -> None:
    """Make a complete file the one at ``place``, with the rights and links of what is there.

    What has other names too (hard links), or is mounted there, is written into instead.
    """
    if place.exists():
        there = place.stat()
        if there.st_nlink > 1:
            shutil.copyfile(partial, place)
            return
        shutil.copymode(place, partial)
        with suppress(OSError, AttributeError):  # only root may give files away; Windows cannot
            os.chown(partial, there.st_uid, there.st_gid)
    try:
        partial.replace(place)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        shutil.copyfile(partial, place)


def _check_replaceable(path: Path) -> None:
    """Refuse what a renamed file would run over: a folder, or a file that may not be written."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it may not be written to", str(path))


@contextmanager
def _through(path: Path) -> Iterator[BinaryIO]:
    own = _own_descriptor(path)
    if own is not None:
        sys.stdout.flush()
    with os.fdopen(_opened(path) if own is None else os.dup(own), "wb") as stream:
        yield stream


def _own_descriptor(path: Path) -> int | None:
    """The number of the stream that is open already, if it is one of this process.

    Opening it again would begin a file that it is redirected to anew.
    """
    if path == STDOUT:
        return sys.stdout.fileno()
    if str(path) in _NAMES:
        return _NAMES[str(path)]
    folder = os.path.realpath(path.parent)
    return int(path.name) if folder == f"/proc/{os.getpid()}/fd" and path.name.isdecimal() else None


def _opened(path: Path) -> int:
    """The stream, opened for writing; for a FIFO's reader it waits PATIENCE seconds."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            descriptor = os.open(path, os.O_WRONLY | _AT_ONCE)
        except OSError as error:
            if error.errno != errno.ENXIO or not path.is_fifo():
                raise
            if monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, "nobody reads it", str(path)) from error
            sleep(0.05)
        else:
            if _AT_ONCE:
                os.set_blocking(descriptor, True)
            return descriptor
