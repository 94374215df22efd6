"""The presence of a landmark network, fitted anew: one logistic regression on its last features.

The features are those of the very network that is shipped, with its int8 rounding; landmarks stay
as they are. The truth is what the original sees in the sharp picture, where the network saw a
degraded one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from compress.tflite.model_file import (
    ModelError,
    constant,
    operator_name,
    serialize,
    set_constant,
)
from compress.tflite.runner import Runner

PRESENT = 0.5
"""Presence from which on the original sees something."""

RIDGE = 30.0
"""Pictures' worth of confidence in the weights that there are, for each feature."""

_ROUNDS = 25


def refit(
    model: Any, output: int, features: np.ndarray, truth: np.ndarray, doubt: float = 1.0
) -> None:
    """Fit the layer that makes the presence, the ``output``, to ``truth`` (n,), in place.

    ``features`` (n, c) are what :func:`reader` gives; a picture without a hand counts ``doubt``
    times. Raises ModelError where the presence is not the LOGISTIC of a float layer.
    """
    tensors = model.subgraphs[0].tensors
    stored = [tensors[int(index)] for index in _layer(model, output).inputs[1:]]
    weight, bias = (constant(model, tensor) for tensor in stored)
    begun = np.append(weight.ravel(), bias.ravel()).astype(np.float64)
    counts = np.where(truth < PRESENT, doubt, 1.0)
    fitted = logistic(features, truth, counts, begun)
    for tensor, values, old in zip(stored, (fitted[:-1], fitted[-1:]), (weight, bias), strict=True):
        set_constant(model, tensor, values.astype(np.float32).reshape(old.shape))


def reader(model: Any, output: int) -> Callable[[np.ndarray], np.ndarray]:
    """What gives the features (n, c) of inputs (n, height, width, 3) that the presence is made of.

    Raises ModelError as :func:`refit` does.
    """
    graph = copy.copy(model.subgraphs[0])
    graph.outputs = np.array([_layer(model, output).inputs[0]], np.int32)
    exposed = copy.copy(model)
    exposed.subgraphs, exposed.signatureDefs = [graph], None
    runner = Runner(serialize(exposed))
    return lambda images: runner(images)[0].reshape(len(images), -1)


def logistic(
    features: np.ndarray, truth: np.ndarray, counts: np.ndarray, begun: np.ndarray
) -> np.ndarray:
    """Weights (c + 1,), the bias last, that give ``truth`` (n,) from ``features`` (n, c).

    ``counts`` (n,) weigh the rows. It is a ridge towards the weights ``begun``, by Newton's method.
    """
    inputs = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    ridge = RIDGE * np.append(inputs[:, :-1].var(axis=0) + 1e-9, 0.0)
    weights = begun.copy()
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (counts * (chance - truth)) + ridge * (weights - begun)
        curve = (inputs * (counts * chance * (1 - chance))[:, None]).T @ inputs
        step = np.linalg.solve(curve + np.diag(ridge + 1e-6), slope)
        weights -= step * min(1.0, 10 / (np.abs(inputs @ step).max() + 1e-9))
    return weights


def _layer(model: Any, output: int) -> Any:
    graph = model.subgraphs[0]
    makers = {int(one.outputs[0]): one for one in graph.operators}
    made = makers[int(graph.outputs[output])]
    layer = makers.get(int(made.inputs[0]))
    names = [operator_name(model, one) for one in (layer, made) if one]
    if layer is None or names != ["FULLY_CONNECTED", "LOGISTIC"] or int(layer.inputs[1]) in makers:
        raise ModelError(f"a presence that {' and '.join(names)} make cannot be fitted")
    return layer
