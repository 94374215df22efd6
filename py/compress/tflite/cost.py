"""What a model costs: parameters and multiply-accumulates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from compress.tflite.model_file import operator_name, shape

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "PRELU")


@dataclass(frozen=True)
class Cost:
    """Parameters (weights and biases) and multiply-accumulates of one inference."""

    parameters: int
    macs: int


def cost(model: Any) -> Cost:
    """Cost of a folded model; only convolutions and fully connected layers count as MACs."""
    operators = model.subgraphs[0].operators
    return Cost(
        sum(parameters_of(model, operator) for operator in operators),
        sum(macs_of(model, operator) for operator in operators),
    )


def parameters_of(model: Any, operator: Any) -> int:
    """Weights and biases of one operator."""
    if operator_name(model, operator) not in _WEIGHTED:
        return 0
    tensors = model.subgraphs[0].tensors
    return sum(_size(tensors[index]) for index in operator.inputs[1:] if index >= 0)


def macs_of(model: Any, operator: Any) -> int:
    """Multiply-accumulates of one operator of a folded model."""
    tensors = model.subgraphs[0].tensors
    name = operator_name(model, operator)
    if name == "FULLY_CONNECTED":
        return _size(tensors[operator.inputs[1]])
    if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        height, width = shape(tensors[operator.outputs[0]])[1:3]
        return _size(tensors[operator.inputs[1]]) * height * width
    return 0


def _size(tensor: Any) -> int:
    return int(np.prod(shape(tensor), dtype=np.int64))
