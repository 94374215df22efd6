"""The models that compute in float and are not committed, since others make them.

The float variant are the originals with folded constants and without unused outputs: bit-identical
in the outputs that are kept, and the start of every other variant. The pruned variant are the
committed pruned int8 models in float arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compress.catalogue import Catalogue, CatalogueError, Model, verify
from compress.tflite import fold, model_file, trim
from compress.tflite.dequantize import in_float


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


def dequantized(content: bytes, name: str = "the model") -> bytes:
    """A static int8 model in float arithmetic; raises ModelError for what is no such model."""
    model = in_float(model_file.parse(content, name))
    trim.sweep(model)
    return model_file.serialize(model, compact=True)


def build(
    catalogue: Catalogue, originals: Path, models: Path, out: Path, variant: str = "float"
) -> list[Path]:
    """Write every model of a variant to ``out/<name>.tflite`` and return these paths.

    The variant ``student`` are those that are only the start of a trained model.

    ``originals`` holds what :func:`compress.tflite.originals.extract` wrote, ``models`` the
    committed variants. Raises CatalogueError where an original, a committed model or a result
    differs from models.toml.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for model in catalogue.variant(variant):
        if model.quantized:
            content = _from_quantized(catalogue, model, models)
        else:
            content = _from_original(catalogue, model, originals)
        paths.append(out / f"{model.name}.tflite")
        paths[-1].write_bytes(content)
    return paths


def _from_quantized(catalogue: Catalogue, model: Model, models: Path) -> bytes:
    quantized = catalogue.model(model.name, model.quantized)
    source = models / quantized.path
    verify(source.read_bytes(), quantized.sha256, str(source))
    content = dequantized(model_file.read(source), str(source))
    verify(content, model.sha256, f"{model.path}, made from {quantized.path},")
    return content


def _from_original(catalogue: Catalogue, model: Model, originals: Path) -> bytes:
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
    return content
