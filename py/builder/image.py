"""What Python starts from in the page's workers: an archive of packages and a memory snapshot.

Booted plainly, Pyodide initialises Python, and micropip and the package loader unpack wheels whose
modules are compiled when they are imported; each worker does it all again. Here it is done once,
when the site is built, by the very Pyodide that the site ships, in Node.js (npm brings it): the
packages become one archive of compiled modules, and the memory of a Python that has imported what
they need of the standard library becomes a snapshot.
"""

import gzip
import hashlib
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from builder import BUILD, environment

PACKAGES = "packages.zip"
SNAPSHOT = "snapshot.bin"

_LEFT_OUT = re.compile(
    r"/tests/|/include/|\.pyi$|\.dist-info/"
    r"|^numpy/(ctypeslib|distutils|doc|f2py|fft|ma|polynomial|random|testing|_pyinstaller)/"
    r"|^numpy/_core/_\w*(tests|simd)\.|^numpy/linalg/lapack_lite\."
)
"""Files of the wheels that the tracker has no use for: half of NumPy, by size."""

_SCRIPTS = [Path(__file__).with_name(name) for name in ("image.mjs", "image_in_pyodide.py")]


def build(pyodide: Path, wheels: list[Path], folder: Path) -> list[str]:
    """Make both files in ``folder`` from the Pyodide in its folder and the wheels.

    The snapshot is packed by gzip. Returns the names of the files. What was made of the same
    inputs is kept and used again.

    Raises:
        BuildError: Node.js is missing or failed.
    """
    inputs = [*_SCRIPTS, *sorted(pyodide.iterdir()), *wheels]
    kept = BUILD / "image" / _hash(inputs)
    names = [PACKAGES, f"{SNAPSHOT}.gz"]
    if not all((kept / name).exists() for name in names):
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as made:
            _make(pyodide, wheels, Path(made))
            for name in names:
                shutil.move(Path(made) / name, kept)
    folder.mkdir()
    for name in names:
        shutil.copy(kept / name, folder)
    return names


def _make(pyodide: Path, wheels: list[Path], folder: Path) -> None:
    sources = folder / "sources.zip"
    with zipfile.ZipFile(sources, "w") as archive:
        for wheel in wheels:
            _add(wheel, archive)
    environment.run(["node", str(_SCRIPTS[0]), str(pyodide), str(sources), str(folder)])
    snapshot = (folder / SNAPSHOT).read_bytes()
    (folder / f"{SNAPSHOT}.gz").write_bytes(gzip.compress(snapshot, 9, mtime=0))


def _add(wheel: Path, archive: zipfile.ZipFile) -> None:
    with zipfile.ZipFile(wheel) as contents:
        for name in contents.namelist():
            if not _LEFT_OUT.search(name):
                archive.writestr(zipfile.ZipInfo(name), contents.read(name))


def _hash(inputs: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
