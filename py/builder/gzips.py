"""What is packed in the build folder, kept since compressing takes seconds."""

import gzip
import os
import tempfile
from collections.abc import Callable

from builder import BUILD

FOLDER = BUILD / "gzip"


def packed(name: str, content: Callable[[], bytes]) -> bytes:
    """The gzip of a content, the same bytes each time, kept under a name that says what it is of.

    Several processes may ask for one at once: under its name it is whole or not at all.
    """
    kept = FOLDER / f"{name}.gz"
    if not kept.exists():
        made = gzip.compress(content(), 9, mtime=0)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=FOLDER, suffix=".part", delete=False) as part:
            part.write(made)
        os.replace(part.name, kept)
    return kept.read_bytes()
