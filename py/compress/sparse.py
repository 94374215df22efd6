"""Constants that are mostly zeros, stored without them: the opposite of folding DENSIFY.

Its longest dimension of up to 256 is compressed (see :func:`compress.fold.densify` for
the format): an int8 value then costs two bytes, which pays where most are zeros.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.model_file import constant, set_constant, shape

LEAST_ZEROS = 0.6
"""Part of zeros from which on a constant is stored sparse."""

_INDICES = 256
"""An index is one byte, so that the compressed dimension may be this long."""


def worth_it(values: np.ndarray) -> bool:
    """Whether a constant gets smaller, and has a dimension that can be compressed."""
    sides = [size for size in values.shape if 1 < size <= _INDICES]
    return bool(sides) and float((values == 0).mean()) >= LEAST_ZEROS


def make_sparse(model: Any, tensor: Any) -> None:
    """Store a dense constant without its zeros, in place; DENSIFY must expand it."""
    values = constant(model, tensor)
    size = shape(tensor)
    compressed = max(
        (dimension for dimension, side in enumerate(size) if side <= _INDICES),
        key=lambda dimension: size[dimension],
    )
    order = [d for d in range(values.ndim) if d != compressed] + [compressed]
    rows = values.transpose(order).reshape(-1, size[compressed])
    row, index = np.nonzero(rows)
    set_constant(model, tensor, rows[row, index])
    tensor.shape = np.array(size, np.int32)
    parameters = schema.SparsityParametersT()
    parameters.traversalOrder = np.array(order, np.int32)
    segments = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(rows)))])
    levels = [_dense(size[dimension]) for dimension in order[:-1]]
    parameters.dimMetadata = [*levels, _compressed(segments, index)]
    tensor.sparsity = parameters


def _dense(size: int) -> Any:
    level = schema.DimensionMetadataT()
    level.format = schema.DimensionType.DENSE
    level.denseSize = size
    return level


def _compressed(segments: np.ndarray, indices: np.ndarray) -> Any:
    level = schema.DimensionMetadataT()
    level.format = schema.DimensionType.SPARSE_CSR
    level.arraySegmentsType = schema.SparseIndexVector.Int32Vector
    level.arraySegments = schema.Int32VectorT()
    level.arraySegments.values = segments.astype(np.int32)
    level.arrayIndicesType = schema.SparseIndexVector.Uint8Vector
    level.arrayIndices = schema.Uint8VectorT()
    level.arrayIndices.values = indices.astype(np.uint8)
    return level
