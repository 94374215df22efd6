"""The curve of error over size and work: one recipe with several settings.

Settings are the mean entropy of a weight, or the part that is pruned: of the multiply-accumulates,
or of the channels, where the recipe prunes these in steps.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from compress.catalogue import Catalogue, CatalogueError
from compress.measure import accuracy
from compress.measure.latency import Latency
from compress.pipeline import Pipeline
from compress.recipe import Prune, Recipe
from compress.tflite import model_file
from compress.tflite.cost import cost
from compress.tflite.packing import packed
from compress.tflite.runner import Runner

Point = tuple[dict[str, float], Recipe]
"""The setting that makes a point of the curve, by its name, and the recipe that it changes."""


def points(recipe: Recipe, bits: Sequence[float], removed: Sequence[float]) -> list[Point]:
    """The recipe at each of these entropies and with each of these parts pruned.

    Without any it is the recipe as it is. Raises CatalogueError where it does not quantize or prune
    at all.
    """
    found: list[Point] = []
    for wanted in bits:
        if recipe.quantize is None:
            raise CatalogueError(f"recipe {recipe.name} has no quantized weights")
        quantize = dataclasses.replace(recipe.quantize, bits=wanted)
        found.append(({"bits": wanted}, dataclasses.replace(recipe, quantize=quantize)))
    for part in removed:
        if recipe.prune is None:
            raise CatalogueError(f"recipe {recipe.name} prunes nothing")
        found.append(_pruned(recipe, recipe.prune, part))
    return found or [({}, recipe)]


def _pruned(recipe: Recipe, prune: Prune, part: float) -> Point:
    """The recipe up to this step, or with this part of its work pruned at once."""
    if prune.channels:
        return {"channels": part}, recipe.pruned_to(part)
    name = f"{recipe.name}-{part:g}"  # its stages' files are not those of other parts
    prune = dataclasses.replace(prune, macs=part)
    return {"removed": part}, dataclasses.replace(recipe, prune=prune, name=name)


def measure(
    recipe: Recipe,
    wanted: Sequence[Point],
    catalogue: Catalogue,
    models: Path,
    crops: Path,
    work: Path,
    data: accuracy.Data,
) -> Iterator[dict[str, Any]]:
    """The cost of the file at each point and the figures of :mod:`compress.measure.accuracy`.

    ``crops`` are for fitting, ``data`` for measuring.
    """
    (original,) = (row for row in catalogue.variant("float") if row.name == recipe.original)
    comparison = accuracy.Comparison(recipe, original, models, data)
    for setting, changed in wanted:
        content = Pipeline(changed, models / "float", crops, work).make()
        runner = Runner(content)
        yield {
            "recipe": recipe.name,
            **setting,
            "macs": cost(model_file.parse(content)).macs,
            "bytes": len(packed(content)),
            "milliseconds": dataclasses.asdict(Latency.of(runner.times())),
            "load": os.getloadavg()[0],
            **comparison.figures(runner),
        }
