"""Weights that no picture needs become zero, which a file holds in next to no bytes.

Behind RELU many channels are zero wherever one looks (Hu et al., "Network Trimming", 2016), and
some are another constant. What a layer computes of such a channel goes into its bias, and the
weights that read the channel or make it become zero. Results stay the same, up to the rounding of
biases. The channels themselves stay: of those that skips pass, other blocks use some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from compress.fit.export_int8 import store_integer_layer, store_weight
from compress.fit.import_int8 import Simulated, simulated
from compress.fit.network import ACTIVATION_RANGES, Convolution, Dense, Network, Step
from compress.tflite import trim
from compress.tflite.dequantize import conversions
from compress.tflite.model_file import set_constant, shape

_BATCH = 8


def zero_constant_channels(model: Any, images: Tensor) -> None:
    """Make the weights zero that make or read constant channels of an int8 model, in place.

    ``images`` (n, height, width, 3) tell which channels are constant.
    """
    found = simulated(model)
    ranges = channel_ranges(found.network, images)
    readers = Counter(index for step in found.network.steps for index in step.inputs)
    silenced = {
        index: silent
        for step in found.network.steps
        if step.operator == "ADD" and not found.network.is_quantized(step)
        for index, silent in _silenced_by_sum(step, ranges).items()
        if readers[index] == 1
    }
    for step, operator in zip(found.network.steps, found.operators, strict=True):
        layer = step.layer
        if isinstance(layer, Convolution | Dense) and layer.steps is not None:
            with torch.no_grad():
                _read_no_constants(layer, ranges[step.inputs[0]])
                _make_no_constants(layer, ranges[step.output])
                if step.output in silenced and not step.activation:
                    low, silent = silenced[step.output]
                    layer.weight[silent], layer.bias[silent] = 0.0, low
            _store(model, found, step, operator, layer)
    trim.sweep(model)


@torch.no_grad()
def channel_ranges(network: Network, images: Tensor) -> dict[int, Tensor]:
    """The lowest and the highest value (2, channels) of every tensor of steps."""
    tensors = {network.input, *(step.output for step in network.steps)}
    ranges: dict[int, Tensor] = {}
    for batch in torch.split(images, _BATCH):
        _, kept = network(batch, keep=tensors)
        kept.setdefault(network.input, batch.permute(0, 3, 1, 2))
        for tensor, value in kept.items():
            axes = tuple(axis for axis in range(value.ndim) if axis != 1)
            low, high = value.amin(axes), value.amax(axes)
            before = ranges.get(tensor, torch.stack([low, high]))
            ranges[tensor] = torch.stack([low.minimum(before[0]), high.maximum(before[1])])
    return ranges


def _constant(found: Tensor) -> Tensor:
    return found[0] == found[1]


def _silenced_by_sum(step: Step, ranges: Mapping[int, Tensor]) -> dict[int, tuple[float, Tensor]]:
    """For each summand the value that keeps a sum at zero, and the channels where it is zero.

    The other summand is at most as high as an activation lets it be; without such a limit there
    is no such value.
    """
    low, high = ACTIVATION_RANGES[step.activation]
    if not np.isfinite(low) or not np.isfinite(high):
        return {}
    silent = (ranges[step.output] == low).all(0)
    one, other = step.inputs
    return {
        index: (low - high, silent)
        for index, beside in ((one, other), (other, one))
        if float(ranges[beside].min()) >= low and float(ranges[beside].max()) <= high
    }


def _read_no_constants(layer: Convolution | Dense, found: Tensor) -> None:
    """Move what constant inputs add into the bias; at a padded border only zeros are constant."""
    if isinstance(layer, Convolution) and layer.is_depthwise:
        return
    if layer.weight.shape[1] != found.shape[1]:
        return  # positions become channels here
    constant = _constant(found)
    if isinstance(layer, Convolution) and any(layer.padding):
        constant = constant & (found[0] == 0)
    read = layer.weight.reshape(*layer.weight.shape[:2], -1).sum(2)[:, constant]
    layer.bias.add_(read @ found[0][constant])
    layer.weight[:, constant] = 0.0


def _make_no_constants(layer: Convolution | Dense, found: Tensor) -> None:
    """Make constant outputs by the bias alone."""
    constant = _constant(found)
    layer.weight[constant] = 0.0
    layer.bias[constant] = found[0][constant]


def _store(
    model: Any, found: Simulated, step: Step, operator: Any, layer: Convolution | Dense
) -> None:
    """Write a layer back; outputs without weights get a step that others have, to compress."""
    assert layer.steps is not None
    used = layer.weight.detach().flatten(1).any(1)
    steps = layer.steps.where(used, layer.steps[used].median()) if used.any() else layer.steps
    scales = steps.numpy()
    tensors = model.subgraphs[0].tensors
    if found.network.is_quantized(step):
        scale = float(tensors[int(operator.inputs[0])].quantization.scale[0])
        store_integer_layer(model, operator, layer, scales, scale)
        return
    weight, bias = (int(index) for index in operator.inputs[1:3])
    store_weight(model, tensors[conversions(model).get(weight, weight)], layer, scales)
    values = layer.bias.detach().numpy()
    set_constant(model, tensors[bias], values.reshape(shape(tensors[bias])))
