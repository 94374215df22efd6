"""Files that somebody is writing: no other process takes them for what a killed one has left.

A claim is a lock of the system, so that it ends with its process, however that ends. Windows has no
such locks and needs none: there nobody can remove a file that is open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    _LOCKS = False
else:
    _LOCKS = True


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Within it ``remove_unclaimed`` leaves a file alone that is written at ``path``.

    Raises:
        OSError: it cannot be made.
    """
    with _locked(path) if _LOCKS else nullcontext():
        yield


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    while True:
        with path.open("wb") as file:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:
                yield
                return
        # Somebody removed it before it was claimed.


def remove_unclaimed(path: Path) -> None:
    """Remove a file, unless somebody has claimed it.

    Raises:
        OSError: it cannot be removed.
    """
    if not _LOCKS:
        path.unlink(missing_ok=True)
        return
    with path.open("r+b") as file:
        if _is_free(file):
            path.unlink(missing_ok=True)


def _is_free(file: BinaryIO) -> bool:
    """Whether nobody holds the lock of a file; if so, it is held until the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
