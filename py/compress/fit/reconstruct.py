"""Layer-wise least squares: fits a changed network to the original before any training.

It walks through both networks together, operator by operator. It solves each layer of the student
anew so that, from the student's own (pruned or quantized) inputs, the layer gives the teacher's
values before the activation (He et al., "Channel Pruning for Accelerating Very Deep Neural
Networks", 2017). The target of a linear layer whose result is only added to a skip connection is
the teacher's sum less the student's skip, which corrects earlier errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional

from compress.fit.gptq import Grid, gptq_round
from compress.fit.network import ACTIVATION_RANGES, Convolution, Dense, Network, Step, activate
from compress.fit.quantized import QuantizedNetwork, has_rounded_weights, quantized_weight

ROWS = 40_000
"""Positions that a layer is fitted on, over all pictures."""

ROWS_DEPTHWISE = 6_000
"""The same for each channel of a depthwise layer."""

ROWS_GPTQ = 8_000
"""Positions that show how inputs correlate, where weights are rounded."""

FITTED_PART = 0.75
"""Part of the pictures that layers are fitted on; the others choose the ridge."""

DAMPINGS = (0.01, 0.1, 1.0)
"""Energies added to a layer's inputs that are tried when rounding, relative to their mean."""

RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Pulls towards the present weights that are tried, relative to the inputs' mean energy."""


@dataclass
class _Pair:
    """A value as the teacher and as the student have it, both real."""

    teacher: Tensor
    student: Tensor


@torch.no_grad()
def reconstruct(
    teacher: Network,
    student: Network,
    images: Tensor,
    kept: Mapping[int, Tensor] | None = None,
    weights: bool = True,
    grids: Mapping[int, Grid] = MappingProxyType({}),
    seen: Tensor | None = None,
) -> None:
    """Fit every layer of ``student`` to ``teacher``, in order, in place.

    ``images`` (n, height, width, 3) are processed at once. ``kept`` maps tensors to the teacher's
    channels that the student still has. With ``weights`` false, only biases are fitted. ``seen``
    are the images as the student sees them: where they have noise and ``images`` have not, every
    layer relies less on what noise changes. ``grids`` are the grids of the weights of layers, by
    position.
    """
    generator = torch.Generator().manual_seed(0)
    readers = Counter(index for step in teacher.steps for index in step.inputs)
    readers.update(teacher.outputs)
    skips = _skips(teacher, readers)
    start = _to_channels_last(images)
    values = {teacher.input: _Pair(start, start if seen is None else _to_channels_last(seen))}
    last_use = {i: n for n, step in enumerate(teacher.steps) for i in step.inputs}
    for number, (original, changed) in enumerate(zip(teacher.steps, student.steps, strict=True)):
        inputs = [values[index] for index in original.inputs]
        if isinstance(changed.layer, Convolution | Dense):
            assert original.layer is not None
            full, value = original.layer(inputs[0].teacher), inputs[0].student
            skip = values.get(skips[original.output]) if original.output in skips else None
            target = _target(full, skip, None if kept is None else kept[original.output])
            if weights:
                _fit_weights(changed, changed.layer, value, target, generator)
            if original.position in grids:
                grid = grids[original.position]
                _round_weights(changed.layer, grid, value, target, generator)
            _correct_bias(student, changed, value, target)
            exact = activate(original.activation, full)
        else:
            exact = teacher.run(original, [pair.teacher for pair in inputs])
        result = _student_value(student, changed, [pair.student for pair in inputs])
        values[original.output] = _Pair(exact, result)
        for index in original.inputs:
            if last_use[index] <= number and index not in teacher.outputs:
                values.pop(index, None)


def _to_channels_last(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def _skips(network: Network, readers: Counter[int]) -> dict[int, int]:
    """For each linear layer's output that only an ADD reads, the tensor it is added to."""
    linear = {
        step.output for step in network.steps if step.layer is not None and not step.activation
    }
    additions = [step.inputs for step in network.steps if step.operator == "ADD"]
    return {
        one: other
        for inputs in additions
        for one, other in (inputs, inputs[::-1])
        if one in linear and readers[one] == 1
    }


def _target(full: Tensor, skip: _Pair | None, channels: Tensor | None) -> Tensor:
    """What a layer should give before the activation, of the channels that the student has.

    ``full`` is the teacher's result. Where it is only added to a skip, the target corrects what the
    student's skip got wrong.
    """
    kept: slice | Tensor = slice(None) if channels is None else channels
    target = full[:, kept]
    return target if skip is None else target + skip.teacher[:, kept] - skip.student


def _student_value(student: Network, step: Step, inputs: list[Tensor]) -> Tensor:
    if isinstance(student, QuantizedNetwork):
        return student.run_real(step, inputs)
    return student.run(step, inputs)


def _correct_bias(student: Network, step: Step, value: Tensor, target: Tensor) -> None:
    """Match the mean of every channel."""
    layer = step.layer
    assert isinstance(layer, Convolution | Dense)
    quantized = isinstance(student, QuantizedNetwork) and (
        student.is_quantized(step) or has_rounded_weights(layer)
    )
    weight = quantized_weight(layer) if quantized else layer.weight
    error = target - layer.compute(value, weight, layer.bias)
    if step.activation and quantized:
        _correct_activated_bias(step, layer, value, weight, target)
    else:
        layer.bias.add_(error.mean((0, 2, 3) if error.ndim == 4 else 0))


def _correct_activated_bias(
    step: Step, layer: Convolution | Dense, value: Tensor, weight: Tensor, target: Tensor
) -> None:
    """Match the mean after the activation: only positions where it passes values on count."""
    units = layer.compute(value, weight, layer.bias)
    result = activate(step.activation, units)
    axes = (0, 2, 3) if units.ndim == 4 else (0,)
    passing = (result == units).float().mean(axes).clamp_min(0.1)
    layer.bias.add_((activate(step.activation, target) - result).mean(axes) / passing)


def _patches(layer: Convolution, value: Tensor) -> Tensor:
    """Inputs of each output position: (n, channels * kernel, positions)."""
    return functional.unfold(
        functional.pad(value, layer.padding), layer.weight.shape[2:], stride=layer.stride
    )


def _fit_weights(
    step: Step,
    layer: Convolution | Dense,
    value: Tensor,
    target: Tensor,
    generator: torch.Generator,
) -> None:
    """Solve for the change of weights and bias; pictures not fitted on decide how far to go."""
    fitted = round(len(value) * FITTED_PART)
    rows, goals = _problem(layer, value[:fitted], target[:fitted], generator)
    unseen_rows, unseen_goals = _problem(layer, value[fitted:], target[fitted:], generator)
    weight = torch.cat([layer.weight.flatten(1), layer.bias[:, None]], 1).double()
    if rows.ndim == 2:
        rows, goals, unseen_rows, unseen_goals, weight = (
            part[None] for part in (rows, goals, unseen_rows, unseen_goals, weight)
        )
    else:
        weight = weight[:, None]
    residual = _residual(step, goals, rows @ weight.mT)
    gram = rows.mT @ rows
    values, vectors = torch.linalg.eigh(gram)
    projected = vectors.mT @ (rows.mT @ residual)
    mean = gram.diagonal(dim1=1, dim2=2).mean(1)[:, None, None]
    best, best_error = weight, torch.inf
    for ridge in RIDGES:
        change = vectors @ (projected / (values[..., None].clamp_min(0) + ridge * mean + 1e-12))
        candidate = weight + change.mT
        error = float(_residual(step, unseen_goals, unseen_rows @ candidate.mT).square().mean())
        if error < best_error:
            best, best_error = candidate, error
    unchanged = _residual(step, unseen_goals, unseen_rows @ weight.mT).square().mean()
    if best_error < float(unchanged):
        solution = best.flatten(0, 1)
        layer.weight.copy_(solution[:, :-1].reshape(layer.weight.shape))
        layer.bias.copy_(solution[:, -1])


def _round_weights(
    layer: Convolution | Dense,
    grid: Grid,
    value: Tensor,
    target: Tensor,
    generator: torch.Generator,
) -> None:
    """Put a layer's weights on their grid.

    Pictures that the fit does not see decide how far weights compensate, and each output's step.
    """
    fitted = round(len(value) * FITTED_PART)
    rows, _ = _problem(layer, value[:fitted], target[:fitted], generator, ROWS_GPTQ)
    unseen, _ = _problem(layer, value[fitted:], target[fitted:], generator, ROWS_GPTQ)
    weight = torch.cat([layer.weight.flatten(1), layer.bias[:, None]], 1).double()
    if rows.ndim == 2:
        rows, unseen, weight = rows[None], unseen[None], weight[None]
        steps = grid.steps.double()[:, None]
    else:
        weight, steps = weight[:, None], grid.steps.double()[..., None]
    gram, unseen_gram = rows.mT @ rows, unseen.mT @ unseen
    choices = len(steps)
    several = weight.repeat(1, choices, 1)
    tried = []
    for damping in DAMPINGS:
        found = gptq_round(
            several, gram, steps.transpose(0, 1).flatten(1), damping, grid.sums, grid.groups
        )
        change = found - several
        errors = ((change @ unseen_gram) * change).sum(-1)
        least, best = errors.reshape(len(rows), choices, -1).min(1, keepdim=True)
        found = found.reshape(len(rows), choices, -1, found.shape[-1])
        chosen = found.gather(1, best[..., None].expand(-1, -1, -1, found.shape[-1]))
        tried.append((float(least.sum()), chosen.flatten(0, 2), best.flatten()))
    _, solution, best = min(tried, key=lambda one: one[0])
    layer.weight.copy_(solution[:, :-1].reshape(layer.weight.shape))
    layer.bias.copy_(solution[:, -1])
    layer.steps = grid.steps.gather(0, best[None])[0]


def _residual(step: Step, goals: Tensor, found: Tensor) -> Tensor:
    """Goals less results, zero where the activation hides the difference."""
    low, high = ACTIVATION_RANGES[step.activation]
    hidden = ((goals <= low) & (found <= low)) | ((goals >= high) & (found >= high))
    return (goals - found).masked_fill(hidden, 0)


def _problem(
    layer: Convolution | Dense,
    value: Tensor,
    target: Tensor,
    generator: torch.Generator,
    most: int = ROWS,
) -> tuple[Tensor, Tensor]:
    """At most so many rows of inputs (with a one for the bias) and their goals, as float64.

    (rows, inputs) and (rows, outputs); for depthwise layers (channels, rows, taps) and
    (channels, rows, 1), since each channel is a problem of its own.
    """
    if isinstance(layer, Dense):
        return _with_one(value.flatten(1)), target.double()
    if layer.is_depthwise:
        return _depthwise_problem(layer, value, target, generator)
    if layer.weight.shape[2:] == (1, 1):
        strided = value[:, :, :: layer.stride[0], :: layer.stride[1]]
        rows = strided.permute(0, 2, 3, 1).reshape(-1, value.shape[1])
    else:
        rows = _patches(layer, value).permute(0, 2, 1).flatten(0, 1)
    goals = target.permute(0, 2, 3, 1).reshape(-1, target.shape[1])
    picked = torch.randperm(len(rows), generator=generator)[:most]
    return _with_one(rows[picked]), goals[picked].double()


def _depthwise_problem(
    layer: Convolution, value: Tensor, target: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    channels, taps = len(layer.weight), layer.weight[0].numel()
    places = target.shape[2] * target.shape[3]
    few = max(16, ROWS_DEPTHWISE // len(value))
    picked = torch.randperm(places, generator=generator)[:few]
    patches = torch.cat(
        [
            _patches(layer, part).reshape(len(part), channels, taps, -1)[..., picked]
            for part in torch.split(value, 8)
        ]
    )
    rows = patches.permute(1, 0, 3, 2).flatten(1, 2)
    goals = target.flatten(2)[..., picked].permute(1, 0, 2).flatten(1)
    return _with_one(rows), goals.double()[..., None]


def _with_one(rows: Tensor) -> Tensor:
    rows = rows.double()
    return torch.cat([rows, torch.ones_like(rows[..., :1])], -1)
