"""A float .tflite model as a PyTorch module, and its weights back into the same file.

The graph stays TensorFlow Lite's: one step for each operator, values kept under their tensor's
index. Inside, activations are (batch, channels, height, width) in channels-last memory; inputs
and outputs of :class:`Network` have the model's own NHWC shapes, but for the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import Tensor, nn
from torch.nn import functional

from compress.tflite.model_file import (
    ModelError,
    constant,
    is_constant,
    operator_name,
    set_constant,
    shape,
)

Padding = tuple[int, int, int, int]
"""Left, right, top, bottom."""

_ACTIVATIONS: dict[int, Callable[[Tensor], Tensor]] = {
    schema.ActivationFunctionType.NONE: lambda value: value,
    schema.ActivationFunctionType.RELU: functional.relu,
    schema.ActivationFunctionType.RELU6: functional.relu6,
}


ACTIVATION_RANGES = {
    schema.ActivationFunctionType.NONE: (-torch.inf, torch.inf),
    schema.ActivationFunctionType.RELU: (0.0, torch.inf),
    schema.ActivationFunctionType.RELU6: (0.0, 6.0),
}


def same_padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding of one axis; the odd pixel goes to the end."""
    outputs = -(-length // stride)
    total = max((outputs - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


class Convolution(nn.Module):
    """CONV_2D or DEPTHWISE_CONV_2D, without its activation."""

    steps: Tensor | None
    """Step of each output channel's int8 grid, where it is coarser than need be."""

    def __init__(
        self, weight: Tensor, bias: Tensor, stride: tuple[int, int], padding: Padding, groups: int
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
        self.bias = nn.Parameter(bias)
        self.register_buffer("steps", None)
        self.stride = stride
        self.padding = padding
        self.groups = groups

    @property
    def is_depthwise(self) -> bool:
        """Whether each output channel reads its own input channel only."""
        return self.groups > 1

    def compute(self, value: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Convolve with this weight and bias instead of the layer's own."""
        left, right, top, bottom = self.padding
        if left == right and top == bottom:
            padding = (top, left)
        else:
            value, padding = functional.pad(value, self.padding), (0, 0)
        return functional.conv2d(value, weight, bias, self.stride, padding, 1, self.groups)

    def forward(self, value: Tensor) -> Tensor:
        """The layer's result."""
        return self.compute(value, self.weight, self.bias)


class Dense(nn.Module):
    """FULLY_CONNECTED, without its activation."""

    steps: Tensor | None
    """As in :class:`Convolution`."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)
        self.register_buffer("steps", None)

    def compute(self, value: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Multiply with this weight and add this bias instead of the layer's own."""
        return functional.linear(value.flatten(1), weight, bias)

    def forward(self, value: Tensor) -> Tensor:
        """The layer's result."""
        return self.compute(value, self.weight, self.bias)


class Prelu(nn.Module):
    """PRELU with one slope a channel."""

    def __init__(self, slope: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(slope)

    def forward(self, value: Tensor) -> Tensor:
        """The layer's result."""
        return functional.prelu(value, self.weight)


@dataclass
class Step:
    """One operator: what it computes from which tensors."""

    position: int  # in the graph's operators
    operator: str
    inputs: tuple[int, ...]
    output: int
    compute: Callable[..., Tensor]
    activation: int = schema.ActivationFunctionType.NONE
    layer: Convolution | Dense | Prelu | None = None


class Network(nn.Module):
    """A float model; raises ModelError for operators that are not known here."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        graph = model.subgraphs[0]
        self.input = int(graph.inputs[0])
        self.outputs = [int(index) for index in graph.outputs]
        self.steps = [_step(model, position) for position in range(len(graph.operators))]
        self.layers = nn.ModuleDict(
            {str(step.position): step.layer for step in self.steps if step.layer is not None}
        )
        self._last_use = {i: n for n, step in enumerate(self.steps) for i in step.inputs}
        self._last_use.update({index: len(self.steps) for index in self.outputs})

    def run(self, step: Step, inputs: list[Tensor]) -> Tensor:
        """Compute one step; quantized networks override this."""
        compute = step.compute if step.layer is None else step.layer
        return activate(step.activation, compute(*inputs))

    def forward(
        self, image: Tensor, keep: frozenset[int] | set[int] = frozenset()
    ) -> tuple[list[Tensor], dict[int, Tensor]]:
        """Outputs for images (n, height, width, 3), and the tensors to keep by index (NCHW)."""
        values = {self.input: image.permute(0, 3, 1, 2)}
        kept = {}
        for number, step in enumerate(self.steps):
            value = self.run(step, [values[index] for index in step.inputs])
            values[step.output] = value
            if step.output in keep:
                kept[step.output] = value
            for index in (*step.inputs, step.output):
                if self._last_use.get(index, -1) <= number:
                    values.pop(index, None)
        return [to_nhwc(values[index]) for index in self.outputs], kept

    def store(self, model: Any) -> None:
        """Write the weights into the model that this network was read from, in place."""
        graph = model.subgraphs[0]
        for step in self.steps:
            if step.layer is None:
                continue
            indices = graph.operators[step.position].inputs
            _store(model, graph.tensors[indices[1]], weight_to_file(step.layer))
            if not isinstance(step.layer, Prelu) and len(indices) > 2:
                bias = step.layer.bias.detach().numpy().astype(np.float32)
                _store(model, graph.tensors[indices[2]], bias)


def activate(activation: int, value: Tensor) -> Tensor:
    """Apply a fused activation function."""
    return _ACTIVATIONS[activation](value)


def to_nhwc(value: Tensor) -> Tensor:
    """A value in the model's own order of axes."""
    return value.permute(0, 2, 3, 1) if value.ndim == 4 else value


def weight_to_file(layer: Convolution | Dense | Prelu) -> np.ndarray:
    """A layer's weight in TensorFlow Lite's layout."""
    weight = layer.weight.detach()
    if isinstance(layer, Prelu):
        return weight.reshape(1, 1, -1).numpy()
    if isinstance(layer, Dense):
        return weight.numpy()
    order = (1, 2, 3, 0) if layer.is_depthwise else (0, 2, 3, 1)
    return np.ascontiguousarray(weight.permute(order).numpy())


def _store(model: Any, tensor: Any, values: np.ndarray) -> None:
    set_constant(model, tensor, values.reshape(shape(tensor)))


def _step(model: Any, position: int) -> Step:
    graph = model.subgraphs[0]
    operator = graph.operators[position]
    name = operator_name(model, operator)
    if name not in _BUILDERS:
        raise ModelError(f"operator {name} is not supported")
    tensors = [graph.tensors[index] for index in operator.inputs if index >= 0]
    inputs = tuple(
        int(index)
        for index in operator.inputs
        if index >= 0 and not is_constant(model, graph.tensors[index])
    )
    output = int(operator.outputs[0])
    sizes = [shape(tensor) for tensor in tensors]
    constants = [constant(model, tensor) for tensor in tensors if is_constant(model, tensor)]
    options = operator.builtinOptions
    made = _BUILDERS[name](options, sizes, constants, shape(graph.tensors[output]))
    layer = made if isinstance(made, Convolution | Dense | Prelu) else None
    activation = getattr(options, "fusedActivationFunction", 0) or 0
    if activation not in _ACTIVATIONS:
        raise ModelError(f"activation {activation} of operator {name} is not supported")
    return Step(position, name, inputs, output, made, activation, layer)


Shape = tuple[int, ...]
Built = Callable[..., Tensor]


def _windows(options: Any, size: Shape, kernel: Shape) -> tuple[tuple[int, int], Padding]:
    stride = (options.strideH, options.strideW)
    if options.padding == schema.Padding.VALID:
        return stride, (0, 0, 0, 0)
    top, bottom = same_padding(size[1], kernel[0], stride[0])
    left, right = same_padding(size[2], kernel[1], stride[1])
    return stride, (left, right, top, bottom)


def _bias(constants: list[np.ndarray], channels: int) -> Tensor:
    return torch.tensor(constants[1]) if len(constants) > 1 else torch.zeros(channels)


def _convolution(options: Any, sizes: list[Shape], constants: list[np.ndarray], _: Shape) -> Built:
    weight = torch.tensor(constants[0]).permute(0, 3, 1, 2)
    stride, padding = _windows(options, sizes[0], tuple(weight.shape[2:]))
    return Convolution(weight, _bias(constants, len(weight)), stride, padding, 1)


def _depthwise(options: Any, sizes: list[Shape], constants: list[np.ndarray], _: Shape) -> Built:
    weight = torch.tensor(constants[0]).permute(3, 0, 1, 2)
    if len(weight) != sizes[0][3]:
        raise ModelError("depthwise convolutions with a depth multiplier are not supported")
    stride, padding = _windows(options, sizes[0], tuple(weight.shape[2:]))
    return Convolution(weight, _bias(constants, len(weight)), stride, padding, len(weight))


def _dense(_: Any, __: list[Shape], constants: list[np.ndarray], ___: Shape) -> Built:
    weight = torch.tensor(constants[0])
    return Dense(weight, _bias(constants, len(weight)))


def _prelu(_: Any, __: list[Shape], constants: list[np.ndarray], ___: Shape) -> Built:
    return Prelu(torch.tensor(constants[0].reshape(-1)))


def _add(_: Any, __: list[Shape], constants: list[np.ndarray], ___: Shape) -> Built:
    if constants:
        raise ModelError("ADD with a constant is not supported")
    return torch.add


def _mul(_: Any, __: list[Shape], constants: list[np.ndarray], ___: Shape) -> Built:
    if len(constants) != 1 or constants[0].ndim != 4:
        raise ModelError("only MUL with a constant of four axes is supported")
    factors = torch.tensor(constants[0]).permute(0, 3, 1, 2)
    return lambda value: value * factors


def _pad(_: Any, __: list[Shape], constants: list[np.ndarray], ___: Shape) -> Built:
    (top, bottom), (left, right), channels = constants[0][1:]
    widths = [int(w) for w in (left, right, top, bottom, *channels)]
    return lambda value: functional.pad(value, widths)


def _max_pool(options: Any, sizes: list[Shape], _: list[np.ndarray], __: Shape) -> Built:
    kernel = (options.filterHeight, options.filterWidth)
    stride, padding = _windows(options, sizes[0], kernel)

    def pool(value: Tensor) -> Tensor:
        if any(padding):
            value = functional.pad(value, padding, value=-torch.inf)
        return functional.max_pool2d(value, kernel, stride)

    return pool


def _resize(options: Any, sizes: list[Shape], _: list[np.ndarray], output: Shape) -> Built:
    size = output[1:3]
    if options.alignCorners or options.halfPixelCenters:
        corners = bool(options.alignCorners)
        return lambda value: functional.interpolate(
            value, size=size, mode="bilinear", align_corners=corners
        )
    rows = _legacy_weights(sizes[0][1], size[0])
    columns = _legacy_weights(sizes[0][2], size[1])
    return lambda value: rows @ value @ columns.T


def _legacy_weights(length: int, size: int) -> Tensor:
    """Matrix (size, length) of TensorFlow 1's bilinear resize, whose source is at * length/size."""
    source = torch.arange(size) * (length / size)
    low = source.floor().long().clamp(max=length - 1)
    high = (low + 1).clamp(max=length - 1)
    weights = torch.zeros(size, length)
    weights[torch.arange(size), low] += 1 - (source - low)
    weights[torch.arange(size), high] += source - low
    return weights


def _mean(options: Any, _: list[Shape], constants: list[np.ndarray], __: Shape) -> Built:
    if sorted(int(axis) for axis in constants[0].ravel()) != [1, 2]:
        raise ModelError("MEAN over other axes than height and width is not supported")
    keep = bool(options.keepDims)
    return lambda value: value.mean((2, 3), keepdim=keep)


def _reshape(_: Any, __: list[Shape], ___: list[np.ndarray], output: Shape) -> Built:
    def reshape(value: Tensor) -> Tensor:
        value = to_nhwc(value).reshape(len(value), *output[1:])
        return value.permute(0, 3, 1, 2) if value.ndim == 4 else value

    return reshape


def _concatenation(options: Any, _: list[Shape], __: list[np.ndarray], output: Shape) -> Built:
    axis = options.axis % len(output)
    if len(output) == 4:
        axis = (0, 2, 3, 1)[axis]
    return lambda *values: torch.cat(values, axis)


def _depth_to_space(options: Any, _: list[Shape], __: list[np.ndarray], ___: Shape) -> Built:
    block = options.blockSize

    def spread(value: Tensor) -> Tensor:
        count, channels, height, width = value.shape
        depth = channels // block**2
        value = value.reshape(count, block, block, depth, height, width)
        value = value.permute(0, 3, 4, 1, 5, 2)
        return value.reshape(count, depth, height * block, width * block)

    return spread


def _strided_slice(
    options: Any, sizes: list[Shape], constants: list[np.ndarray], output: Shape
) -> Built:
    begin, end, stride = (values.tolist() for values in constants)
    if options.shrinkAxisMask or options.newAxisMask or options.ellipsisMask:
        raise ModelError("STRIDED_SLICE that changes the number of axes is not supported")
    slices = [
        slice(
            None if options.beginMask >> axis & 1 else begin[axis],
            None if options.endMask >> axis & 1 else end[axis],
            stride[axis],
        )
        for axis in range(1, len(sizes[0]))
    ]
    rows, columns, channels = slices
    return lambda value: value[:, channels, rows, columns]


_BUILDERS: dict[str, Callable[[Any, list[Shape], list[np.ndarray], Shape], Built]] = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "DEPTH_TO_SPACE": _depth_to_space,
    "FULLY_CONNECTED": _dense,
    "LOGISTIC": lambda *_: torch.sigmoid,
    "MAX_POOL_2D": _max_pool,
    "MEAN": _mean,
    "MUL": _mul,
    "PAD": _pad,
    "PRELU": _prelu,
    "RELU": lambda *_: functional.relu,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize,
    "STRIDED_SLICE": _strided_slice,
}
