"""Weights of 8 bits for a network that goes on computing in float arithmetic.

For networks that no recipe can fit, since they see no pictures: each output channel's weights are
rounded to the scale that changes them least. They are expanded when the model is loaded.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import model_file, trim
from compress.tflite.model_file import (
    add_constant,
    add_tensor,
    constant,
    is_constant,
    operator,
    operator_code,
    operator_name,
    quantization,
    shape,
)

LIMIT = 127
_CLIPPED = np.linspace(0.7, 1.0, 31)
"""Parts of a channel's largest weight at which the others are tried to be finer."""


def rounded(content: bytes, kept: Collection[int] = (), name: str = "the model") -> bytes:
    """The model with the weights of its convolutions as int8; biases stay.

    So do the weights of the operators at the positions ``kept``, on which much depends. Raises
    ModelError for what is no model.
    """
    model = model_file.parse(content, name)
    graph = model.subgraphs[0]
    graph.operators = [
        each
        for position, one in enumerate(graph.operators)
        for each in ([one] if position in kept else _stored(model, one))
    ]
    trim.sweep(model)
    trim.shorten_names(model)
    return model_file.serialize(model, compact=True)


def _stored(model: Any, reader: Any) -> list[Any]:
    """An operator, behind a DEQUANTIZE of its weight if it is a convolution of float weights."""
    tensors = model.subgraphs[0].tensors
    if operator_name(model, reader) != "CONV_2D":
        return [reader]
    weight = tensors[int(reader.inputs[1])]
    if not is_constant(model, weight) or weight.type != schema.TensorType.FLOAT32:
        return [reader]
    values, scales = nearest(constant(model, weight))
    stored = add_constant(model, weight.name + b"_int8", values)
    tensors[stored].quantization = quantization(scales, np.zeros(len(scales)))
    code = operator_code(model, schema.BuiltinOperator.DEQUANTIZE, 5)
    expanded = add_tensor(model, weight.name + b"_float", shape(weight), np.float32)
    reader.inputs = np.array([reader.inputs[0], expanded, *reader.inputs[2:]], np.int32)
    return [operator(code, [stored], [expanded]), reader]


def nearest(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A weight (outputs, ...) as int8, and the scale of each output that changes it least."""
    flat = weight.reshape(len(weight), -1).astype(np.float64)
    largest = np.abs(flat).max(axis=1, keepdims=True).clip(min=1e-12)
    best, error = np.zeros_like(largest), np.full_like(largest, np.inf)
    for part in _CLIPPED:
        scales = (part * largest / LIMIT).astype(np.float32)
        found = np.square(_rounded(flat, scales) * scales - flat).sum(axis=1, keepdims=True)
        best, error = np.where(found < error, scales, best), np.minimum(found, error)
    values = _rounded(flat, best).astype(np.int8).reshape(weight.shape)
    return values, best.astype(np.float32).ravel()


def _rounded(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.round(values / scales), -LIMIT, LIMIT))
