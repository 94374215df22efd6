"""Layers that int8 holds better, since inputs are multiplied by a constant and weights divided.

In float arithmetic nothing changes.

- A convolution over all of its input: weights have one scale an output. Where some inputs are a
  thousand times larger than others, the weights of the small ones are large, and those of the large
  ones are rounded too coarsely. Inputs are multiplied by the root of the largest weight over the
  input's mean size (Xiao et al., "SmoothQuant", 2023, with strength 0.5, towards the inputs).
- A depthwise convolution: weights have one scale a channel, but inputs one for all. Channels are
  multiplied until their ranges are alike, so that small ones are rounded as finely as large ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import Tensor

from compress.fit.network import Network, to_nhwc
from compress.tflite.model_file import (
    ModelError,
    add_constant,
    add_tensor,
    constant,
    operator,
    operator_code,
    operator_name,
    set_constant,
    shape,
)

LARGEST_CHANGE = 256.0
"""A channel is multiplied by at most this."""

_LEAST = 1e-6
"""Of a weight or an input, so that one which is always zero has a factor too."""


@torch.no_grad()
def smooth(model: Any, position: int, images: Tensor) -> None:
    """Smooth the layer at ``position``, in place: a MUL stands before it then.

    ``images`` (n, height, width, 3) show how large its inputs are. Raises ModelError where it is
    neither depthwise nor a convolution whose window covers its whole input.
    """
    graph = model.subgraphs[0]
    layer = graph.operators[position]
    source, weight = int(layer.inputs[0]), graph.tensors[int(layer.inputs[1])]
    size, name = shape(graph.tensors[source]), operator_name(model, layer)
    values = constant(model, weight)
    if name == "DEPTHWISE_CONV_2D":
        factors = _evening(_inputs(model, source, images))
        row = np.tile(factors, (1, size[2], 1))  # multiplied a row at a time, which is faster
    elif name == "CONV_2D" and shape(weight)[1:] == size[1:]:
        row = factors = _factors(values, _inputs(model, source, images))
    else:
        raise ModelError(f"operator {position} is no convolution over all of its input")
    set_constant(model, weight, values / factors)
    scale = add_constant(model, b"smooth", row[None])
    scaled = add_tensor(model, b"smooth", size, np.float32)
    multiply = operator(
        operator_code(model, schema.BuiltinOperator.MUL, 1), [source, scale], [scaled]
    )
    multiply.builtinOptionsType = schema.BuiltinOptions.MulOptions
    multiply.builtinOptions = schema.MulOptionsT()
    layer.inputs = np.array([scaled, *layer.inputs[1:]], np.int32)
    graph.operators = [*graph.operators[:position], multiply, *graph.operators[position:]]


def positions_smoothed(positions: frozenset[int], smoothed: tuple[int, ...]) -> frozenset[int]:
    """Where operators of a model are once these layers are smoothed, and where the MULs are."""
    moved = {place + sum(layer <= place for layer in smoothed) for place in positions}
    return frozenset(moved | {layer + before for before, layer in enumerate(sorted(smoothed))})


def _inputs(model: Any, tensor: int, images: Tensor) -> np.ndarray:
    """A tensor's values for all images, (n, height, width, channels)."""
    _, kept = Network(model).eval()(images, keep={tensor})
    return np.asarray(to_nhwc(kept[tensor]).numpy())


def _factors(weight: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Of every input (height, width, channels)."""
    sizes = np.sqrt(np.square(inputs).mean(axis=0))
    largest = np.abs(weight).max(axis=0).clip(min=_LEAST)
    return np.asarray(np.sqrt(largest / sizes.clip(min=_LEAST)), np.float32)


def _evening(inputs: np.ndarray) -> np.ndarray:
    """Of every channel, (channels,)."""
    peaks = np.abs(inputs).max(axis=(0, 1, 2)).clip(min=_LEAST)
    return np.asarray((peaks.max() / peaks).clip(max=LARGEST_CHANGE), np.float32)
