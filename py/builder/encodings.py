"""The site's files as a host sends them that compresses: made once, kept by the files' hashes.

Most hosts compress text and WebAssembly by themselves. Our own server has it done by Node.js, whose
library knows Brotli, when the site is built. What is packed, a gzip file, it sends in Brotli
instead, which is smaller: the browser unpacks it, and the tag takes it so.
"""

import functools
import json
import shutil
import subprocess
from pathlib import Path

from builder import BUILD, BuildError, downloads, naming

FOLDER = BUILD / "encoded"
ENCODINGS = ("br", "gzip")
"""What a browser can ask for, the better one first."""

SUFFIXES = {".css", ".html", ".js", ".json", ".py", ".svg", ".ts", ".wasm", naming.PACKED}
_SCRIPT = Path(__file__).with_name("encodings.mjs")


def prepare(folder: Path) -> None:
    """Have every file below a folder encoded that gets smaller by it.

    Raises:
        BuildError: Node.js failed.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    lacking = {
        str(_kept(path, "br").with_suffix("")): str(path)
        for path in _files(folder)
        if not _kept(path, "br").exists()
    }
    if lacking:
        print(f"compressing {len(lacking)} files as a host would", flush=True)
        command = ["node", str(_SCRIPT)]
        if subprocess.run(command, input=json.dumps(lacking), text=True).returncode:
            raise BuildError("the site's files could not be compressed")


def lay_beside(folder: Path) -> None:
    """Lay ``X.br`` beside each such file ``X``, for hosts that send what is compressed beforehand.

    Raises:
        BuildError: Node.js failed.
    """
    prepare(folder)
    for path in _files(folder):
        shutil.copyfile(_kept(path, "br"), f"{path}.br")


def find(path: Path, accepted: str) -> tuple[str, Path] | None:
    """The best encoding of a file that a browser accepts, and the file that has it, if any.

    ``accepted`` is the header ``Accept-Encoding``.
    """
    names = {name.partition(";")[0].strip() for name in accepted.split(",")}
    if path.suffix in SUFFIXES and path.is_file():
        for name in ENCODINGS:
            if name in names and (file := _kept(path, name)).exists():
                return name, file
    return None


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in SUFFIXES]


def _kept(path: Path, encoding: str) -> Path:
    """Where the encoded content of a file is."""
    state = path.stat()
    return FOLDER / f"{_hash(path, state.st_mtime_ns, state.st_size)}.{encoding}"


@functools.lru_cache(maxsize=4096)
def _hash(path: Path, changed: int, size: int) -> str:
    """The hash of a file as it is since it changed."""
    return downloads.sha256(path)
