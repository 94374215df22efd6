"""What a model costs: parameters, multiply-accumulates and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from compress.model_file import is_constant, operator_name, shape

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "PRELU")


@dataclass(frozen=True)
class Cost:
    """Parameters (weights and biases) and multiply-accumulates of one inference."""

    parameters: int
    macs: int


def cost(model: Any) -> Cost:
    """Cost of a folded model; only convolutions and fully connected layers count as MACs."""
    graph = model.subgraphs[0]
    parameters = macs = 0
    for operator in graph.operators:
        name = operator_name(model, operator)
        if name not in _WEIGHTED:
            continue
        tensors = [graph.tensors[index] for index in operator.inputs[1:] if index >= 0]
        parameters += sum(_size(tensor) for tensor in tensors if is_constant(model, tensor))
        weights = shape(tensors[0])
        positions = shape(graph.tensors[operator.outputs[0]])[1:3]
        if name == "CONV_2D":
            macs += int(np.prod(weights) * np.prod(positions))
        elif name == "DEPTHWISE_CONV_2D":
            macs += int(np.prod(weights) * np.prod(positions))
        elif name == "FULLY_CONNECTED":
            macs += int(np.prod(weights))
    return Cost(parameters, macs)


def _size(tensor: Any) -> int:
    return int(np.prod(shape(tensor), dtype=np.int64))
