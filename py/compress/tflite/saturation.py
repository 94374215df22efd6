"""Whether sums of byte products fit into 16 bits, convolution by convolution.

Most x86 processors multiply unsigned with signed bytes and add two neighbouring products with
saturation to int16 (PMADDUBSW, which WebAssembly's relaxed dot product becomes); kernels add more
of such pairs before they widen them. Activations are at most 255.

- A convolution adds two pairs. That is exact as long as the weights of one sum that have the same
  sign add up to at most 128.
- A depthwise convolution pairs the rows of its window, and in the last one the columns; for a pair
  the same holds. Sums of two rows, and of the last one, may begin anywhere and wrap around, so that
  only their range counts: their weights without signs add up to at most 257.

A convolution whose weights exceed a bound is *wide*: kernels compute it in 16 bits, which is
slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite.cost import macs_of
from compress.tflite.model_file import constant, operator_name

LARGEST_SUM = 128
"""Of weights of the same sign in one sum: 255 * 128 < 2^15."""

LARGEST_TOTAL = 257
"""Of weights without their signs in one group: 255 * 257 < 2^16."""

WINDOWS = (3, 5)
"""Sizes of the depthwise convolutions that are computed in pairs."""


@dataclass(frozen=True)
class Sums:
    """Which sum and which group each weight of an output channel belongs to, flat."""

    sums: np.ndarray
    groups: np.ndarray | None = None


def convolution_sums(inputs: int, rows: int, columns: int) -> Sums:
    """The sums of weights (inputs, rows, columns).

    At every tap, of each eight input channels the first, second, fifth and sixth are summed, and
    the other four.
    """
    channel, row, column = np.indices((inputs, rows, columns))
    group = channel // 8 * 2 + channel % 4 // 2
    return Sums(np.ravel((group * rows + row) * columns + column))


def window_sums(size: int) -> Sums:
    """The sums of a depthwise window (size, size), whose number of rows is odd."""
    row, column = np.indices((size, size))
    last = row == size - 1
    pair = np.where(last, size * (size // 2) + column // 2, row // 2 * size + column)
    return Sums(np.ravel(pair), np.ravel(row // 2))


def excess(weights: np.ndarray, sums: Sums) -> np.ndarray:
    """By which factor each channel's weights are too large, (outputs,): at most 1 where they fit.

    ``weights`` (outputs, ...) are integers.
    """
    flat = weights.reshape(len(weights), -1).astype(float)
    signs = flat.clip(min=0), -flat.clip(max=0)
    found = [_totals(part, sums.sums) / LARGEST_SUM for part in signs]
    if sums.groups is not None:
        found.append(_totals(np.abs(flat), sums.groups) / LARGEST_TOTAL)
    return np.asarray(np.max(found, axis=0))


def _totals(weights: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The largest of each channel's totals of the weights with the same number."""
    belongs = np.equal.outer(number, np.unique(number)).astype(float)
    return np.asarray((weights @ belongs).max(axis=1))


def wide(model: Any) -> dict[int, int]:
    """Multiply-accumulates of every int8 convolution whose sums may saturate, by its position."""
    return {
        position: macs_of(model, operator)
        for position, operator in int8_convolutions(model).items()
        if excess(*_weights(model, operator)).max() > 1
    }


def int8_convolutions(model: Any) -> dict[int, Any]:
    """Operators that are an int8 convolution with kernels for pairs, by position."""
    return {
        position: operator
        for position, operator in enumerate(model.subgraphs[0].operators)
        if _is_in_pairs(model, operator)
    }


def _is_in_pairs(model: Any, operator: Any) -> bool:
    tensors = model.subgraphs[0].tensors
    if tensors[operator.inputs[0]].type != schema.TensorType.INT8:
        return False
    name = operator_name(model, operator)
    if name == "DEPTHWISE_CONV_2D":
        return is_window(*tensors[operator.inputs[1]].shape[1:3])
    return name == "CONV_2D"


def is_window(rows: int, columns: int) -> bool:
    """Whether a depthwise convolution of this size is computed in pairs."""
    return rows == columns and rows in WINDOWS


def _weights(model: Any, operator: Any) -> tuple[np.ndarray, Sums]:
    """Weights (outputs, inputs, rows, columns), and which sums they go into."""
    values = constant(model, model.subgraphs[0].tensors[operator.inputs[1]])
    if operator_name(model, operator) == "CONV_2D":
        weights = np.transpose(values, (0, 3, 1, 2))
        return weights, convolution_sums(*weights.shape[1:])
    return np.transpose(values, (3, 0, 1, 2)), window_sums(values.shape[1])
