"""Static int8 for the pairs of convolutions of a network that computes the rest in float.

A mixer's work is in pairs of convolutions, the first with a RELU, between values that are best left
in float: normalised ones before, a sum behind. So each pair alone computes in int8. Its ranges come
from samples of the network's input; no picture is needed.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import model_file, trim
from compress.tflite.model_file import (
    add_tensor,
    constant,
    is_constant,
    operator,
    operator_code,
    operator_name,
    quantization,
    set_constant,
    shape,
)
from compress.tflite.runner import Runner
from compress.tflite.weights import nearest

_OPERATOR = schema.BuiltinOperator
_INT8_CONVOLUTION = 3
"""Version of CONV_2D that has int8 kernels."""
_LEVELS = 255


@dataclass(frozen=True)
class _Pair:
    first: Any  # the operators
    second: Any


@dataclass(frozen=True)
class _Grid:
    """Scale and zero point of a tensor's int8 values."""

    scale: float
    zero_point: int


def with_static_pairs(content: bytes, samples: np.ndarray) -> bytes:
    """The float model with its pairs of 1x1 convolutions in int8.

    ``samples`` (n, ...) are inputs of the model, on which ranges are measured. Pairs that compute
    for a single position stay in float, since there is nothing to gain. Raises ModelError for what
    is no model.
    """
    model = model_file.parse(content)
    graph = model.subgraphs[0]
    pairs = _pairs(model)
    seen = _observed(model, [tensor for pair in pairs for tensor in _tensors(pair)], samples)
    replaced: dict[int, list[Any]] = {}
    for pair in pairs:
        grids = [_grid(seen[tensor]) for tensor in _tensors(pair)]
        replaced |= _static(model, pair, grids)
    graph.operators = [new for one in graph.operators for new in replaced.get(id(one), [one])]
    trim.sweep(model)
    return model_file.serialize(model)


def _tensors(pair: _Pair) -> tuple[int, int, int]:
    """What a pair reads, keeps between, and makes."""
    return int(pair.first.inputs[0]), int(pair.first.outputs[0]), int(pair.second.outputs[0])


def _pairs(model: Any) -> list[_Pair]:
    """Pairs of layers of which the second alone reads what the first one makes."""
    layers = [one for one in model.subgraphs[0].operators if _is_layer(model, one)]
    readers = Counter(int(i) for one in model.subgraphs[0].operators for i in one.inputs)
    waiting: dict[int, Any] = {}  # layers with a RELU, by what they make
    found = []
    for one in layers:
        source = int(one.inputs[0])
        if source in waiting and readers[source] == 1:
            found.append(_Pair(waiting.pop(source), one))
        elif one.builtinOptions.fusedActivationFunction == schema.ActivationFunctionType.RELU:
            waiting[int(one.outputs[0])] = one
    return found


def _is_layer(model: Any, one: Any) -> bool:
    """Whether an operator is a 1x1 convolution with constant weights, of several positions."""
    tensors = model.subgraphs[0].tensors
    if operator_name(model, one) != "CONV_2D" or not is_constant(model, tensors[one.inputs[1]]):
        return False
    positions = int(np.prod(shape(tensors[int(one.inputs[0])])[1:3]))
    return shape(tensors[int(one.inputs[1])])[1:3] == (1, 1) and positions > 1


def _observed(model: Any, tensors: list[int], samples: np.ndarray) -> dict[int, np.ndarray]:
    """What a model makes of the samples: the values of each of these tensors, (n, ...)."""
    seeing = copy.deepcopy(model)
    trim.keep_outputs(seeing, [0], tensors)
    run = Runner(model_file.serialize(seeing))
    return dict(zip(tensors, run(samples)[1:], strict=True))


def _grid(values: np.ndarray) -> _Grid:
    """The finest grid that reaches from the least value to the greatest, and holds zero."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-6)
    scale = (high - low) / _LEVELS
    return _Grid(scale, round(-low / scale) - 128)


def _static(model: Any, pair: _Pair, grids: list[_Grid]) -> dict[int, list[Any]]:
    """The operators that stand in each one's place."""
    source, _, target = tensors = _tensors(pair)
    seen, hidden, made = (
        _int8(model, tensor, grid) for tensor, grid in zip(tensors, grids, strict=True)
    )
    _store(model, pair.first, grids[0])
    _store(model, pair.second, grids[1])
    pair.first.inputs[0], pair.second.inputs[0] = seen, hidden
    pair.first.outputs, pair.second.outputs = np.array([[hidden], [made]], np.int32)
    for one in (pair.first, pair.second):
        one.opcodeIndex = operator_code(model, _OPERATOR.CONV_2D, _INT8_CONVOLUTION)
    before = operator(operator_code(model, _OPERATOR.QUANTIZE, 1), [source], [seen])
    after = operator(operator_code(model, _OPERATOR.DEQUANTIZE, 2), [made], [target])
    return {id(pair.first): [before, pair.first], id(pair.second): [pair.second, after]}


def _int8(model: Any, tensor: int, grid: _Grid) -> int:
    """A tensor for the int8 values of another one; returns its number."""
    like = model.subgraphs[0].tensors[tensor]
    new = add_tensor(model, like.name + b"_int8", shape(like), np.int8)
    model.subgraphs[0].tensors[new].quantization = quantization(
        np.array([grid.scale]), np.array([grid.zero_point])
    )
    return new


def _store(model: Any, layer: Any, source: _Grid) -> None:
    """Give a layer int8 weights, and biases in steps of its sums; constants of its own."""
    tensors = model.subgraphs[0].tensors
    weight, bias = (copy.copy(tensors[int(index)]) for index in layer.inputs[1:3])
    values, scales = nearest(constant(model, weight))
    steps = scales.astype(np.float64) * source.scale
    biases = np.round(constant(model, bias) / steps).astype(np.int32)
    set_constant(model, weight, values)
    set_constant(model, bias, biases)
    weight.quantization = quantization(scales, np.zeros(len(scales)))
    bias.quantization = quantization(steps, np.zeros(len(scales)))
    tensors += [weight, bias]
    layer.inputs = np.array([layer.inputs[0], len(tensors) - 2, len(tensors) - 1], np.int32)
