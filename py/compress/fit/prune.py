"""Structured pruning: which channels to remove, and how many where.

The channels considered are those inside blocks, which only 1 x 1 convolutions or fully connected
layers read (after depthwise convolutions), and, where a recipe prunes ``streams``, those that skips
pass from block to block. For each family the channel whose loss costs least is
removed again and again, the readers' other weights being refitted at each removal (Hassibi and
Stork, "Optimal Brain Surgeon", 1993, on channels; Kurtic et al., "ZipLM", 2023). A removal costs
the expected squared change of the model's outputs, in the recipe's units: the readers' squared
error times the squared sensitivity of the outputs to it. The removals with the smallest cost for
the multiply-accumulates (or parameters) they save are taken, over all families, eight channels at
a time, until enough multiply-accumulates, parameters or channels are gone. The latter count where a
convolution makes them; depthwise convolutions follow.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from compress.fit.channels import Family, find_channels, keep_channels
from compress.fit.distil import certainty
from compress.fit.network import Convolution, Dense, Network, Step
from compress.recipe import Prune, Recipe
from compress.tflite import trim
from compress.tflite.cost import cost, macs_of, parameters_of
from compress.tflite.model_file import operator_name

BLOCK = 8
"""Channels are removed in eights: the kernels' vectors are that long."""

DAMPING = 1e-3
"""Ridge of the refit, relative to the inputs' mean energy."""

_ROWS = 60_000
_SENSITIVITY_BATCHES = 4
_BATCH = 8


@dataclass(frozen=True)
class Curve:
    """A family's channels in the order of removal.

    ``order`` (n,) are positions in the family; ``costs`` (n // 8,) what each eight more cost;
    ``saving`` what eight channels save, in multiply-accumulates or parameters, and ``counted`` in
    what the recipe says how much of is to go.
    """

    family: Family
    order: np.ndarray
    costs: np.ndarray
    saving: float
    counted: float


def prune(
    model: Any, network: Network, images: Tensor, recipe: Recipe, original: Any = None
) -> tuple[Any, dict[int, Tensor]]:
    """A model with fewer channels, and the channels kept of each of the model's tensors.

    ``network`` is the model's; ``images`` (n, height, width, 3) are its inputs. ``original`` is the
    whole network where the model is one that was pruned before: parts are the original's. The
    weights are only sliced: fit the result by :func:`compress.fit.reconstruct.reconstruct`.
    """
    assert recipe.prune is not None
    channels = find_channels(model)
    families = _prunable(channels.families(), network, recipe.prune)
    families = [family for family in families if family.size >= 2 * BLOCK]
    curves = removal_curves(model, network, families, images, recipe)
    removed = allocate(curves, _wanted_saving(recipe.prune, model, original or model))
    kept = {tensor: np.arange(len(groups)) for tensor, groups in channels.groups.items()}
    for curve, positions in zip(curves, removed, strict=True):
        for tensor, members in curve.family.members.items():
            kept[tensor] = np.setdiff1d(kept[tensor], members[positions])
    smaller = copy.deepcopy(model)
    keep_channels(smaller, kept)
    trim.sweep(smaller)
    return smaller, {tensor: torch.from_numpy(positions) for tensor, positions in kept.items()}


def prunable_channels(model: Any, settings: Prune) -> int:
    """How many channels are of the kind that may go, counted where a convolution makes them."""
    families = _prunable(find_channels(model).families(), Network(model), settings)
    return sum(family.size * _makers(model, family) for family in families)


def _prunable(families: list[Family], network: Network, settings: Prune) -> list[Family]:
    return [
        family
        for family in families
        if _reads_pointwise(network, family)
        and (settings.streams or not _passes_skip(network, family))
    ]


def _makers(model: Any, family: Family) -> int:
    """How many convolutions and fully connected layers make the family's channels."""
    graph = model.subgraphs[0]
    return sum(
        operator_name(model, operator) in ("CONV_2D", "FULLY_CONNECTED")
        and int(operator.outputs[0]) in family.members
        for operator in graph.operators
    )


def _wanted_saving(settings: Prune, model: Any, original: Any) -> float:
    """What is to go of ``model``, so that the wanted part of the original is gone."""
    if settings.channels:
        whole, left = (prunable_channels(one, settings) for one in (original, model))
        return settings.channels[-1] * whole - (whole - left)
    whole_cost = cost(model)
    return settings.parameters * whole_cost.parameters or settings.macs * whole_cost.macs


def allocate(curves: list[Curve], wanted: float) -> list[np.ndarray]:
    """Positions to remove of each curve's family, until about ``wanted`` is gone.

    The cheapest for what they save go first.
    """
    taken = [0] * len(curves)
    gone = 0.0
    while gone < wanted:
        prices = [
            curve.costs[count] / curve.saving if count < len(curve.costs) else np.inf
            for curve, count in zip(curves, taken, strict=True)
        ]
        cheapest = int(np.argmin(prices))
        if not np.isfinite(prices[cheapest]):
            break
        taken[cheapest] += 1
        gone += curves[cheapest].counted
    return [curve.order[: count * BLOCK] for curve, count in zip(curves, taken, strict=True)]


def _readers(network: Network, family: Family) -> list[Step]:
    """The layers that mix the family's channels."""
    return [step for step in network.steps if step.inputs[0] in family.members and _mixes(step)]


def _mixes(step: Step) -> bool:
    layer = step.layer
    return isinstance(layer, Dense) or (isinstance(layer, Convolution) and not layer.is_depthwise)


def _passes_skip(network: Network, family: Family) -> bool:
    """Whether a skip passes the family's channels, from block to block."""
    return any(
        step.operator in ("ADD", "CONCATENATION")
        and not family.members.keys().isdisjoint((*step.inputs, step.output))
        for step in network.steps
    )


def _reads_pointwise(network: Network, family: Family) -> bool:
    """Whether only 1 x 1 convolutions and fully connected layers mix the family's channels."""
    readers = _readers(network, family)
    return bool(readers) and all(_is_pointwise(step) for step in readers)


def _is_pointwise(step: Step) -> bool:
    layer = step.layer
    if isinstance(layer, Convolution):
        return tuple(layer.weight.shape[2:]) == (1, 1)
    return isinstance(layer, Dense)


def removal_curves(
    model: Any, network: Network, families: list[Family], images: Tensor, recipe: Recipe
) -> list[Curve]:
    """The removal curve of each family."""
    assert recipe.prune is not None
    readers = {step.output: step for f in families for step in _readers(network, f)}
    measure = parameters_of if recipe.prune.parameters else macs_of
    weights = sensitivities(network, list(readers), images, recipe)
    grams = _grams(network, {step.inputs[0] for step in readers.values()}, images)
    curves = []
    for family in families:
        parts = [
            _Reader(step, grams[step.inputs[0]], weights[step.output], family)
            for step in _readers(network, family)
        ]
        most = int(family.size * recipe.prune.most) // BLOCK * BLOCK
        order, costs = _removal_order(parts, most)
        saving = BLOCK * _saving_a_channel(model, family, measure)
        counted = BLOCK * _makers(model, family) if recipe.prune.channels else saving
        curves.append(Curve(family, order, costs, saving, counted))
    return curves


def sensitivities(
    network: Network, tensors: list[int], images: Tensor, recipe: Recipe
) -> dict[int, np.ndarray]:
    """For each tensor (its channels,) the summed squared derivative of the outputs.

    Derivatives by random projections of the outputs (Hutchinson): the expectation of the squared
    gradient of a sum with random signs is the sum of the squared gradients.
    """
    generator = torch.Generator().manual_seed(0)
    totals = {tensor: torch.zeros(()) for tensor in tensors}
    batches = torch.split(images, _BATCH)[:_SENSITIVITY_BATCHES]
    for batch in batches:
        outputs, kept = network(batch, keep=set(tensors))
        sure = certainty(recipe, [output.detach() for output in outputs]).sqrt()[..., None]
        projected = torch.zeros(())
        for position, declared in enumerate(recipe.outputs):
            output = outputs[position]
            scaled = output.reshape(len(output), -1, len(declared.scales))
            scaled = scaled / torch.tensor(declared.scales)
            signs = torch.randint(0, 2, scaled.shape, generator=generator) * 2 - 1
            rows = (scaled * signs * declared.weight).reshape(*sure.shape[:2], -1)
            rows = rows if position == recipe.presence else rows * sure
            projected = projected + rows.sum() / scaled[0].numel() ** 0.5
        gradients = torch.autograd.grad(projected, [kept[tensor] for tensor in tensors])
        for tensor, gradient in zip(tensors, gradients, strict=True):
            energy = (
                gradient.square().flatten(2).sum(2) if gradient.ndim == 4 else gradient.square()
            )
            totals[tensor] = totals[tensor] + energy.sum(0)
    count = sum(len(batch) for batch in batches)
    return {tensor: (total / count).double().numpy() for tensor, total in totals.items()}


@torch.no_grad()
def _grams(network: Network, tensors: set[int], images: Tensor) -> dict[int, np.ndarray]:
    """Second moments (channels + 1, channels + 1) of tensors, with a constant one appended."""
    grams: dict[int, Tensor] = {}
    generator = torch.Generator().manual_seed(0)
    batches = torch.split(images, _BATCH)
    for batch in batches:
        _, kept = network(batch, keep=tensors)
        for tensor, value in kept.items():
            rows = value.permute(0, 2, 3, 1).flatten(0, 2) if value.ndim == 4 else value
            picked = torch.randperm(len(rows), generator=generator)[: _ROWS // len(batches)]
            rows = torch.cat([rows[picked], torch.ones(len(picked), 1)], 1).double()
            grams[tensor] = grams.get(tensor, 0) + rows.T @ rows / len(picked) / len(batches)
    return {tensor: gram.numpy() for tensor, gram in grams.items()}


class _Reader:
    """A layer that reads a family, as channels are removed from it one by one."""

    def __init__(
        self, step: Step, gram: np.ndarray, sensitivity: np.ndarray, family: Family
    ) -> None:
        layer = step.layer
        assert isinstance(layer, Convolution | Dense)
        weight = layer.weight.detach().flatten(1).double().numpy()
        bias = layer.bias.detach().double().numpy()
        self._weight = np.concatenate([weight, bias[:, None]], 1)
        damping = DAMPING * np.diag(gram)[:-1].mean() + 1e-12
        self._inverse = np.linalg.inv(gram + damping * np.eye(len(gram)))
        self._sensitivity = sensitivity
        self._members = family.members[step.inputs[0]]

    def costs(self) -> np.ndarray:
        """What the removal of each member would cost."""
        energy = self._sensitivity @ np.square(self._weight[:, self._members])
        return np.asarray(energy / np.diag(self._inverse)[self._members])

    def remove(self, member: int) -> None:
        """Remove a member and refit what is left."""
        index = self._members[member]
        column = torch.from_numpy(self._inverse[:, index].copy())
        row = torch.from_numpy(self._inverse[index] / self._inverse[index, index])
        self._weight -= self._weight[:, index, None] * row.numpy()
        torch.from_numpy(self._inverse).addr_(column, row, alpha=-1)  # in place, five times faster
        self._inverse[index, index] = 1.0  # out of the problem; its weight is zero now


def _removal_order(readers: list[_Reader], most: int) -> tuple[np.ndarray, np.ndarray]:
    """Members in the order of removal and the cost of each eight."""
    order: list[int] = []
    costs: list[float] = []
    while len(order) < most:
        total = np.sum([reader.costs() for reader in readers], axis=0)
        total[order] = np.inf
        member = int(np.argmin(total))
        costs.append(max(float(total[member]), 0.0))
        order.append(member)
        for reader in readers:
            reader.remove(member)
    return np.array(order, int), np.array(costs).reshape(-1, BLOCK).sum(1)


def _saving_a_channel(model: Any, family: Family, measure: Callable[[Any, Any], int]) -> float:
    """What one channel of the family costs where it is made and read, by ``measure``."""
    graph = model.subgraphs[0]
    total = 0.0
    for operator in graph.operators:
        name = operator_name(model, operator)
        source, target = int(operator.inputs[0]), int(operator.outputs[0])
        whole = measure(model, operator)
        sizes: Mapping[int, int] = {
            index: int(graph.tensors[index].shape[-1]) for index in (source, target)
        }
        if target in family.members:
            total += whole / sizes[target]
        if source in family.members and name != "DEPTHWISE_CONV_2D":
            total += whole / sizes[source]
    return total
