"""The float variant: the originals with folded constants and without unused outputs.

Bit-identical to the originals in the outputs that are kept, and the start of every other variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compress import fold, model_file, trim
from compress.catalogue import Catalogue, CatalogueError, Model, verify


def convert(
    original: bytes,
    outputs: Sequence[int],
    name: str = "the model",
    *,
    input_tensors: Sequence[int] = (),
    output_tensors: Sequence[int] = (),
) -> bytes:
    """Cut, fold and trim one model; raises ModelError for what is no such model.

    The arguments are those of :class:`compress.catalogue.Model`.
    """
    model = model_file.parse(original, name)
    if input_tensors:
        trim.begin_at(model, input_tensors)
    trim.keep_outputs(model, outputs, output_tensors)
    trim.sweep(model)
    fold.fold(model)
    trim.sweep(model)
    trim.fuse_relu(model)
    trim.sweep(model)
    return model_file.serialize(model)


def build(catalogue: Catalogue, originals: Path, out: Path, variant: str = "float") -> list[Path]:
    """Write every float model of the catalogue to ``out/<name>.tflite`` and return these paths.

    The variant ``student`` are those that are only the start of a trained model.

    ``originals`` holds the files that :func:`compress.originals.extract` wrote. Raises
    CatalogueError where an original or a result differs from models.toml.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [_build_one(catalogue, model, originals, out) for model in catalogue.variant(variant)]


def _build_one(catalogue: Catalogue, model: Model, originals: Path, out: Path) -> Path:
    source = originals / f"{model.original}.tflite"
    if not source.is_file():
        raise CatalogueError(f"{source} is missing: extract the originals first")
    original = source.read_bytes()
    verify(original, catalogue.original(model.original).sha256, str(source))
    content = convert(
        original,
        model.outputs,
        str(source),
        input_tensors=model.input_tensors,
        output_tensors=model.output_tensors,
    )
    verify(content, model.sha256, f"{model.path}, made from {source.name},")
    path = out / f"{model.name}.tflite"
    path.write_bytes(content)
    return path
