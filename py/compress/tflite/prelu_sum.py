"""PRELU by operators that have int8 kernels.

PRELU(x) is x + RELU((slope - 1) x) where the slope is at most 1: a depthwise convolution of one
pixel, and an addition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import trim
from compress.tflite.model_file import (
    add_tensor,
    constant,
    operator,
    operator_code,
    operator_name,
    set_constant,
    shape,
)

_OPERATOR = schema.BuiltinOperator


def as_sums(model: Any) -> None:
    """Replace every PRELU by such a sum, in place; slopes above 1 become 1."""
    graph = model.subgraphs[0]
    found = [
        _sum(model, one) if operator_name(model, one) == "PRELU" else [one]
        for one in graph.operators
    ]
    graph.operators = [one for several in found for one in several]
    trim.sweep(model)


def positions_after(model: Any, positions: frozenset[int]) -> frozenset[int]:
    """Where these operators of a model with PRELUs are in the model with sums instead."""
    names = [operator_name(model, one) for one in model.subgraphs[0].operators]
    starts = np.cumsum([0, *(2 if name == "PRELU" else 1 for name in names)])
    return frozenset(
        place for position in positions for place in range(*starts[position : position + 2])
    )


def _sum(model: Any, prelu: Any) -> list[Any]:
    """The depthwise convolution and the addition in the place of one PRELU."""
    graph = model.subgraphs[0]
    source, slopes = (int(index) for index in prelu.inputs)
    weight = np.minimum(constant(model, graph.tensors[slopes]).reshape(1, 1, 1, -1), 1) - 1
    constants = [
        _constant(model, values.astype(np.float32)) for values in (weight, np.zeros(weight.size))
    ]
    tensor = graph.tensors[source]
    part = add_tensor(model, tensor.name + b"_negative", shape(tensor), np.float32)
    code = operator_code(model, _OPERATOR.DEPTHWISE_CONV_2D, 1)
    product = operator(code, [source, *constants], [part])
    product.builtinOptionsType = schema.BuiltinOptions.DepthwiseConv2DOptions
    product.builtinOptions = options = schema.DepthwiseConv2DOptionsT()
    options.strideH = options.strideW = options.depthMultiplier = 1
    options.dilationHFactor = options.dilationWFactor = 1
    options.fusedActivationFunction = schema.ActivationFunctionType.RELU
    code = operator_code(model, _OPERATOR.ADD, 1)
    added = operator(code, [source, part], [int(prelu.outputs[0])])
    added.builtinOptionsType = schema.BuiltinOptions.AddOptions
    added.builtinOptions = schema.AddOptionsT()
    return [product, added]


def _constant(model: Any, values: np.ndarray) -> int:
    index = add_tensor(model, b"slopes", values.shape, np.float32)
    set_constant(model, model.subgraphs[0].tensors[index], values)
    return index
