"""The lines of Pyodide that the wheels are for, each as a distribution that the tests can start."""

import json
import shutil
import tarfile
from pathlib import Path

from builder import downloads

LINES = {"0.28": "pyodide", "0.29": "pyodide-0.29", "314": "pyodide-314"}
"""The names of their npm packages in pins.toml."""


def assemble(line: str, folder: Path) -> Path:
    """A line's Pyodide with NumPy and micropip, in an empty folder."""
    with tarfile.open(downloads.pinned_npm_package(LINES[line])) as archive:
        archive.extractall(folder, filter="data")
    distribution = folder / "package"
    lock = json.loads((distribution / "pyodide-lock.json").read_text())
    for name, wheel in _packages(line).items():
        shutil.copy(wheel, distribution)
        version, sha256 = wheel.name.split("-")[1], downloads.sha256(wheel)
        lock["packages"][name] |= {"file_name": wheel.name, "version": version, "sha256": sha256}
    (distribution / "pyodide-lock.json").write_text(json.dumps(lock))
    return distribution


def _packages(line: str) -> dict[str, Path]:
    """A line's own packages; no registry has those of 0.29, which the other lines' stand in for.

    NumPy is that of 0.28, built for the same platform, and micropip that of 314, the same version.
    """
    if line != "0.29":
        return downloads.pyodide_packages(LINES[line])
    numpy = downloads.pyodide_packages(LINES["0.28"])["numpy"]
    return {**downloads.pyodide_packages(LINES["314"]), "numpy": numpy}
