"""The files that decide what is in something built and committed, as one hash.

What is committed is built rarely, by hand; its recipe carries on in the meantime. The hash, kept
beside what was built in provenance.json, tells when the two part.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PY = Path(__file__).resolve().parents[1]
PROVENANCE = "provenance.json"


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


def note(folder: Path, record: dict[str, Any]) -> None:
    """Write provenance.json beside what was built: what it was made of, and by what."""
    (folder / PROVENANCE).write_text(json.dumps(record, indent=2) + "\n")


def noted(folder: Path) -> dict[str, Any]:
    """The record that ``note`` left in ``folder``."""
    record: dict[str, Any] = json.loads((folder / PROVENANCE).read_text())
    return record
