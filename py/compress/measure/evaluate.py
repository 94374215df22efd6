"""How far a compressed model is from its float original, on pictures that its fit did not see.

Errors are between the two models' outputs for the same input, not against ground truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
