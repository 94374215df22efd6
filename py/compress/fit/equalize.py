"""Cross-layer equalization: every channel of a tensor uses its int8 range alike.

A channel that stays far below its tensor's largest value has only a few int8 steps, and the next
layer's large weights amplify their rounding. Multiplying a channel where it is made and
dividing where it is read changes nothing in float (Nagel et al., "Data-Free Quantization Through
Weight Equalization and Bias Correction", 2019). Channels that meet in an addition, a pad or a pool
are scaled alike; RELU6 lets a channel grow only as long as it stays below 6.

Weights that read small channels shrink, and those that make them grow, so that weights are rounded
more coarsely: half of the way can be better than all of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import Tensor

from compress.fit.channels import Channels, find_channels
from compress.fit.network import Network
from compress.tflite.model_file import constant, operator_name, set_constant

LARGEST_CHANGE = 64.0
"""A channel is scaled by at most this, up or down."""

CEILING = 4.0
"""Channels under RELU6 grow up to here: other pictures than those seen need some room."""

_BATCH = 16


def equalize(model: Any, images: Tensor, strength: float = 1.0) -> None:
    """Rescale the channels of a folded model, in place.

    ``images`` (n, height, width, 3) show what the channels' largest values are. ``strength`` says
    how far channels grow, in logarithms: at 1 their ranges become alike.
    """
    channels = find_channels(model, through_depthwise=False)
    peaks = _peaks(model, channels, images)
    factors = _factors(model, channels, peaks)
    scale = {
        tensor: np.array([factors.get(group, 1.0) for group in groups.tolist()]) ** strength
        for tensor, groups in channels.groups.items()
    }
    graph = model.subgraphs[0]
    for operator in graph.operators:
        name = operator_name(model, operator)
        if name not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            continue
        source, target = scale[int(operator.inputs[0])], scale[int(operator.outputs[0])]
        weight = graph.tensors[operator.inputs[1]]
        if name == "DEPTHWISE_CONV_2D":
            values = constant(model, weight) * (target / source)
        else:
            values = constant(model, weight)
            values = values / source if len(source) == values.shape[-1] else values
            values = values * target.reshape(-1, *[1] * (values.ndim - 1))
        set_constant(model, weight, values.astype(np.float32))
        if len(operator.inputs) > 2:
            bias = graph.tensors[operator.inputs[2]]
            set_constant(model, bias, (constant(model, bias) * target).astype(np.float32))


@torch.no_grad()
def _peaks(model: Any, channels: Channels, images: Tensor) -> dict[int, float]:
    """Largest absolute value of each group of channels."""
    peaks: dict[int, float] = {}
    network = Network(model).eval()
    for batch in torch.split(images, _BATCH):
        _, kept = network(batch, keep=set(channels.groups))
        for tensor, value in kept.items():
            axes = (0, 2, 3) if value.ndim == 4 else tuple(range(value.ndim - 1))
            found = value.abs().amax(axes).tolist()
            for group, peak in zip(channels.groups[tensor].tolist(), found, strict=True):
                peaks[group] = max(peaks.get(group, 0.0), peak)
    return peaks


def _factors(model: Any, channels: Channels, peaks: dict[int, float]) -> dict[int, float]:
    """What each group is multiplied by; groups that must stay are left out."""
    limited, fixed = _limited_groups(model, channels)
    target: dict[int, float] = {}
    for groups in channels.groups.values():
        present = [peaks.get(group, 0.0) for group in groups.tolist()]
        for group in groups.tolist():
            target[group] = max(target.get(group, 0.0), *present)
    factors = {}
    for group, peak in peaks.items():
        if group in fixed or peak < 1e-6:
            continue
        factor = max(1.0, CEILING / peak) if group in limited else target[group] / peak
        factors[group] = min(factor, LARGEST_CHANGE)
    return factors


def _limited_groups(model: Any, channels: Channels) -> tuple[set[int], set[int]]:
    """Groups under RELU6, and groups that no factor may touch."""
    limited: set[int] = set()
    fixed = set(channels.fixed)
    for operator in model.subgraphs[0].operators:
        output = channels.groups[int(operator.outputs[0])].tolist()
        activation = getattr(operator.builtinOptions, "fusedActivationFunction", 0)
        if activation == schema.ActivationFunctionType.RELU6:
            limited.update(output)
        if operator_name(model, operator) == "LOGISTIC":
            fixed.update(output)
    return limited, fixed
