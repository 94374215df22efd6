"""What the committed wheel was made of, and whether it still belongs to the recipe."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import Any

from builder import ingredients, sources

INGREDIENTS = (
    "video_runtime/sources.toml",
    "video_runtime/package/**/*",
    "video_runtime/recipe/libraries.py",
    "video_runtime/recipe/toolchain.py",
    "video_runtime/recipe/wheel.py",
)
"""The files, under ``py``, that decide what is in the wheel."""


def recipe_sha256(py: Path = ingredients.PY) -> str:
    """One hash over names and contents of the ingredients."""
    return ingredients.sha256(INGREDIENTS, py)


def write(wheel: Path, table: dict[str, Any]) -> None:
    """Write provenance.json beside the wheel; ``table`` is the parsed sources.toml."""
    pyav = table["pyav"]
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe_sha256": recipe_sha256(),
        "wheel": {"name": wheel.name, "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()},
        "tools": [*table["toolchain"]["python"], f"nasm=={table['toolchain']['nasm']['version']}"],
        "sources": {
            f"av-{pyav['version']}.tar.gz": {
                key: pyav[key] for key in ("version", "sha256", "license")
            },
            **{
                source.file: {
                    "version": source.version,
                    "sha256": source.sha256,
                    "license": source.license,
                }
                for source in sources.declared(table)
            },
        },
    }
    ingredients.note(wheel.parent, record)
