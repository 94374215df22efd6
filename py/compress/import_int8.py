"""A static int8 .tflite file as its simulation: the way back from :mod:`compress.export_int8`.

The simulation's float weights are the file's, dequantized, so that the float model and the int8 one
differ by the rounding of activations only.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from compress.model_file import ModelError, constant, is_constant, operator_name, set_constant
from compress.network import Convolution, Dense
from compress.quantized import QuantizedNetwork

_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")


@dataclass(frozen=True)
class Simulated:
    """An int8 file's float model, its int8 simulation, and the file's operators step by step."""

    model: Any
    network: QuantizedNetwork
    operators: list[Any]


def simulated(model: Any) -> Simulated:
    """The simulation of an int8 model; raises ModelError where none of its operators is int8."""
    tensors = model.subgraphs[0].tensors
    int8 = {i for i, tensor in enumerate(tensors) if tensor.type == schema.TensorType.INT8}
    sources = _sources(model, int8)
    operators = [
        one for one in model.subgraphs[0].operators if operator_name(model, one) not in _CONVERSIONS
    ]
    float_operators = {n for n, one in enumerate(operators) if int(one.outputs[0]) not in int8}
    if len(float_operators) == len(operators):
        raise ModelError("the model has no int8 operator")
    plain = _dequantized(model, sources)
    network = QuantizedNetwork(plain, float_operators).eval()
    for index in int8:
        source = sources.get(index, index)
        if source in network.groups and not is_constant(model, tensors[index]):
            found = tensors[index].quantization
            quantizer = network.quantizer(source)
            quantizer.log_scale.data.fill_(np.log(float(found.scale[0])))
            quantizer.zero_point.fill_(int(found.zeroPoint[0]))
    for step, operator in zip(network.steps, operators, strict=True):
        if isinstance(step.layer, Convolution | Dense):
            weight = int(operator.inputs[1])
            stored = tensors[sources.get(weight, weight)]
            if stored.type == schema.TensorType.INT8:
                scales = np.asarray(stored.quantization.scale, np.float32)
                step.layer.steps = torch.from_numpy(np.resize(scales, len(step.layer.weight)))
    return Simulated(plain, network, operators)


def _sources(model: Any, int8: set[int]) -> dict[int, int]:
    """For what QUANTIZE or DEQUANTIZE make, the tensor that they make it from."""
    sources: dict[int, int] = {}
    for operator in model.subgraphs[0].operators:
        if operator_name(model, operator) in _CONVERSIONS:
            source, target = int(operator.inputs[0]), int(operator.outputs[0])
            if (source in int8) == (target in int8):
                raise ModelError("a model that changes the scale of int8 values is not supported")
            sources[target] = sources.get(source, source)
    return sources


def _dequantized(model: Any, sources: dict[int, int]) -> Any:
    """A copy in float32, without conversions."""
    plain = copy.deepcopy(model)
    graph = plain.subgraphs[0]
    graph.operators = [
        one for one in graph.operators if operator_name(plain, one) not in _CONVERSIONS
    ]
    for holder in (graph, *graph.operators):
        holder.inputs = np.array([sources.get(int(i), int(i)) for i in holder.inputs], np.int32)
    graph.outputs = np.array([sources.get(int(i), int(i)) for i in graph.outputs], np.int32)
    for tensor in graph.tensors:
        scaled = tensor.quantization is not None and tensor.quantization.scale is not None
        if scaled and is_constant(plain, tensor):
            set_constant(plain, tensor, _real(constant(plain, tensor), tensor.quantization))
        elif tensor.type == schema.TensorType.INT8:
            tensor.type = schema.TensorType.FLOAT32
        tensor.quantization = None
    return plain


def _real(values: np.ndarray, quantization: Any) -> np.ndarray:
    """Real values of stored integers: less their zero points, times the scales of their axis."""
    along = [1] * values.ndim
    if len(quantization.scale) > 1:
        along[quantization.quantizedDimension] = -1
    zero_points = np.asarray(quantization.zeroPoint, np.float64).reshape(along)
    scales = np.asarray(quantization.scale, np.float64).reshape(along)
    return np.asarray((values - zero_points) * scales, np.float32)
