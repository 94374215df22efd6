"""The curve of error over size: one recipe at several mean entropies of its weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from compress import accuracy
from compress.catalogue import Catalogue, CatalogueError
from compress.evaluate import Runner
from compress.packing import packed
from compress.pipeline import Pipeline
from compress.recipe import Recipe


def measure(
    recipe: Recipe,
    bits: Sequence[float],
    catalogue: Catalogue,
    models: Path,
    crops: Path,
    work: Path,
    data: accuracy.Data,
) -> Iterator[dict[str, Any]]:
    """The bytes of the file and the figures of :mod:`compress.accuracy` at each of ``bits``.

    ``crops`` are for fitting, ``data`` for measuring. Raises CatalogueError where the recipe does
    not quantize.
    """
    if recipe.quantize is None:
        raise CatalogueError(f"recipe {recipe.name} has no quantized weights")
    (original,) = (row for row in catalogue.variant("float") if row.name == recipe.model)
    sheet = accuracy.Sheet(recipe, original, models, data)
    for wanted in bits:
        quantize = dataclasses.replace(recipe.quantize, bits=wanted)
        changed = dataclasses.replace(recipe, quantize=quantize)
        content = Pipeline(changed, models / "float", crops, work).make()
        yield {
            "recipe": recipe.name,
            "bits": wanted,
            "bytes": len(packed(content)),
            **sheet.figures(Runner(content)),
        }
