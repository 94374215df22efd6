"""The report's figures: every variant of every model beside its float original.

What is measured of a model depends on what it is and on the data that are there: see
:class:`Data`. Each figure of a variant comes from the same pictures as the original's.
"""

from __future__ import annotations

import dataclasses
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compress.catalogue import Catalogue, Model
from compress.data import detectors
from compress.data.inputs import to_input
from compress.data.samples import Samples
from compress.measure import evaluate, ground_truth, stability
from compress.measure.latency import Latency
from compress.recipe import FOLDER, Recipe, read
from compress.tflite import model_file, saturation
from compress.tflite.dynamic import dynamic_range
from compress.tflite.packing import entropies
from compress.tflite.runner import Runner
from holistic.inference.model_files import unpacked

Row = dict[str, Any]

_TIMES = ("milliseconds", "weight_only")

_SCENES = 4
"""Detectors see so many times more pictures: one lost person in a hundred has to show."""


@dataclass(frozen=True)
class Data:
    """What to measure with: folders of crops, of annotated pictures, clips of one face.

    At most ``pictures`` crops of each folder are used.
    """

    crops: tuple[Path, ...] = ()
    ground_truth: Path | None = None
    clips: tuple[Path, ...] = ()
    pictures: int = 96


def measure(
    catalogue: Catalogue,
    models: Path,
    data: Data,
    only: Sequence[str] = (),
    progress: Callable[[str], None] = print,
) -> dict[str, list[Row]]:
    """Rows of the models that have another variant than float.

    ``models`` are one a model and variant, float first, and ``dynamic`` one a model whose int8 is
    weight-only, as a dynamic-range one. ``only`` names the float models to measure, with all that
    answer as they do, where it is not all of them.
    """
    compressed = [
        (row, read(FOLDER / f"{row.recipe}.toml")) for row in catalogue.models if row.recipe
    ]
    found: dict[str, list[Row]] = {"models": [], "dynamic": []}
    for original in catalogue.variant("float"):
        variants = {row: recipe for row, recipe in compressed if recipe.original == original.name}
        if variants and (not only or original.name in only):
            comparison = Comparison(next(iter(variants.values())), original, models, data)
            for variant in (original, *variants):
                progress(variant.path)
                found["models"].append(comparison.row(variant))
            for variant in variants:
                if not variant.unpacked:
                    continue  # made from another variant
                shipped = unpacked(models / variant.path)
                if not saturation.int8_convolutions(model_file.parse(shipped)):
                    progress(f"dynamic range: {variant.name}")
                    found["dynamic"].append(comparison.dynamic_row(variant.name, shipped))
    return found


def renewed(old: Sequence[Row], new: Sequence[Row], times: bool) -> list[Row]:
    """Rows of earlier results with new ones in their places.

    Without ``times``, those that were measured before stay.
    """
    found = {(row["model"], row["variant"]): dict(row) for row in new}
    for row in old:
        key = row["model"], row["variant"]
        if key not in found:
            found[key] = row
        elif not times:
            found[key] |= {name: row[name] for name in _TIMES if name in row}
    order = [(row["model"], row["variant"]) for row in old]
    return sorted(found.values(), key=lambda row: _rank(order, (row["model"], row["variant"])))


def _rank(order: list[tuple[str, str]], key: tuple[str, str]) -> int:
    return order.index(key) if key in order else len(order)


class Comparison:
    """The pictures for one model, and its float original's answers to them."""

    def __init__(self, recipe: Recipe, original: Model, models: Path, data: Data) -> None:
        self._recipe = recipe
        self._size = original.input_size
        self._models = models
        self._runner = Runner((models / original.path).read_bytes())
        self._pictures = dict(self._sets(data, models / "float"))
        self._wanted = {name: self._answers(self._runner, x) for name, x in self._pictures.items()}

    def _sets(self, data: Data, floats: Path) -> Iterator[tuple[str, np.ndarray]]:
        """Named sets of pictures (n, size, size, 3) uint8."""
        subject = self._recipe.subject
        samples = [
            (folder.name, Samples(folder, subject, self._size))
            for folder in data.crops
            if (folder / f"{subject}.npy").is_file()
        ]
        several = _SCENES if self._recipe.model in detectors.DETECTORS else 1
        for name, crops in samples:
            yield f"crops {name}", crops.ordered(data.pictures * several)
            if subject in ground_truth.PARTS and self._recipe.presence is not None:
                yield f"negatives {name}", crops.negatives(data.pictures)
        if subject not in ground_truth.PARTS or self._recipe.presence is None:
            return  # detectors, and the recrop, whose points are no landmarks
        if samples:
            yield "still", stability.still(samples[0][1].ordered(data.pictures // 4))
        if data.ground_truth is not None:
            self._marked = ground_truth.marked_crops(data.ground_truth, subject, self._size, floats)
            yield "truth", self._marked.crops
        for clip in data.clips if ground_truth.PARTS[subject] == "face" else ():
            yield f"clip {clip.stem}", stability.face_crops(clip, subject, self._size, floats)

    def _answers(self, runner: Runner, pictures: np.ndarray) -> list[np.ndarray]:
        return runner(to_input(pictures, self._recipe.low))

    def row(self, variant: Model) -> Row:
        """Every figure of one variant."""
        path = self._models / variant.path
        content = unpacked(path)
        model = model_file.parse(content)
        runner = Runner(content)
        row: Row = {
            "model": variant.name,
            "variant": variant.variant,
            "path": variant.path,
            "unpacked": len(content),
            "bytes": path.stat().st_size if variant.unpacked else len(gzip.compress(content)),
            "parameters": variant.parameters,
            "macs": variant.macs,
            "layer_bits": [] if variant.quantized else entropies(model),
            "wide_macs": sum(saturation.wide(model).values()),
        }
        return {**row, **self.figures(runner)}

    def dynamic_row(self, name: str, shipped: bytes) -> Row:
        """Figures of a weight-only int8 file as a dynamic-range one.

        ``milliseconds`` are of the dynamic-range form, ``weight_only`` of the form that is shipped,
        one right after the other.
        """
        runner = Runner(dynamic_range(shipped))
        return {
            "model": name,
            "variant": "dynamic",
            "weight_only": dataclasses.asdict(Latency.of(Runner(shipped).times())),
            "milliseconds": dataclasses.asdict(Latency.of(runner.times())),
            **self.figures(runner),
        }

    def figures(self, runner: Runner) -> Row:
        """What a model's answers to the pictures are worth, by kind and set."""
        found: Row = {}
        for name, pictures in self._pictures.items():
            kind, _, source = name.partition(" ")
            figures = self._figures(kind, self._answers(runner, pictures), self._wanted[name])
            found.setdefault(kind, {})[source or kind] = {"pictures": len(pictures), **figures}
        return found

    def _figures(self, kind: str, found: list[np.ndarray], wanted: list[np.ndarray]) -> Row:
        recipe = self._recipe
        if kind == "negatives":
            seen, right = (stability.present(recipe, outputs) for outputs in (found, wanted))
            return {"seen": float(seen.mean()), "disagree": float((seen != right).mean())}
        if kind == "still":
            ours, theirs = (stability.jitter(recipe, outputs) for outputs in (found, wanted))
            return {"jitter": ours, "ratio": ours / theirs}
        if kind == "truth":
            errors = ground_truth.errors(recipe, found, self._marked)
            return {"mean": float(errors.mean()), "median": float(np.median(errors))}
        if kind == "clip":
            return stability.correlations(found, wanted)
        if recipe.model in detectors.DETECTORS:
            return dataclasses.asdict(detectors.recall(recipe.model, found, wanted))
        return dataclasses.asdict(evaluate.agreement(recipe, found, wanted))
