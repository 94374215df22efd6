"""Weights on coarser grids, so that the file compresses: sensitive weights get more bits.

Weights stay int8 values with one scale a channel, and so does the arithmetic; but the scales (here:
steps) are as large as the outputs allow, which leaves few distinct values, and those an entropy
code stores in few bits (Han et al., "Deep Compression", 2016).

The step of a channel is inversely proportional to the sensitivity of the outputs to its weights:
the root mean square gradient (the diagonal of the Fisher information). A bit more or less then
costs the outputs the same everywhere, which is the best that a given size allows. One factor for
all layers sets the size.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from compress.fit.distil import certainty
from compress.fit.gptq import LIMIT
from compress.fit.network import Convolution, Dense, Network
from compress.fit.quantized import QuantizedNetwork, has_rounded_weights, weight_scales
from compress.recipe import Recipe

LARGEST_MULTIPLIER = 1 / 16
"""A bias is as fine as the step times the input's scale: at most this part of the result's."""

GRADES = 2
"""Steps are powers of two with this many grades between one and the next: scales compress too."""

SEED = 5


def rounded_layers(network: QuantizedNetwork) -> dict[int, Convolution | Dense]:
    """Layers whose weights are stored as int8, by position."""
    return {
        step.position: step.layer
        for step in network.steps
        if isinstance(step.layer, Convolution | Dense)
        and (network.is_quantized(step) or has_rounded_weights(step.layer))
    }


def prepare(network: QuantizedNetwork) -> None:
    """Give every layer steps, the finest, so that a state with steps can be loaded."""
    for layer in rounded_layers(network).values():
        layer.steps = weight_scales(layer)


def importance(reference: Network, recipe: Recipe, images: Tensor) -> dict[int, Tensor]:
    """How sensitive the outputs are to a weight of each output channel of each layer.

    It is the mean square over pictures (n, height, width, 3) and weights of the gradient of the
    outputs, each in units of the recipe's scales, combined with random factors.
    """
    generator = torch.Generator().manual_seed(SEED)
    layers = {
        step.position: step.layer
        for step in reference.steps
        if isinstance(step.layer, Convolution | Dense)
    }
    found = {position: torch.zeros(len(layer.weight)) for position, layer in layers.items()}
    for image in images:
        reference.zero_grad()
        outputs, _ = reference(image[None])
        torch.autograd.backward(_probe(recipe, outputs, generator))
        for position, layer in layers.items():
            if layer.weight.grad is not None:
                found[position] += layer.weight.grad.square().flatten(1).mean(1) / len(images)
    reference.zero_grad()
    return found


def _probe(recipe: Recipe, outputs: list[Tensor], generator: torch.Generator) -> Tensor:
    """All outputs in units of their scales, each with a random factor, summed.

    The square of its gradient is, on average, the sum of the squares of all outputs' gradients.
    Where the model sees nothing, only the presence counts, and of a detector's anchors hardly any.
    """
    sure = certainty(recipe, [output.detach() for output in outputs])
    total = torch.zeros(())
    for position, (row, output) in enumerate(zip(recipe.outputs, outputs, strict=True)):
        units = output.reshape(*sure.shape, -1, len(row.scales)) / torch.tensor(row.scales)
        if row.emphasized:
            emphasis = torch.ones(units.shape[-2])
            emphasis[list(row.emphasized)] = row.emphasis
            units = units * emphasis[:, None]
        weight = (row.weight / units.numel()) ** 0.5
        if position != recipe.presence or sure.shape[1] > 1:
            units = units * sure[..., None, None]
        total = total + weight * (units * torch.randn(units.shape, generator=generator)).sum()
    return total


def steps_for(
    network: QuantizedNetwork, sensitivity: Mapping[int, Tensor], bits: float
) -> dict[int, Tensor]:
    """The step of every channel of every layer, for a mean entropy of ``bits`` a weight."""
    layers = rounded_layers(network)
    limits = {position: _limits(network, position, layer) for position, layer in layers.items()}
    low, high = -30.0, 30.0
    for _ in range(30):
        middle = (low + high) / 2
        steps = {p: _steps(sensitivity[p], middle, *limits[p]) for p in layers}
        low, high = (middle, high) if mean_entropy(layers, steps) > bits else (low, middle)
    return steps


def _limits(
    network: QuantizedNetwork, position: int, layer: Convolution | Dense
) -> tuple[Tensor, Tensor]:
    """The finest and the coarsest steps of a layer's channels."""
    finest = weight_scales(layer)
    coarsest = finest * LIMIT
    step = network.steps[position]
    if network.is_quantized(step):
        scale = network.quantizer(step.inputs[0]).scale.detach()
        target = network.quantizer(step.output).scale.detach()
        coarsest = coarsest.minimum(LARGEST_MULTIPLIER * target / scale)
    return finest, coarsest.maximum(finest)


def _steps(sensitivity: Tensor, level: float, finest: Tensor, coarsest: Tensor) -> Tensor:
    wanted = 2.0**level / sensitivity.clamp_min(1e-4 * sensitivity.mean() + 1e-30).sqrt()
    graded = ((wanted.log2() * GRADES).round() / GRADES).exp2()
    limited: Tensor = graded.minimum(coarsest).maximum(finest)
    return limited


def mean_entropy(layers: Mapping[int, Convolution | Dense], steps: Mapping[int, Tensor]) -> float:
    """Mean over all weights of the entropy in bits, one code a layer."""
    bits, weights = 0.0, 0
    for position, layer in layers.items():
        values = (layer.weight.detach().flatten(1) / steps[position][:, None]).round()
        counts = torch.unique(values, return_counts=True)[1].double()
        bits += float((counts * (counts.sum() / counts).log2()).sum())
        weights += values.numel()
    return bits / weights
