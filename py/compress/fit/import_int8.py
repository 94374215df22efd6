"""An int8 .tflite file as its simulation: the way back from :mod:`compress.fit.export_int8`.

The simulation's float weights are the file's, dequantized, so that the float model and the int8 one
differ by the rounding of activations only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from compress.fit.network import Convolution, Dense
from compress.fit.quantized import QuantizedNetwork
from compress.tflite import fold
from compress.tflite.dequantize import CONVERSIONS, conversions, in_float
from compress.tflite.model_file import is_constant, operator_name


@dataclass(frozen=True)
class Simulated:
    """An int8 file's float model, its int8 simulation, and the file's operators step by step."""

    model: Any
    network: QuantizedNetwork
    operators: list[Any]


def simulated(model: Any) -> Simulated:
    """The simulation of an int8 model, or of one of which only weights are int8."""
    tensors = model.subgraphs[0].tensors
    int8 = {i for i, tensor in enumerate(tensors) if tensor.type == schema.TensorType.INT8}
    sources = conversions(model)
    operators = [
        one for one in model.subgraphs[0].operators if operator_name(model, one) not in CONVERSIONS
    ]
    float_operators = {n for n, one in enumerate(operators) if int(one.outputs[0]) not in int8}
    plain = in_float(model)
    fold.fold(plain)
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
