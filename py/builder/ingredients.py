"""The files that decide what is in something built and committed, as one hash.

What is committed is built rarely, by hand; its recipe carries on in the meantime. The hash, kept
beside what was built, tells when the two part.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

PY = Path(__file__).resolve().parents[1]


def files(patterns: Sequence[str], py: Path = PY) -> Iterator[Path]:
    """The files under ``py`` that the patterns mean, in a fixed order."""
    found = {path for pattern in patterns for path in py.glob(pattern) if path.is_file()}
    yield from sorted(path for path in found if "__pycache__" not in path.parts)


def sha256(patterns: Sequence[str], py: Path = PY) -> str:
    """One hash over their names and contents."""
    total = hashlib.sha256()
    for path in files(patterns, py):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(py).as_posix()} {content}\n".encode())
    return total.hexdigest()
