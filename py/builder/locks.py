"""What only one process makes at a time; whoever else wants it waits until it is there.

Two terminals may build at once, and so do the tests' processes. A lock is the operating system's,
on an open file: it ends with its process, however that ends. Windows has no such locks: there
nobody waits.

What takes long, or makes more than one file, is made under a lock. A file that takes seconds and is
the same whoever makes it (in ``gzips``, ``avatars``, Pyodide's packages in ``downloads``) needs
none: each makes one under a name that nobody else has, and puts it in its place whole.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from builder import BUILD

FOLDER = BUILD / "locks"

if sys.platform == "win32":

    def _acquire(file: IO[str]) -> None:
        pass

else:
    import fcntl

    def _acquire(file: IO[str]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another process, which is at {Path(file.name).stem}", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)


@contextlib.contextmanager
def alone(name: str, folder: Path | None = None) -> Iterator[None]:
    """Hold the lock of this name while something is made; it is a file in ``folder``.

    Nobody may take one twice; who takes several, takes them in the order "site", then others.
    """
    folder = folder or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        _acquire(file)
        yield
