"""Models as gzip files: small in the repository as on the wire, and read by browsers natively."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from compress.tflite.model_file import constant, is_constant

_GZIP = 16 + zlib.MAX_WBITS
_LEVELS = (5, 6, 7, 8)  # of memory: how many symbols share one table of codes
_STRATEGIES = (zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY)
_ITERATIONS = 5  # of zopfli


def entropies(model: Any) -> list[float]:
    """Bits that a weight of each int8 layer takes at least, in the order of the operators."""
    tensors = model.subgraphs[0].tensors
    weights = dict.fromkeys(
        int(index)
        for operator in model.subgraphs[0].operators
        for index in operator.inputs
        if index >= 0 and is_constant(model, tensors[index])
    )
    values = [constant(model, tensors[index]) for index in weights]
    return [_entropy(one) for one in values if one.dtype == np.int8]


def _entropy(values: np.ndarray) -> float:
    parts = np.unique(values, return_counts=True)[1] / values.size
    return float(-(parts * np.log2(parts)).sum())


def packed(content: bytes) -> bytes:
    """The smallest gzip file that zlib and zopfli make of it; the same content, the same bytes."""
    import zopfli.gzip  # noqa: PLC0415 - the report, which has other use for this module, needs none

    tried = (
        zlib.compressobj(9, zlib.DEFLATED, _GZIP, memory, strategy)
        for memory in _LEVELS
        for strategy in _STRATEGIES
    )
    fast = [one.compress(content) + one.flush() for one in tried]
    slow: bytes = zopfli.gzip.compress(content, numiterations=_ITERATIONS)
    return min(*fast, slow, key=len)
