"""What the committed wheels were made of and by what, and whether they still belong to the recipe.

The wheels are built rarely, by hand, and committed; the recipe's files carry on in the meantime.
A hash over those files, kept in provenance.json beside the wheels, tells when the two part.
"""

import datetime
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder import ingredients, sources

INGREDIENTS = (
    "tflite_runtime/LICENSES.md",
    "tflite_runtime/objects.toml",
    "tflite_runtime/sources.toml",
    "tflite_runtime/patches/**/*",
    "tflite_runtime/shims/**/*",
    "tflite_runtime/kernels/**/*",
    "tflite_runtime/package/**/*",
    "tflite_runtime/recipe/crossbuild.py",
    "tflite_runtime/recipe/ninja.py",
    "kernels/**/*",
)
"""The files, under ``py``, that decide what is in the wheels."""


def recipe_sha256(py: Path = ingredients.PY) -> str:
    """One hash over names and contents of the ingredients."""
    return ingredients.sha256(INGREDIENTS, py)


def described(wheel: Path) -> dict[str, Any]:
    """Hashes of a wheel and of the side modules in it."""
    with zipfile.ZipFile(wheel) as archive:
        modules = {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in sorted(archive.namelist())
            if name.endswith(".wasm")
        }
    return {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "modules": modules}


def write(
    folder: Path, wheels: Sequence[Path], table: dict[str, Any], tools: dict[str, str]
) -> None:
    """Write provenance.json: ``table`` is the parsed sources.toml, ``tools`` name: version."""
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe_sha256": recipe_sha256(),
        "wheels": {wheel.name: described(wheel) for wheel in wheels},
        "pyodide": [pyodide["version"] for pyodide in table["pyodide"]],
        "tools": tools,
        "python_tools": table["python"]["packages"],
        "sources": {
            source.file: {"version": source.version, "sha256": source.sha256}
            for source in sources.declared(table)
        },
    }
    ingredients.note(folder, record)
