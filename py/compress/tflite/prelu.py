"""PRELU in other forms: by rows of pixels, which is faster, or as a sum, which has int8 kernels.

XNNPACK computes a PRELU pixel by pixel, since every pixel has the same slopes. Few channels make
such a step short: with 8 of them most of the time goes into calling it. So a row of pixels may
stand for one pixel with as many channels, and the slopes are repeated along it. Results are the
same.

PRELU(x) is x + RELU((slope - 1) x) where the slope is at most 1: a depthwise convolution of one
pixel, and an addition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import trim
from compress.tflite.model_file import (
    add_constant,
    add_tensor,
    constant,
    operator,
    operator_code,
    operator_name,
    shape,
)

_OPERATOR = schema.BuiltinOperator


def by_rows(model: Any, channels: int) -> None:
    """Let PRELUs of at most so many channels take a row of pixels at a time, in place."""
    graph = model.subgraphs[0]
    replaced = []
    for one in graph.operators:
        size = shape(graph.tensors[int(one.inputs[0])])
        wide = len(size) != 4 or size[3] > channels or size[2] == 1
        replaced += [one] if wide or operator_name(model, one) != "PRELU" else _rows(model, one)
    graph.operators = replaced


def _rows(model: Any, prelu: Any) -> list[Any]:
    """RESHAPE, PRELU and RESHAPE in the place of ``prelu``."""
    tensors = model.subgraphs[0].tensors
    source, slopes = (int(index) for index in prelu.inputs)
    before, after = shape(tensors[source]), int(prelu.outputs[0])
    count, height, width, channels = before
    row = (count, height, 1, width * channels)
    repeated = np.tile(constant(model, tensors[slopes]).reshape(1, 1, -1), width)
    wide, result = (add_tensor(model, b"row", row, np.float32) for _ in range(2))
    prelu.inputs = np.array([wide, add_constant(model, b"prelu", repeated)], np.int32)
    prelu.outputs = np.array([result], np.int32)
    return [_reshape(model, source, wide, row), prelu, _reshape(model, result, after, before)]


def _reshape(model: Any, source: int, target: int, size: tuple[int, ...]) -> Any:
    values = np.array(size, np.int32)
    made = operator(
        operator_code(model, _OPERATOR.RESHAPE, 1),
        [source, add_constant(model, b"prelu", values)],
        [target],
    )
    made.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
    made.builtinOptions = schema.ReshapeOptionsT()
    made.builtinOptions.newShape = values
    return made


def as_sums(model: Any) -> None:
    """Replace every PRELU by such a sum, in place; slopes above 1 become 1."""
    graph = model.subgraphs[0]
    found = [
        _sum(model, one) if operator_name(model, one) == "PRELU" else [one]
        for one in graph.operators
    ]
    graph.operators = [one for several in found for one in several]
    trim.sweep(model)


def positions_as_sums(model: Any, positions: frozenset[int]) -> frozenset[int]:
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
    bias = np.zeros(weight.size)
    constants = [
        add_constant(model, b"prelu", values.astype(np.float32)) for values in (weight, bias)
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
