"""Overflow-safe weights: sums of products of bytes fit into 16 bits.

:mod:`compress.tflite.saturation` defines the bound. A convolution meets it by coarser steps of the
channels that need them, and by clipping where that costs less; the channel's other weights
compensate the error of either (see :mod:`compress.fit.gptq`).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from compress.fit.export_int8 import store_integer_layer
from compress.fit.gptq import Grid
from compress.fit.import_int8 import Simulated, simulated
from compress.fit.network import Convolution, Network, Step
from compress.fit.reconstruct import reconstruct
from compress.tflite import trim
from compress.tflite.model_file import ModelError
from compress.tflite.saturation import convolution_sums, excess, is_window, window_sums

GRADES = 4
"""Steps grow by powers of two with this many grades between one and the next."""

LARGEST_MULTIPLIER = 0.5
"""Of a step times the input's scale over the result's scale. Kernels refuse more than 1, and a bias
is as fine as this."""


def make_overflow_safe(model: Any, images: Tensor, *, depthwise: bool = True) -> None:
    """Make an int8 model's convolutions meet the bound, in place.

    ``images`` (n, height, width, 3) are what layers are fitted on, one after the other, from the
    inputs that the changed network has by then. The given weights are the target. Without
    ``depthwise`` depthwise convolutions keep their weights. Raises ModelError for a model without
    int8 operators.
    """
    found = simulated(model)
    if not found.network.groups:
        raise ModelError("the model has no int8 operator")
    layers = {
        step.position: step.layer
        for step in found.network.steps
        if isinstance(step.layer, Convolution) and found.network.is_quantized(step)
    }
    grids = {
        position: _grid(found, found.network.steps[position], layer)
        for position, layer in layers.items()
        if not layer.is_depthwise or (depthwise and is_window(*layer.weight.shape[2:]))
    }
    reconstruct(Network(found.model).eval(), found.network, images, weights=False, grids=grids)
    for position, layer in layers.items():
        assert layer.steps is not None
        operator = found.operators[position]
        source = model.subgraphs[0].tensors[int(operator.inputs[0])]
        scale = float(source.quantization.scale[0])
        store_integer_layer(model, operator, layer, layer.steps.numpy(), scale)
    trim.sweep(model)


def _grid(found: Simulated, step: Step, layer: Convolution) -> Grid:
    """Steps from the file's to those at which hardly anything has to be clipped."""
    assert layer.steps is not None
    multiples = (layer.weight.detach() / layer.steps[:, None, None, None]).round()
    shape = layer.weight.shape[1:]
    sums = window_sums(shape[-1]) if layer.is_depthwise else convolution_sums(*shape)
    too_large = torch.from_numpy(excess(multiples.numpy(), sums)).float()
    needed = too_large.clamp_min(1).log2().mul(GRADES).ceil() / GRADES
    choices = math.ceil(float(needed.max()) * GRADES) + 1
    coarser = (torch.arange(choices)[:, None] / GRADES).minimum(needed).exp2()
    source, target = (
        found.network.quantizer(tensor).scale.detach() for tensor in (step.inputs[0], step.output)
    )
    coarsest = (LARGEST_MULTIPLIER * target / source).maximum(layer.steps)
    return Grid(
        (layer.steps * coarser).minimum(coarsest),
        torch.from_numpy(sums.sums),
        None if sums.groups is None else torch.from_numpy(sums.groups),
    )
