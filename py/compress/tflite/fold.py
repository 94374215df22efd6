"""The fold stage: every constant becomes a dense float32 array; the results stay bit-identical.

MediaPipe stores weights as float16 behind DEQUANTIZE operators, some of them sparse behind
DENSIFY; our own weights of float operators are int8. The interpreter expands them at start-up
anyway; folded, they are ordinary constants that the later stages can change. Operator codes are
also written in both of the schema's fields, since quantizers look at one of them and older files
fill only the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite.model_file import (
    ModelError,
    constant,
    is_constant,
    operator_name,
    set_constant,
    shape,
    stored_values,
)


def fold(model: Any) -> None:
    """Fold DENSIFY and DEQUANTIZE of constants, in place.

    The operators are removed; their constants are left for :func:`compress.tflite.trim.sweep`.
    """
    graph = model.subgraphs[0]
    kept = []
    for operator in graph.operators:
        name = operator_name(model, operator)
        source = graph.tensors[operator.inputs[0]]
        if name == "DENSIFY" and is_constant(model, source):
            set_constant(model, graph.tensors[operator.outputs[0]], densify(model, source))
        elif name == "DEQUANTIZE" and is_constant(model, source):
            set_constant(model, graph.tensors[operator.outputs[0]], real_values(model, source))
        else:
            kept.append(operator)
    graph.operators = kept
    for code in model.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)


def real_values(model: Any, tensor: Any) -> np.ndarray:
    """A constant's values as float32: integers less their zero points, times their scales."""
    values = constant(model, tensor)
    quantization = tensor.quantization
    if quantization is None or quantization.scale is None:
        return values.astype(np.float32)
    along = [1] * values.ndim
    if len(quantization.scale) > 1:
        along[quantization.quantizedDimension] = -1
    zero_points = np.asarray(quantization.zeroPoint, np.float64).reshape(along)
    scales = np.asarray(quantization.scale, np.float64).reshape(along)
    return np.asarray((values - zero_points) * scales, np.float32)


def densify(model: Any, tensor: Any) -> np.ndarray:
    """Dense values of a sparse constant.

    The format (Kjolstad et al., "The Tensor Algebra Compiler", 2017) stores one level after the
    other: a dense level counts through its size, a compressed one lists, for each position of the
    level above, the indices that hold values. Blocks are further dense levels at the end.
    """
    sparsity = tensor.sparsity
    if sparsity is None:
        return constant(model, tensor)
    levels = np.zeros((1, 0), np.int64)
    for level in sparsity.dimMetadata:
        if level.format == schema.DimensionType.DENSE:
            counts = np.full(len(levels), level.denseSize)
            indices = np.tile(np.arange(level.denseSize), len(levels))
        else:
            counts = np.diff(np.asarray(level.arraySegments.values, np.int64))
            indices = np.asarray(level.arrayIndices.values, np.int64)
        levels = np.column_stack([np.repeat(levels, counts, axis=0), indices])
    values = stored_values(model, tensor)
    if len(values) != len(levels):
        raise ModelError(f"sparse constant {tensor.name!r} holds the wrong number of values")
    dense = np.zeros(shape(tensor), values.dtype)
    dense[_coordinates(sparsity, levels, dense.ndim)] = values
    return dense


def _coordinates(sparsity: Any, levels: np.ndarray, dimensions: int) -> tuple[np.ndarray, ...]:
    """Index arrays, one a dimension, of the stored values whose level indices are given."""
    column = {int(dimension): i for i, dimension in enumerate(sparsity.traversalOrder)}
    coordinates = [levels[:, column[dimension]] for dimension in range(dimensions)]
    blocked = [] if sparsity.blockMap is None else [int(d) for d in sparsity.blockMap]
    for block, dimension in enumerate(blocked, start=dimensions):
        size = sparsity.dimMetadata[column[block]].denseSize
        coordinates[dimension] = coordinates[dimension] * size + levels[:, column[block]]
    return tuple(coordinates)
