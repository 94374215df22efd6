"""GPTQ: rounds the weights of a layer to a grid with the least error in its results.

Weights of a channel are rounded one after the other. Those that are left compensate the error so
far, as well as the correlation of the layer's inputs allows (Frantar et al., "GPTQ: Accurate
Post-Training Quantization for Generative Pre-trained Transformers", 2023, in closed form after
Hassibi and Stork, "Optimal Brain Surgeon", 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from compress.tflite.saturation import LARGEST_SUM, LARGEST_TOTAL

LIMIT = 127
"""Largest multiple of a step: weights are stored as int8."""

_BLOCK = 32
"""Inputs after which those that are left compensate the errors so far: one matrix product."""


@dataclass(frozen=True)
class Grid:
    """Where the weights of a layer may lie: on multiples of one step an output channel.

    ``steps`` (choices, outputs) has those that are tried for each output. ``sums`` (inputs,)
    numbers the sum that each input's product goes into; the multiples of one sum that have the same
    sign then add up to at most ``LARGEST_SUM``. ``groups`` (inputs,) numbers larger sums: their
    multiples without signs add up to at most ``LARGEST_TOTAL``.
    """

    steps: Tensor
    sums: Tensor | None = None
    groups: Tensor | None = None


class _Room:
    """What multiples may still add to each sum, and to each group of sums."""

    def __init__(self, sums: Tensor, groups: Tensor | None, outputs: int) -> None:
        """``sums`` and ``groups`` (problems, inputs) in the order in which inputs are rounded."""
        self._sums, self._groups = sums, groups
        self._up = _filled(sums, outputs, LARGEST_SUM)
        self._down = self._up.clone()
        self._total = None if groups is None else _filled(groups, outputs, LARGEST_TOTAL)

    def take(self, column: int, multiples: Tensor) -> Tensor:
        """The nearest multiples (problems, outputs) that there is room for."""
        place = self._sums[:, None, column, None].expand(*multiples.shape, 1)
        up, down = (room.gather(2, place)[..., 0] for room in (self._up, self._down))
        if self._groups is not None and self._total is not None:
            group = self._groups[:, None, column, None].expand(*multiples.shape, 1)
            left = self._total.gather(2, group)[..., 0]
            up, down = up.minimum(left), down.minimum(left)
        taken = multiples.minimum(up).maximum(-down)
        self._up.scatter_add_(2, place, -taken.clamp_min(0)[..., None])
        self._down.scatter_add_(2, place, taken.clamp_max(0)[..., None])
        if self._total is not None:
            self._total.scatter_add_(2, group, -taken.abs()[..., None])
        return taken


def _filled(numbers: Tensor, outputs: int, limit: int) -> Tensor:
    """Room (problems, outputs, sums) that nothing has been taken of."""
    size = (len(numbers), outputs, int(numbers.max()) + 1)
    return torch.full(size, float(limit), dtype=torch.float64)


def gptq_round(
    weight: Tensor,
    gram: Tensor,
    steps: Tensor,
    damping: float,
    sums: Tensor | None = None,
    groups: Tensor | None = None,
) -> Tensor:
    """Weights rounded one after the other, those of the strongest inputs first.

    ``weight`` (problems, outputs, inputs + 1) has the bias last, which is not rounded; ``gram``
    (problems, inputs + 1, inputs + 1) are the inputs' products, ``steps`` (problems, outputs) the
    grids'. ``damping`` is added to the inputs' energies, as a part of their mean: the larger, the
    nearer to plain rounding. ``sums`` and ``groups`` are as a :class:`Grid`'s: where one is full,
    weights are clipped, and the others compensate that too.
    """
    diagonal = gram.diagonal(dim1=1, dim2=2)
    order = diagonal[:, :-1].argsort(1, descending=True)
    order = torch.cat([order, torch.full_like(order[:, :1], gram.shape[-1] - 1)], 1)
    problems = torch.arange(len(gram))[:, None, None]
    ordered = gram[problems, order[:, :, None], order[:, None, :]]
    energy = diagonal.mean(1)[:, None, None] * damping + 1e-12
    ordered = ordered + energy * torch.eye(gram.shape[-1], dtype=gram.dtype)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(ordered))
    factor = torch.linalg.cholesky(inverse, upper=True)
    values = weight.gather(2, order[:, None].expand_as(weight)).clone()
    inward = order[:, :-1]
    room = None
    if sums is not None:
        room = _Room(sums[inward], None if groups is None else groups[inward], weight.shape[1])
    inputs = values.shape[2] - 1
    for start in range(0, inputs, _BLOCK):
        end = min(start + _BLOCK, inputs)
        errors = torch.empty(*values.shape[:2], end - start, dtype=values.dtype)
        for column in range(start, end):
            exact = values[..., column].clone()
            multiples = (exact / steps).round().clamp(-LIMIT, LIMIT)
            rounded = (multiples if room is None else room.take(column, multiples)) * steps
            error = (exact - rounded) / factor[:, column, column, None]
            values[..., column] = rounded
            following = slice(column + 1, end)
            values[..., following] -= error[..., None] * factor[:, None, column, following]
            errors[..., column - start] = error
        values[..., end:] -= errors @ factor[:, start:end, end:]
    return torch.empty_like(values).scatter_(2, order[:, None].expand_as(values), values)
