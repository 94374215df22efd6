"""What Python starts from in the page's workers: a snapshot of memory, and libraries.

Booted plainly, Pyodide initialises Python, and micropip and the package loader unpack wheels whose
modules are compiled when they are imported; each worker does it all again. Here it is done once,
when the site is built, by the very Pyodide that the site ships, in Node.js (npm brings it). The
memory of a Python that has imported the tracker, NumPy included, becomes the snapshot.

NumPy's library is linked in before Python starts, here and in the workers, so that both times it
has the same place in memory. What Pyodide's main module and that library write into memory when
they are loaded is in the snapshot too, so it is taken out of them. Pages of the snapshot that are
blank, as new memory is, are left out; the workers unpack the others right into Pyodide's memory.
What libraries bring along for what no worker does is blanked too (``unneeded_in_pyodide.py``).
Names of the main module that no library and no script knows are left out first (``linkage.py``).
TensorFlow Lite and the kernels are opened by Python when it is running. The modules that nobody has
imported are in an archive, which is fetched only if somebody does (``remainder.py``). Whoever makes
it gets the same, byte for byte (``repeatable.mjs``).
"""

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder import BUILD, environment, linkage, locks, naming, wasm

PACKAGES = BUILD / "packages.zip"
"""The packages as they come, but for what is left out: for those who start Python plainly."""

RUNTIME = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "pyodide-lock.json"]
"""Pyodide's own files, which the workers fetch (the site's names: see ``naming``)."""

MODULES = "modules.zip"
SNAPSHOT = f"snapshot{naming.PACKED}"
DESCRIPTION = "image.json"

_ARCHIVE = "/lib/python313.zip"
_LEFT_OUT = re.compile(
    r"/tests/|/include/|\.pyi$|\.dist-info/"
    r"|^numpy/(ctypeslib|distutils|doc|f2py|fft|ma|polynomial|random|testing|_pyinstaller)/"
    r"|^numpy/_core/_\w*(tests|simd)\.|^numpy/linalg/lapack_lite\."
)
"""Files of the wheels that the tracker has no use for: half of NumPy, by size."""

_EMPTIED = re.compile(r"^numpy/(linalg/_umath_linalg|_core/_add_newdocs(_scalars)?)\.")
"""Modules that NumPy imports for what the tracker has no use for either: LAPACK, and texts."""

_BLANK = bytes(4096)
"""What is left out of a snapshot, in pieces of this size."""

_SOURCE_MAP = re.compile(rb"//# sourceMappingURL=\S+\s*$")
_OF_NODE = (b'import("ws")', b'import("w"+"s")')
"""A package that only Node.js needs. Vite's dev server looks for all that it sees imported."""

_FLAVOUR = re.compile(r"libtensorflowlite_(\w+)\.wasm$")
_MODULES = ["image.py", "linkage.py", "naming.py", "wasm.py"]
_SCRIPTS = ["image.mjs", "repeatable.mjs", "image_in_pyodide.py", "unneeded_in_pyodide.py"]
_SCRIPTS += ["remainder.py", *_MODULES]
_WEB = Path(__file__).parents[2] / "web" / "worker"
_LINKING = [_WEB / "libraries.js", _WEB / "snapshot.js"]
"""The workers' own scripts that the build uses too."""


def build(pyodide: Path, wheels: list[Path], site: Path, node: str = "node") -> dict[str, Any]:
    """Put it into a site's folders ``pyodide`` and ``python``; the part of the manifest about it.

    ``pyodide`` is the folder of a whole Pyodide, ``node`` the Node.js that makes it: any one's
    result fits every browser. What was made of the same inputs is kept and used
    again.

    Raises:
        BuildError: Node.js is missing or failed.
    """
    scripts = [*(Path(__file__).with_name(name) for name in _SCRIPTS), *_LINKING]
    kept = BUILD / "image" / _hash([*scripts, *sorted(pyodide.iterdir()), *wheels], node)
    with locks.alone("image"):
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=BUILD) as made:
                _make(pyodide, wheels, Path(made), node)
                (Path(made) / "image").rename(kept)
        copy = shutil.copy(kept / PACKAGES.name, PACKAGES.with_suffix(".part"))
        os.replace(copy, PACKAGES)  # others may be reading it
    shutil.copytree(kept / "site", site, dirs_exist_ok=True)
    description: dict[str, Any] = json.loads((kept / DESCRIPTION).read_text("utf-8"))
    return description


def _make(pyodide: Path, wheels: list[Path], folder: Path, node: str) -> None:
    """Make the folder ``image`` in a folder: the ``site``'s files, the packages, a description."""
    image, site = folder / "image", folder / "image" / "site"
    for name in ("pyodide", "python"):
        (site / name).mkdir(parents=True)
    packages, libraries = image / PACKAGES.name, folder / "libraries"
    paths = _collect(wheels, packages, libraries)
    linked = [path for path in paths if path.endswith(".so")]
    users = [Path(__file__).with_name("image.mjs"), *_LINKING]
    lean = linkage.trimmed(pyodide, [libraries / path for path in paths], users, folder / "lean")
    inputs = [str(lean), str(packages), str(libraries), json.dumps(linked), str(folder)]
    environment.run([node, str(Path(__file__).with_name("image.mjs")), *inputs])

    for name in RUNTIME:
        content = _lightened(name, (lean / name).read_bytes())
        (site / "pyodide" / naming.served(name)).write_bytes(content)
    remaining = json.loads((folder / "remaining.json").read_text("utf-8"))
    _write_remaining(set(remaining), folder / MODULES, site / "python" / MODULES)
    start, size, spans, content = _written((folder / "snapshot.bin").read_bytes())
    (site / "python" / SNAPSHOT).write_bytes(gzip.compress(content, 9, mtime=0))
    place = {"path": f"python/{SNAPSHOT}", "start": start, "size": size, "spans": spans}
    description: dict[str, Any] = {
        "runtime": [f"pyodide/{naming.served(name)}" for name in RUNTIME],
        "snapshot": place,
        "modules": f"python/{MODULES}",
        "linked": [],
        "opened": [],
    }
    probes = json.loads((folder / "probes.json").read_text("utf-8"))  # the better flavour first
    flavours = [flavour[1] for flavour in map(_FLAVOUR.search, paths) if flavour]
    assert flavours == list(probes), "browsers take the first that they can run"
    for path in paths:
        content = (libraries / path).read_bytes()
        file = f"python/{Path(path).name.partition('.')[0].lstrip('_')}.wasm"
        (site / file).write_bytes(wasm.without_data(content) if path in linked else content)
        library: dict[str, Any] = {"name": f"{_ARCHIVE}/{path}", "path": file}
        if flavour := _FLAVOUR.search(path):
            library["probe"] = probes[flavour[1]]
        description["linked" if path in linked else "opened"].append(library)
    (image / DESCRIPTION).write_text(json.dumps(description), "utf-8")


def _write_remaining(names: set[str], modules: Path, target: Path) -> None:
    """Write those of the archive's modules that the snapshot has not."""
    with (
        zipfile.ZipFile(modules) as everything,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as rest,
    ):
        for path in everything.namelist():
            module = path.partition(".")[0].removesuffix("/__init__").replace("/", ".")
            if module in names:
                entry = zipfile.ZipInfo(path)
                rest.writestr(entry, everything.read(path), zipfile.ZIP_DEFLATED)


def _lightened(name: str, content: bytes) -> bytes:
    """A file of Pyodide without what the workers need not have."""
    if name.endswith(".wasm"):
        return wasm.without_data(content)
    if name == "pyodide-lock.json":
        return json.dumps({**json.loads(content), "packages": {}}).encode()
    return _SOURCE_MAP.sub(b"", content).replace(*_OF_NODE)


def _written(snapshot: bytes) -> tuple[str, int, list[tuple[int, int]], bytes]:
    """Pyodide's snapshot without what is blank.

    It begins with what Pyodide notes about it, whose length is its second word. Returns that in
    base64; the size of the memory; the spans, from and to, in which something is written; and what
    is in them.
    """
    (length,) = struct.unpack_from("<I", snapshot, 4)
    memory, step = snapshot[length:], len(_BLANK)
    spans: list[tuple[int, int]] = []
    for begin in range(0, len(memory), step):
        if memory[begin : begin + step] == _BLANK:
            continue
        adjoins = spans and spans[-1][1] == begin
        spans.append((spans.pop()[0] if adjoins else begin, begin + step))
    content = b"".join(memory[begin:end] for begin, end in spans)
    return base64.b64encode(snapshot[:length]).decode(), len(memory), spans, content


def _collect(wheels: list[Path], packages: Path, libraries: Path) -> list[str]:
    """Put what is needed of the wheels into the archive ``packages``, and libraries into a folder.

    Returns the libraries' paths, which are the same in both.
    """
    paths = []
    remainder = Path(__file__).with_name("remainder.py")
    with zipfile.ZipFile(packages, "w") as archive:
        archive.writestr(zipfile.ZipInfo(remainder.name), remainder.read_bytes())
        for name, content in _files(wheels):
            archive.writestr(zipfile.ZipInfo(name), content)
            if name.endswith((".so", ".wasm")):
                paths.append(name)
                (libraries / name).parent.mkdir(parents=True, exist_ok=True)
                (libraries / name).write_bytes(content)
    return sorted(paths)


def _files(wheels: list[Path]) -> Iterator[tuple[str, bytes]]:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as contents:
            for name in contents.namelist():
                if _LEFT_OUT.search(name):
                    continue
                if _EMPTIED.search(name):
                    yield f"{name.partition('.')[0]}.py", b""
                else:
                    yield name, contents.read(name)


def _hash(inputs: list[Path], node: str) -> str:
    digest = hashlib.sha256(node.encode())
    for path in inputs:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
