"""What a model costs: parameters and multiply-accumulates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from compress.model_file import operator_name, shape

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "PRELU")


@dataclass(frozen=True)
class Cost:
    """Parameters (weights and biases) and multiply-accumulates of one inference."""

    parameters: int
    macs: int


def cost(model: Any) -> Cost:
    """Cost of a folded model; only convolutions and fully connected layers count as MACs."""
    graph = model.subgraphs[0]
    parameters = 0
    for operator in graph.operators:
        if operator_name(model, operator) in _WEIGHTED:
            tensors = [graph.tensors[index] for index in operator.inputs[1:] if index >= 0]
            parameters += sum(_size(tensor) for tensor in tensors)
    return Cost(parameters, sum(macs_of(model, operator) for operator in graph.operators))


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
