"""What is recorded about a finished model: its row in models.toml, and its measurements."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from compress import catalogue as catalogues
from compress.catalogue import Catalogue, Model
from compress.data.inputs import to_input
from compress.data.samples import Samples
from compress.measure.evaluate import agreement
from compress.measure.frame_cost import CLOCKS, Row
from compress.measure.latency import Latency
from compress.recipe import Recipe
from compress.tflite import model_file
from compress.tflite.cost import cost
from compress.tflite.runner import Runner
from holistic.inference.model_files import unpacked
from holistic.shared.model_sets import FLOAT


def catalogue_row(catalogue: Catalogue, recipe: Recipe, content: bytes, file: bytes) -> Model:
    """The row of a model that a recipe made, and that is committed as the gzip file ``file``."""
    original = catalogue.model(recipe.model, "student" if recipe.teacher else FLOAT)
    found = cost(model_file.parse(content))
    return dataclasses.replace(
        original,
        variant=recipe.variant,
        parameters=found.parameters,
        macs=found.macs,
        bytes=len(file),
        sha256=hashlib.sha256(file).hexdigest(),
        recipe=recipe.name,
        unpacked=len(content),
        native_ms=0.0,  # the report notes what is measured
        browser_ms=0.0,
    )


def renewed(text: str, catalogue: Catalogue, rows: Sequence[Row]) -> str:
    """The text of models.toml with each model's figures from the report."""
    for row in rows:
        model = catalogue.model(row["model"], row["variant"])
        text = text.replace(catalogues.row(model), catalogues.row(_with_figures(model, row)))
    return text


def _with_figures(model: Model, row: Row) -> Model:
    errors = (one["pixels"] for one in row["crops"].values() if model.variant != FLOAT)
    times = {f"{clock}_ms": round(row[clock]["best"], 2) for clock in CLOCKS if clock in row}
    return dataclasses.replace(model, error=tuple(round(one, 2) for one in errors), **times)


def measure(recipe: Recipe, floats: Path, model: Path, crops: Path, pictures: int) -> list[Row]:
    """Agreement and native latency on up to so many crops; nothing where there are none."""
    if not (crops / f"{recipe.subject}.npy").is_file():
        return []
    original = (floats / f"{recipe.original}.tflite").read_bytes()
    content = unpacked(model)
    graph = model_file.parse(content).subgraphs[0]
    size = model_file.shape(graph.tensors[graph.inputs[0]])[1]
    images = to_input(Samples(crops, recipe.subject, size).ordered(pictures), recipe.low)
    runners = [Runner(content), Runner(original)]
    found, wanted = (runner(images) for runner in runners)
    latency, float_latency = (Latency.of(runner.times(images[0])) for runner in runners)
    return [
        {
            "model": recipe.model,
            "variant": recipe.variant,
            "crops": crops.name,
            "bytes": model.stat().st_size,
            **dataclasses.asdict(agreement(recipe, found, wanted)),
            "milliseconds": dataclasses.asdict(latency),
            "float_milliseconds": dataclasses.asdict(float_latency),
            "load": os.getloadavg()[0],
        }
    ]
