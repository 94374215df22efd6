"""A calibrated or trained int8 simulation as a .tflite file.

The graph stays the float model's; QUANTIZE and DEQUANTIZE stand where int8 and float operators
meet. Weights of float operators are stored as int8 too and expanded when the model is loaded.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from compress.fit.network import Convolution, Dense, Prelu, Step, weight_to_file
from compress.fit.quantized import QuantizedNetwork, has_rounded_weights, weight_scales
from compress.tflite import trim
from compress.tflite.model_file import (
    add_tensor,
    operator,
    operator_code,
    quantization,
    set_constant,
    shape,
)

_OPERATOR = schema.BuiltinOperator
_VERSIONS = {
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": 4,
    "ADD": 2,
    "PAD": 2,
    "MAX_POOL_2D": 2,
    "RESHAPE": 1,
    "RESIZE_BILINEAR": 3,
    "CONCATENATION": 2,
    "MEAN": 2,
}
"""Operator versions that have int8 kernels."""

_BIAS_LIMIT = 2**29
"""Largest stored bias: far enough from int32's end for the sum to fit."""

_MULTIPLIERS = (2.0**-24, 1.0)
"""Least and largest factor from a sum to its int8 result: kernels refuse extremes, and a bias is
as fine as this factor."""


def quantized_axis(layer: Convolution | Dense | Prelu) -> int:
    """Axis of the output channels in the file's weight layout."""
    return 3 if isinstance(layer, Convolution) and layer.is_depthwise else 0


def shortened(values: np.ndarray) -> np.ndarray:
    """Values as float32 of 11 significant bits, which the originals have too: they compress."""
    fractions, exponents = np.frexp(values)
    rounded = np.ldexp(np.round(np.ldexp(fractions, 11)), exponents - 11)
    return np.asarray(rounded, np.float32)


def store_integer_layer(
    model: Any, current: Any, layer: Convolution | Dense, scales: np.ndarray, source: float
) -> None:
    """Give an int8 operator a layer's weight and bias; ``source`` is the scale of its input."""
    weight, bias = (model.subgraphs[0].tensors[int(index)] for index in current.inputs[1:3])
    store_weight(model, weight, layer, scales)
    bias_scales = scales.astype(np.float64) * source
    values = layer.bias.detach().double().numpy() / bias_scales
    set_constant(model, bias, np.round(values).astype(np.int32))
    bias.quantization = quantization(bias_scales, np.zeros(len(scales)))


def store_weight(
    model: Any, tensor: Any, layer: Convolution | Dense | Prelu, scales: np.ndarray
) -> None:
    """Make a tensor a layer's weight as int8, one scale an output channel."""
    axis = quantized_axis(layer)
    values = weight_to_file(layer)
    along = scales.reshape([-1 if dimension == axis else 1 for dimension in range(values.ndim)])
    rounded = np.clip(np.round(values / along), -127, 127).astype(np.int8)
    set_constant(model, tensor, rounded)
    tensor.quantization = quantization(scales, np.zeros(len(scales)), axis)


class Exporter:
    """Writes one network into a copy of its float model."""

    def __init__(self, model: Any, network: QuantizedNetwork) -> None:
        self._model = copy.deepcopy(model)
        self._graph = self._model.subgraphs[0]
        self._network = network
        self._operators: list[Any] = []
        self._as_int8: dict[int, int] = {}  # float tensors that have an int8 twin
        self._as_float: dict[int, int] = {}  # and the other way round

    def export(self) -> Any:
        """The int8 model; inputs and outputs are float32."""
        operators = self._graph.operators
        for step in self._network.steps:
            current = operators[step.position]
            if self._network.is_quantized(step):
                self._quantized(step, current)
            else:
                self._float(step, current)
            self._operators.append(current)
        outputs = [self._in_float(int(index)) for index in self._graph.outputs]
        self._graph.outputs = np.array(outputs, np.int32)
        self._graph.operators = self._operators
        trim.sweep(self._model)
        trim.shorten_names(self._model)
        return self._model

    def _parameters(self, tensor: int) -> tuple[float, int]:
        quantizer = self._network.quantizer(tensor)
        return float(quantizer.scale.detach()), int(quantizer.zero_point)

    def _quantized(self, step: Step, current: Any) -> None:
        inputs = {index: self._in_int8(index) for index in step.inputs}
        current.inputs = np.array([inputs.get(int(i), int(i)) for i in current.inputs], np.int32)
        code = self._model.operatorCodes[current.opcodeIndex]
        current.opcodeIndex = operator_code(self._model, code.builtinCode, _VERSIONS[step.operator])
        if isinstance(step.layer, Convolution | Dense):
            self._store_integer_layer(step, step.layer, current)
        self._mark(step.output, step.output)
        self._as_int8[step.output] = step.output

    def _mark(self, index: int, like: int) -> None:
        """Make a tensor int8 with the parameters of the network's tensor ``like``."""
        scale, zero_point = self._parameters(like)
        tensor = self._graph.tensors[index]
        tensor.type = schema.TensorType.INT8
        tensor.quantization = quantization(np.array(scale), np.array(zero_point))

    def _store_integer_layer(self, step: Step, layer: Convolution | Dense, current: Any) -> None:
        scale, _ = self._parameters(step.inputs[0])
        bias = layer.bias.detach().double().numpy()
        scales = weight_scales(layer).numpy()
        # A channel of nearly no weight gets a coarser scale, so that its bias fits into int32. One
        # of huge weights reads a channel that is always zero: they may as well be clipped.
        target, _ = self._parameters(step.output)
        least, largest = (multiplier * target / scale for multiplier in _MULTIPLIERS)
        scales = np.clip(scales, least, largest)
        scales = np.maximum(scales, np.abs(bias) / (scale * _BIAS_LIMIT)).astype(np.float32)
        store_integer_layer(self._model, current, layer, scales, scale)

    def _float(self, step: Step, current: Any) -> None:
        inputs = {index: self._in_float(index) for index in step.inputs}
        current.inputs = np.array([inputs.get(int(i), int(i)) for i in current.inputs], np.int32)
        layer = step.layer
        if layer is None:
            return
        weight = int(current.inputs[1])
        if has_rounded_weights(layer):
            current.inputs[1] = self._expanded(layer, weight)
        else:
            self._set_float(weight, weight_to_file(layer))
        if not isinstance(layer, Prelu):
            self._set_float(int(current.inputs[2]), layer.bias.detach().numpy())

    def _set_float(self, index: int, values: np.ndarray) -> None:
        tensor = self._graph.tensors[index]
        set_constant(self._model, tensor, shortened(values).reshape(shape(tensor)))

    def _expanded(self, layer: Convolution | Dense, index: int) -> int:
        """Store a float operator's weight as int8 behind DEQUANTIZE; the tensor to read."""
        tensor = self._graph.tensors[index]
        with torch.no_grad():
            scales = weight_scales(layer).numpy()
        store_weight(self._model, tensor, layer, scales)
        expanded = add_tensor(self._model, tensor.name + b"_float", shape(tensor), np.float32)
        self._operators.append(self._conversion(_OPERATOR.DEQUANTIZE, 5, index, expanded))
        return expanded

    def _conversion(self, number: int, version: int, source: int, target: int) -> Any:
        return operator(operator_code(self._model, number, version), [source], [target])

    def _in_int8(self, index: int) -> int:
        """The int8 form of a tensor, behind QUANTIZE where it is float."""
        if index not in self._as_int8:
            tensor = self._graph.tensors[index]
            twin = add_tensor(self._model, tensor.name + b"_int8", shape(tensor), np.int8)
            self._mark(twin, index)
            self._operators.append(self._conversion(_OPERATOR.QUANTIZE, 1, index, twin))
            self._as_int8[index] = twin
        return self._as_int8[index]

    def _in_float(self, index: int) -> int:
        """The float form of a tensor, behind DEQUANTIZE where it is int8."""
        if self._as_int8.get(index) != index:
            return index
        if index not in self._as_float:
            tensor = self._graph.tensors[index]
            twin = add_tensor(self._model, tensor.name + b"_float", shape(tensor), np.float32)
            self._operators.append(self._conversion(_OPERATOR.DEQUANTIZE, 2, index, twin))
            self._as_float[index] = twin
        return self._as_float[index]
