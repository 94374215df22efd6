"""Whether sums of byte products fit into 16 bits, convolution by convolution.

Most x86 processors multiply unsigned with signed bytes and add two neighbouring products with
saturation to int16 (PMADDUBSW, which WebAssembly's relaxed dot product becomes); a kernel adds two
such pairs before it widens them. Activations are at most 255, so this is exact as long as the
weights of one sum that have the same sign add up to at most 128. A convolution whose weights do not
is computed in 16 bits, which is slower. Depthwise convolutions gain nothing and may have any
weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.cost import macs_of
from compress.model_file import constant, operator_name

LARGEST_SUM = 128
"""Of weights of the same sign in one sum: 255 * 128 < 2^15."""


def sum_numbers(inputs: int, rows: int, columns: int) -> np.ndarray:
    """Number of the 16-bit sum of each weight of an output channel, (inputs, rows, columns).

    At every tap, of each eight input channels the first, second, fifth and sixth are summed, and
    the other four.
    """
    channel, row, column = np.indices((inputs, rows, columns))
    group = channel // 8 * 2 + channel % 4 // 2
    return np.asarray((group * rows + row) * columns + column)


def largest_sums(weights: np.ndarray) -> np.ndarray:
    """Largest sum of weights of the same sign, (outputs,).

    ``weights`` (outputs, inputs, rows, columns) are integers.
    """
    number = sum_numbers(*weights.shape[1:]).ravel()
    belongs = np.equal.outer(number, np.unique(number)).astype(float)
    flat = weights.reshape(len(weights), -1).astype(float)
    totals = [part @ belongs for part in (flat.clip(min=0), -flat.clip(max=0))]
    return np.asarray(np.max(totals, axis=(0, 2)), np.int64)


def wide(model: Any) -> dict[int, int]:
    """Multiply-accumulates of every int8 convolution whose sums may saturate, by its position."""
    return {
        position: macs_of(model, operator)
        for position, operator in int8_convolutions(model).items()
        if largest_sums(_weights(model, operator)).max() > LARGEST_SUM
    }


def int8_convolutions(model: Any) -> dict[int, Any]:
    """Operators that are an int8 CONV_2D, by position."""
    graph = model.subgraphs[0]
    return {
        position: operator
        for position, operator in enumerate(graph.operators)
        if operator_name(model, operator) == "CONV_2D"
        and graph.tensors[operator.inputs[0]].type == schema.TensorType.INT8
    }


def _weights(model: Any, operator: Any) -> np.ndarray:
    values = constant(model, model.subgraphs[0].tensors[operator.inputs[1]])
    return np.transpose(values, (0, 3, 1, 2))
