"""Layers whose weights int8 holds better, since the inputs take over a part of their range.

Weights have one scale an output. Where some inputs are a thousand times larger than others, the
weights of the small ones are large, and those of the large ones are rounded too coarsely. Inputs
are multiplied, and weights divided, by the root of the largest weight over the input's mean size
(Xiao et al., "SmoothQuant", 2023, with strength 0.5, towards the inputs). In float arithmetic
nothing changes.
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

_LEAST = 1e-6
"""Of a weight or an input, so that one which is always zero has a factor too."""


@torch.no_grad()
def smooth(model: Any, position: int, images: Tensor) -> None:
    """Smooth the layer at ``position``, in place: a MUL stands before it then.

    ``images`` (n, height, width, 3) show how large its inputs are. Raises ModelError where it is no
    convolution whose window covers its whole input.
    """
    graph = model.subgraphs[0]
    layer = graph.operators[position]
    source, weight = int(layer.inputs[0]), graph.tensors[int(layer.inputs[1])]
    size = shape(graph.tensors[source])
    if operator_name(model, layer) != "CONV_2D" or shape(weight)[1:] != size[1:]:
        raise ModelError(f"operator {position} is no convolution over all of its input")
    factors = _factors(constant(model, weight), _sizes(model, source, images))
    set_constant(model, weight, constant(model, weight) / factors)
    scale = add_constant(model, b"smooth", factors[None])
    scaled = add_tensor(model, b"smooth", size, np.float32)
    multiply = operator(
        operator_code(model, schema.BuiltinOperator.MUL, 1), [source, scale], [scaled]
    )
    multiply.builtinOptionsType = schema.BuiltinOptions.MulOptions
    multiply.builtinOptions = schema.MulOptionsT()
    layer.inputs = np.array([scaled, *layer.inputs[1:]], np.int32)
    graph.operators = [*graph.operators[:position], multiply, *graph.operators[position:]]


def _sizes(model: Any, tensor: int, images: Tensor) -> np.ndarray:
    """The root mean square of every value of a tensor, (height, width, channels)."""
    _, kept = Network(model).eval()(images, keep={tensor})
    return np.asarray(to_nhwc(kept[tensor]).square().mean(0).sqrt().numpy())


def _factors(weight: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    largest = np.abs(weight).max(axis=0).clip(min=_LEAST)
    return np.asarray(np.sqrt(largest / sizes.clip(min=_LEAST)), np.float32)
