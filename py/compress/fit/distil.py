"""Distillation: a changed network learns to answer as the original does.

The teacher's outputs and chosen inner values are the targets; no labels are needed. Where a recipe
asks for degraded pictures, the teacher sees them sharp and the student does not. The student
may be the simulation of an int8 network: it learns with its rounding (quantization-aware), and so
do the scales of its activations. Learning rates are relative to each tensor's own size, since
weights differ a thousandfold between layers. The result is an exponential average of the weights.
A run is a function of its recipe: it can be stopped at any time and resumes from its last
checkpoint. On another machine it goes on from the averaged weights, which are all that is committed
of a checkpoint.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from compress.data.degradation import degraded
from compress.data.inputs import to_input
from compress.data.samples import Augmentation, Samples
from compress.fit.network import Convolution, Dense, Network
from compress.fit.presence_head import PRESENT
from compress.fit.teacher import Teacher
from compress.recipe import Distil, Recipe

CHECKPOINT_STEPS = 25
LOG_STEPS = 10
AVERAGE = 0.998
BATCH_OF_SIZES = 32
"""Pictures that show how the values of each channel deviate."""

_SCALE_RATE = 2.0
"""Learning rate of log scales of activations, against that of weights."""


def certainty(recipe: Recipe, wanted: list[Tensor]) -> Tensor:
    """How sure the teacher is that there is something: (n, 1), or (n, anchors) for a detector."""
    if recipe.presence is None:
        return torch.ones(len(wanted[0]), 1)
    presence = wanted[recipe.presence].flatten(1)
    return (presence.sigmoid() if recipe.presence_logit else presence).clamp(0.02, 1)


def output_loss(
    recipe: Recipe, found: list[Tensor], wanted: list[Tensor], doubt: float = 1.0
) -> Tensor:
    """Mean absolute error of all outputs in units of the recipe's scales, smooth near zero.

    Where the teacher sees nothing, only the presence counts, and that ``doubt`` times.
    """
    sure = certainty(recipe, wanted)
    doubts = torch.where(sure < PRESENT, doubt, 1.0)[..., None]
    total = torch.zeros(())
    for position, output in enumerate(recipe.outputs):
        scales = torch.tensor(output.scales)
        difference = (found[position] - wanted[position]).reshape(len(sure), -1, len(scales))
        error = functional.smooth_l1_loss(
            difference / scales, torch.zeros_like(difference), beta=0.1, reduction="none"
        ).reshape(len(sure), sure.shape[1], -1)
        weight = doubts if position == recipe.presence else sure[..., None]
        total = total + output.weight * (error * weight).mean()
    return total


def tap_loss(found: dict[int, Tensor], wanted: dict[int, Tensor]) -> Tensor:
    """Mean squared error of inner values, relative to their variance."""
    losses = [
        functional.mse_loss(found[index], value) / value.var().clamp_min(1e-6)
        for index, value in wanted.items()
    ]
    return torch.stack(losses).mean() if losses else torch.zeros(())


class RelativeAdam:
    """Adam (Kingma and Ba, 2015) whose steps are parts of what they change.

    A weight moves by a part of its output channel's root mean square and a bias by a part of its
    channel's deviation: since BatchNorm is folded, channels of one layer differ a hundredfold, and
    steps of one size for all ruin the small ones.
    """

    FIRST, SECOND = 0.9, 0.99
    SMALLEST = 1e-2
    """Sizes of channels below this part of their tensor's count as this part."""

    def __init__(self, network: Network, images: Tensor) -> None:
        """``images`` (n, height, width, 3) show how the channels' values deviate."""
        deviations = _deviations(network, images)
        names = {name: deviations[step] for step, name in _biases(network).items()}
        self._parameters = list(network.parameters())
        self._sizes = [
            torch.full_like(parameter, _SCALE_RATE)
            if name.endswith("log_scale")
            else _size(names.get(name, parameter))
            for name, parameter in network.named_parameters()
        ]
        self._moments = [
            (torch.zeros_like(parameter), torch.zeros_like(parameter))
            for parameter in self._parameters
        ]
        self._steps = 0

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move every parameter that has a gradient by about ``rate`` of its size."""
        self._steps += 1
        corrections = (1 - self.FIRST**self._steps, 1 - self.SECOND**self._steps)
        for parameter, size, (first, second) in zip(
            self._parameters, self._sizes, self._moments, strict=True
        ):
            if parameter.grad is None:
                continue
            first.lerp_(parameter.grad, 1 - self.FIRST)
            second.lerp_(parameter.grad.square(), 1 - self.SECOND)
            direction = (first / corrections[0]) / ((second / corrections[1]).sqrt() + 1e-12)
            parameter.sub_(rate * size * direction)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must hold to go on."""
        return {"moments": self._moments, "sizes": self._sizes, "steps": self._steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._moments = [tuple(pair) for pair in state["moments"]]
        self._sizes, self._steps = state["sizes"], state["steps"]


def _size(values: Tensor) -> Tensor:
    """Root mean square of each output channel, but not far below that of all."""
    squares = values.detach().square()
    least = RelativeAdam.SMALLEST * squares.mean().sqrt().clamp_min(1e-6)
    channels = squares.reshape(len(values), -1).mean(1).sqrt().clamp_min(least)
    return channels.reshape(-1, *[1] * (values.ndim - 1))


def _biases(network: Network) -> dict[int, str]:
    """Parameter name of the bias of each step that has one, by position."""
    return {
        step.position: f"layers.{step.position}.bias"
        for step in network.steps
        if isinstance(step.layer, Convolution | Dense)
    }


@torch.no_grad()
def _deviations(network: Network, images: Tensor) -> dict[int, Tensor]:
    """Standard deviation of each channel of every layer's result, by position."""
    results = {step.output: step.position for step in network.steps if step.layer is not None}
    _, kept = network(images, keep=set(results))
    return {
        results[tensor]: value.std((0, 2, 3) if value.ndim == 4 else 0)
        for tensor, value in kept.items()
    }


class Run:
    """One training run in a folder of its own."""

    def __init__(
        self,
        recipe: Recipe,
        settings: Distil,
        teacher: Any,
        student: Network,
        samples: Samples,
        folder: Path,
        begun: Path | None = None,
    ) -> None:
        """``teacher`` is a float model, ``student`` starts where it stands.

        ``begun`` is what :meth:`keep` has left of an earlier run, where there is no checkpoint.
        """
        self._recipe = recipe
        self._settings = settings
        self._teacher = Teacher(teacher, self._settings.taps)
        self._student = student
        self._samples = samples
        self._folder = folder
        self._step = 0
        self._augmentation = Augmentation(stretch=settings.stretch, negatives=settings.negatives)
        first = samples.batch(0, BATCH_OF_SIZES, self._augmentation, self._settings.seed)
        self._optimizer = RelativeAdam(student, torch.from_numpy(to_input(first, recipe.low)))
        self._start = _copied(student)
        self._average = _copied(student)
        folder.mkdir(parents=True, exist_ok=True)
        self._checkpoint = folder / "checkpoint.pt"
        if self._checkpoint.is_file():
            self._resume(self._checkpoint)
        elif begun is not None and begun.is_file():
            self._resume(begun)

    def _resume(self, path: Path) -> None:
        saved = torch.load(path, weights_only=True)
        self._average, self._step = saved["average"], saved["step"]
        self._student.load_state_dict(saved.get("student", self._average))
        if "optimizer" in saved:
            self._optimizer.load_state_dict(saved["optimizer"])

    def keep(self, path: Path) -> None:
        """Write the averaged weights and the step, a quarter of a checkpoint, to a file."""
        torch.save({"average": self._average, "step": self._step}, path)

    def _save(self) -> None:
        state = {
            "student": self._student.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
            "step": self._step,
        }
        partial = self._checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._checkpoint)

    def finish(self, progress: Callable[[str], None] = print) -> Network:
        """Train up to the recipe's last step and return the student with averaged weights.

        They are blended with those that it began with, as far as the recipe says.
        """
        self.advance_to(self._last, progress)
        _average(self._start, self._average, 1 - self._settings.blend)
        self._student.load_state_dict(self._start)
        return self._student

    @property
    def _last(self) -> int:
        return self._settings.stop or self._settings.steps

    def advance_to(self, last: int, progress: Callable[[str], None] = print) -> None:
        """Train up to step ``last`` and keep a checkpoint there."""
        torch.set_num_threads(1)  # several spin while they wait for one that another program delays
        started, first = time.monotonic(), self._step
        losses: list[tuple[float, float]] = []
        while self._step < last:
            losses.append(self._advance())
            if self._step % LOG_STEPS == 0 or self._step == last:
                pace = (time.monotonic() - started) / (self._step - first)
                self._log(losses, pace, progress)
                losses = []
            if self._step % CHECKPOINT_STEPS == 0 or self._step == last:
                self._save()

    def _advance(self) -> tuple[float, float]:
        settings = self._settings
        pictures = self._samples.batch(
            self._step, settings.batch, self._augmentation, settings.seed
        )
        shown = degraded(pictures, settings.degraded, (settings.seed, self._step))
        images, seen = (to_input(one, self._recipe.low) for one in (pictures, shown))
        wanted, wanted_taps = self._teacher(images)
        found, found_taps = self._student(torch.from_numpy(seen), keep=set(wanted_taps))
        outputs = output_loss(self._recipe, found, wanted, settings.doubt)
        taps = tap_loss(found_taps, wanted_taps)
        self._student.zero_grad()
        torch.autograd.backward(outputs + settings.tap_weight * taps)
        self._optimizer.step(settings.rate * schedule(self._step / settings.steps))
        self._step += 1
        decay = min(AVERAGE, self._step / (self._step + 10))
        _average(self._average, self._student.state_dict(), decay)
        return float(outputs.detach()), float(taps.detach())

    def _log(
        self, losses: list[tuple[float, float]], pace: float, progress: Callable[[str], None]
    ) -> None:
        outputs, taps = np.mean(losses, axis=0)
        row = {"step": self._step, "outputs": round(outputs, 5), "taps": round(taps, 5)}
        with (self._folder / "log.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
        left = (self._last - self._step) * pace / 60
        progress(
            f"{self._recipe.name} step {self._step}/{self._last} loss {outputs:.4f}"
            f" + {taps:.4f}, {pace:.2f} s a step, {left:.0f} minutes left"
        )


def schedule(part: float) -> float:
    """Learning rate factor: a short rise, then a half cosine down."""
    return min(1.0, part / 0.03 + 0.05) * (0.5 + 0.5 * math.cos(math.pi * part)) + 0.005


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in module.state_dict().items()}


@torch.no_grad()
def _average(average: dict[str, Tensor], values: dict[str, Tensor], decay: float) -> None:
    for name, value in values.items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - decay)
        else:
            average[name].copy_(value)
