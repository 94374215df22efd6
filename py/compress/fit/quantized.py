"""Simulation of static int8 arithmetic, for calibration and quantization-aware distillation.

The scheme is TensorFlow Lite's: weights symmetric with one scale an output channel, activations
asymmetric with one scale a tensor (Jacob et al., "Quantization and Training of Neural Networks",
2018). Activation scales are learnt (Esser et al., "Learned Step Size Quantization", 2020).

Values of quantized tensors travel as integers less their zero point, held in float32: the scales
are folded into the weights, so that quantizing an activation is one rounding and one clamp. The
scale's LSQ gradient then follows from ordinary differentiation.

Operators named float by the recipe compute as before; where domains meet, values are rescaled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from compress.fit.gptq import LIMIT
from compress.fit.network import Convolution, Dense, Network, Step, activate
from compress.tflite.model_file import ModelError

LEVELS = 255
"""Steps between the lowest and the highest int8 value."""

WEIGHTS_WORTH_ROUNDING = 1024
"""Float layers with fewer weights keep them in float32; larger ones are stored as int8."""

_SAME_SCALE = ("PAD", "MAX_POOL_2D", "RESHAPE", "RESIZE_BILINEAR", "CONCATENATION", "MEAN")
"""Operators whose int8 kernels want inputs and output to share a scale."""

_SUPPORTED = (*_SAME_SCALE, "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD")


class _RoundClamp(torch.autograd.Function):
    """Round and clamp; the gradient passes unchanged between the limits, and stops outside."""

    @staticmethod
    def forward(context: Any, value: Tensor, low: float, high: float) -> Tensor:
        context.save_for_backward(value)
        context.limits = low, high
        return value.round().clamp_(low, high)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (value,) = context.saved_tensors
        low, high = context.limits
        return torch.ops.aten.hardtanh_backward(gradient, value, low - 0.5, high + 0.5), None, None


def round_clamp(value: Tensor, low: float, high: float) -> Tensor:
    """``value`` rounded and clamped, with a straight-through gradient between the limits."""
    # PyTorch gives this method no types.
    result: Tensor = _RoundClamp.apply(value, low, high)  # type: ignore[no-untyped-call]
    return result


class Quantizer(nn.Module):
    """Scale and zero point of the tensors that share them."""

    zero_point: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(()))
        self.register_buffer("zero_point", torch.zeros((), dtype=torch.int64))

    @property
    def scale(self) -> Tensor:
        """Real value of one integer step."""
        return self.log_scale.exp()

    def set_range(self, low: float, high: float) -> None:
        """Cover the values from ``low`` to ``high``, and zero exactly."""
        low, high = min(low, 0.0), max(high, 1e-6)
        scale = (high - low) / LEVELS
        self.log_scale.data.fill_(torch.tensor(scale).log())
        self.zero_point.fill_(round(-low / scale) - 128)

    def limits(self) -> tuple[float, float]:
        """Lowest and highest integer, less the zero point."""
        zero_point = int(self.zero_point)
        return -128.0 - zero_point, 127.0 - zero_point

    def quantize(self, units: Tensor) -> Tensor:
        """Integers, less the zero point, of values already divided by the scale."""
        return round_clamp(units, *self.limits())


def weight_scales(layer: Convolution | Dense) -> Tensor:
    """Scale of each output channel of a layer's weight: the finest, or the layer's own."""
    if layer.steps is not None:
        return layer.steps
    return (layer.weight.detach().flatten(1).abs().amax(1) / LIMIT).clamp_min(1e-12)


def quantized_weight(layer: Convolution | Dense) -> Tensor:
    """A layer's weight rounded to its int8 grid; the gradient passes."""
    scales = weight_scales(layer).reshape(-1, *[1] * (layer.weight.ndim - 1))
    return round_clamp(layer.weight / scales, -LIMIT, LIMIT) * scales


class QuantizedNetwork(Network):
    """A network whose operators are int8, but for those at the positions in ``float_operators``."""

    def __init__(self, model: Any, float_operators: Iterable[int]) -> None:
        super().__init__(model)
        self.float_operators = frozenset(float_operators)
        for step in self.steps:
            if step.position not in self.float_operators and step.operator not in _SUPPORTED:
                raise ModelError(f"operator {step.position}, {step.operator}, has no int8 form")
        self.groups = self._scale_groups()
        names = {str(group) for group in self.groups.values()}
        self.quantizers = nn.ModuleDict({name: Quantizer() for name in sorted(names, key=int)})
        if self.input in self.groups:  # a picture's grey levels are exact, and stay so
            self.quantizer(self.input).log_scale.requires_grad_(False)

    def _scale_groups(self) -> dict[int, int]:
        """The scale group (its first tensor) of every tensor that is held as int8."""
        group: dict[int, int] = {}
        for step in self.steps:
            if step.position in self.float_operators:
                continue
            tensors = (*step.inputs, step.output)
            for tensor in tensors:
                group.setdefault(tensor, tensor)
            if step.operator in _SAME_SCALE:
                merged = {group[tensor] for tensor in tensors}
                for tensor, first in group.items():
                    if first in merged:
                        group[tensor] = min(merged)
        return group

    def quantizer(self, tensor: int) -> Quantizer:
        """The quantizer of an int8 tensor."""
        found = self.quantizers[str(self.groups[tensor])]
        assert isinstance(found, Quantizer)
        return found

    def is_quantized(self, step: Step) -> bool:
        """Whether a step computes in int8."""
        return step.position not in self.float_operators

    def forward(
        self, image: Tensor, keep: frozenset[int] | set[int] = frozenset()
    ) -> tuple[list[Tensor], dict[int, Tensor]]:
        """Outputs and kept tensors as real values, as :meth:`Network.forward`."""
        self._integers: dict[int, bool] = {self.input: False}
        outputs, kept = super().forward(image, keep)
        outputs = [
            self._real(index, value) for index, value in zip(self.outputs, outputs, strict=True)
        ]
        return outputs, {index: self._real(index, value) for index, value in kept.items()}

    def run(self, step: Step, inputs: list[Tensor]) -> Tensor:
        """Compute one step in its own domain."""
        if not self.is_quantized(step):
            inputs = [self._real(i, v) for i, v in zip(step.inputs, inputs, strict=True)]
            self._integers[step.output] = False
            return self.run_float(step, inputs)
        inputs = [self._integer(i, v) for i, v in zip(step.inputs, inputs, strict=True)]
        self._integers[step.output] = True
        return self.run_integer(step, inputs)

    def run_float(self, step: Step, inputs: list[Tensor]) -> Tensor:
        """Compute a float step on real values; large weights are rounded as they are stored."""
        layer = step.layer
        if not has_rounded_weights(layer):
            return super().run(step, inputs)
        value = layer.compute(inputs[0], quantized_weight(layer), layer.bias)
        return activate(step.activation, value)

    def run_integer(self, step: Step, inputs: list[Tensor]) -> Tensor:
        """Compute an int8 step on integers less zero points."""
        if step.operator in _SAME_SCALE:
            value = step.compute(*inputs)
            inexact = step.operator in ("RESIZE_BILINEAR", "MEAN")
            return self.quantizer(step.output).quantize(value) if inexact else value
        target = self.quantizer(step.output)
        scales = [self.quantizer(index).scale for index in step.inputs]
        if isinstance(step.layer, Convolution | Dense):
            units = self.layer_units(step.layer, inputs[0], scales[0], target.scale)
        else:
            units = inputs[0] * (scales[0] / target.scale) + inputs[1] * (scales[1] / target.scale)
        return target.quantize(units)

    def run_real(self, step: Step, inputs: list[Tensor]) -> Tensor:
        """Compute one step on real values that are already on their grids."""
        self._integers = dict.fromkeys(step.inputs, False)
        return self._real(step.output, self.run(step, inputs))

    @staticmethod
    def layer_units(
        layer: Convolution | Dense, value: Tensor, scale: Tensor, target: Tensor
    ) -> Tensor:
        """A layer's result in units of its output scale."""
        weight = quantized_weight(layer) * (scale / target)
        return layer.compute(value, weight, layer.bias / target)

    def _integer(self, tensor: int, value: Tensor) -> Tensor:
        if self._integers[tensor]:
            return value
        quantizer = self.quantizer(tensor)
        return quantizer.quantize(value / quantizer.scale)

    def _real(self, tensor: int, value: Tensor) -> Tensor:
        return value * self.quantizer(tensor).scale if self._integers[tensor] else value


def has_rounded_weights(layer: nn.Module | None) -> TypeGuard[Convolution | Dense]:
    """Whether a float operator's weights are stored as int8."""
    if not isinstance(layer, Convolution | Dense):
        return False
    return layer.weight.numel() >= WEIGHTS_WORTH_ROUNDING


@torch.no_grad()
def calibrate(network: QuantizedNetwork, reference: Network, images: Tensor) -> None:
    """Set every scale so that rounding and clipping the reference's values errs least.

    ``images`` (n, height, width, 3) are float; for each tensor group the range is the best, by
    mean squared error, of the observed one and fractions of it.
    """
    if not network.groups:
        return  # only weights are int8
    observed: dict[int, list[Tensor]] = {}
    generator = torch.Generator().manual_seed(0)

    def observe(tensor: int, value: Tensor) -> None:
        flat = value.flatten()
        picked = flat[torch.randint(flat.numel(), (20_000,), generator=generator)]
        extremes = torch.stack([flat.min(), flat.max()])
        observed.setdefault(network.groups[tensor], []).append(torch.cat([extremes, picked]))

    for batch in torch.split(images, 16):
        if network.input in network.groups:
            observe(network.input, batch)
        _, kept = reference(batch, keep=set(network.groups))
        for tensor, value in kept.items():
            observe(tensor, value)
    for group, values in observed.items():
        network.quantizer(group).set_range(*_best_range(torch.cat(values)))
    if network.input in network.groups:
        network.quantizer(network.input).set_range(*_input_range(images))


def _input_range(images: Tensor) -> tuple[float, float]:
    """The input's whole range, so that a picture's 256 grey levels are exact."""
    return (-1.0, 1.0) if float(images.min()) < 0 else (0.0, 1.0)


def _best_range(values: Tensor) -> tuple[float, float]:
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-6)
    best = (torch.inf, low, high)
    for fraction in torch.linspace(1, 0.2, 17).tolist():
        scale = (high - low) * fraction / LEVELS
        zero = round(-low * fraction / scale)
        rounded = ((values / scale).round() + zero).clamp(0, LEVELS) - zero
        error = float((rounded * scale - values).square().mean())
        best = min(best, (error, low * fraction, high * fraction))
    return best[1:]
