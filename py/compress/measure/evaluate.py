"""How far a compressed model is from its float original, on pictures neither was fitted on.

Errors are between the two models' outputs for the same input, not against ground truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from compress.recipe import Recipe

PRESENT = 0.5


@dataclass(frozen=True)
class Agreement:
    """Difference of two models over a set of pictures.

    ``pixels`` are distances of landmarks (x, y) in model-input pixels where the original sees
    something; ``relative`` is each output's root mean square difference over the original's
    standard deviation; ``presence`` the mean difference of the presence; ``flips`` the part of
    pictures on which the models disagree about it.
    """

    pictures: int
    pixels: float
    pixels_p95: float
    relative: tuple[float, ...]
    presence: float | None
    flips: float | None


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one inference on one thread."""

    best: float
    median: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Latency:
        """Of several inferences."""
        return cls(float(np.min(times)), float(np.median(times)))


ROUND = 10
"""Inferences of one model before it is the next one's turn."""

_ROUNDS = 10


def in_turn(names: Iterable[str], times: Callable[[str], list[float]]) -> dict[str, Latency]:
    """Time several models by turns, in rounds of milliseconds.

    Where others share the processor, it is twice as fast in one minute as in the next, and all
    models should have had of both.
    """
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(_ROUNDS):
        for name, before in found.items():
            before.extend(times(name))
    return {name: Latency.of(times) for name, times in found.items()}


class Runner:
    """A .tflite file's content on one native thread; ``shape`` is its input's without the batch."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        source = self._interpreter.get_input_details()[0]
        self._input = source["index"]
        self.shape = tuple(int(size) for size in source["shape"][1:])
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        """Every output, stacked, for images (n, height, width, 3) float32."""
        rows = []
        for image in images:
            self._interpreter.set_tensor(self._input, image[None])
            self._interpreter.invoke()
            rows.append([self._interpreter.get_tensor(index) for index in self._outputs])
        return [np.concatenate(output) for output in zip(*rows, strict=True)]

    def latency(self, image: np.ndarray | None = None, repeats: int = 50) -> Latency:
        """Time of inferences on one image (height, width, 3), a black one unless it is given."""
        return Latency.of(self.times(image, repeats))

    def times(self, image: np.ndarray | None = None, repeats: int = 50) -> list[float]:
        """Milliseconds of each of these inferences."""
        shown = np.zeros(self.shape, np.float32) if image is None else image
        self._interpreter.set_tensor(self._input, shown[None])
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            self._interpreter.invoke()
            times.append((time.perf_counter() - start) * 1000)
        return times


def agreement(recipe: Recipe, found: list[np.ndarray], wanted: list[np.ndarray]) -> Agreement:
    """Compare a model's outputs with the original's."""
    values = len(recipe.outputs[0].scales)
    count = len(wanted[0])
    points = [output[0].reshape(count, -1, values)[..., :2] for output in (found, wanted)]
    distances = np.linalg.norm(points[0] - points[1], axis=-1)
    presence = flips = None
    if recipe.presence is not None:
        pair = [_probability(output[recipe.presence], recipe) for output in (found, wanted)]
        presence = float(np.abs(pair[0] - pair[1]).mean())
        flips = float(((pair[0] > PRESENT) != (pair[1] > PRESENT)).mean())
        distances = distances.reshape(len(pair[1]), -1)[pair[1] > PRESENT]
    return Agreement(
        pictures=count,
        pixels=float(distances.mean()),
        pixels_p95=float(np.percentile(distances, 95)),
        relative=tuple(
            float(np.sqrt(np.square(one.ravel() - other.ravel()).mean()) / (other.std() + 1e-9))
            for one, other in zip(found, wanted, strict=True)
        ),
        presence=presence,
        flips=flips,
    )


def _probability(values: np.ndarray, recipe: Recipe) -> np.ndarray:
    flat = values.reshape(-1)
    return 1 / (1 + np.exp(-np.clip(flat, -60, 60))) if recipe.presence_logit else flat
