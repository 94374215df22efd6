"""A static int8 model in float arithmetic: the same network with the same weights.

The weights stay in the file as int8 and are expanded when it is loaded. Where a processor
multiplies bytes no faster than floats, this is the fast form of what a recipe pruned.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite.fold import real_values
from compress.tflite.model_file import (
    ModelError,
    add_tensor,
    is_constant,
    operator,
    operator_code,
    operator_name,
    set_constant,
    shape,
)

CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")


def conversions(model: Any) -> dict[int, int]:
    """For what QUANTIZE and DEQUANTIZE make, the tensor that they make it from.

    Raises ModelError where one only changes the scale of int8 values.
    """
    tensors = model.subgraphs[0].tensors
    sources: dict[int, int] = {}
    for each in model.subgraphs[0].operators:
        if operator_name(model, each) in CONVERSIONS:
            source, target = int(each.inputs[0]), int(each.outputs[0])
            if _is_int8(tensors[source]) == _is_int8(tensors[target]):
                raise ModelError("a model that changes the scale of int8 values is not supported")
            sources[target] = sources.get(source, source)
    return sources


def in_float(model: Any) -> Any:
    """A copy whose activations and biases are float32; its int8 weights stand behind DEQUANTIZE.

    Activations keep their numbers as tensors; sweep afterwards. Raises ModelError as
    :func:`conversions` does.
    """
    plain = copy.deepcopy(model)
    graph = plain.subgraphs[0]
    sources = {
        target: source
        for target, source in conversions(plain).items()
        if not is_constant(plain, graph.tensors[source])
    }
    graph.operators = [each for each in graph.operators if int(each.outputs[0]) not in sources]
    for holder in (graph, *graph.operators):
        holder.inputs = np.array([sources.get(int(i), int(i)) for i in holder.inputs], np.int32)
    graph.outputs = np.array([sources.get(int(i), int(i)) for i in graph.outputs], np.int32)
    for tensor in graph.tensors:
        _make_float(plain, tensor)
    graph.operators = [each for one in graph.operators for each in _expanding(plain, one)]
    return plain


def _make_float(model: Any, tensor: Any) -> None:
    """Make a bias or an activation float32; leave an int8 constant."""
    constant = is_constant(model, tensor)
    if constant and tensor.type == schema.TensorType.INT32 and _is_scaled(tensor):
        set_constant(model, tensor, real_values(model, tensor))
    elif _is_int8(tensor) and not constant:
        tensor.type = schema.TensorType.FLOAT32
    else:
        return
    tensor.quantization = None


def _expanding(model: Any, reader: Any) -> list[Any]:
    """An operator behind a DEQUANTIZE of every int8 constant that it reads."""
    if operator_name(model, reader) in CONVERSIONS:
        return [reader]
    tensors = model.subgraphs[0].tensors
    before = []
    for place, index in enumerate(reader.inputs):
        if index >= 0 and _is_int8(tensors[index]):
            stored = tensors[index]
            expanded = add_tensor(model, stored.name + b"_float", shape(stored), np.float32)
            code = operator_code(model, schema.BuiltinOperator.DEQUANTIZE, 5)
            before.append(operator(code, [int(index)], [expanded]))
            reader.inputs[place] = expanded
    return [*before, reader]


def _is_int8(tensor: Any) -> bool:
    return bool(tensor.type == schema.TensorType.INT8)


def _is_scaled(tensor: Any) -> bool:
    return tensor.quantization is not None and tensor.quantization.scale is not None
