"""A network's operators, each cut out as a network of its own, to be timed alone.

Operators of one kind, shape and type take the same time whatever their weights are, so that one of
them stands for all. What only computes constants, such as weights kept in 16 bits, stays with the
operator that reads it: the runtime does it once, when it loads the network.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import cost, model_file, trim

_WINDOWED = {"CONV_2D": "convolution", "DEPTHWISE_CONV_2D": "depthwise convolution"}


@dataclass(frozen=True)
class Piece:
    """An operator alone: how often the network has such a one, and its multiply-accumulates."""

    kind: str
    content: bytes
    macs: int
    count: int = 1


def pieces(content: bytes) -> list[Piece]:
    """The operators of a network (a .tflite file), those that are alike as one."""
    model = model_file.parse(content)
    found: dict[tuple[Any, ...], Piece] = {}
    for operator, inputs in _computing(model):
        key = _likeness(model, operator, inputs)
        if key in found:
            found[key] = replace(found[key], count=found[key].count + 1)
        else:
            macs = cost.macs_of(model, operator)
            found[key] = Piece(key[0], _alone(model, operator, inputs), macs)
    return list(found.values())


def nothing() -> bytes:
    """A network that does next to nothing: what calling one costs."""
    model = schema.ModelT()
    model.version, model.operatorCodes, model.buffers = 3, [], [schema.BufferT()]
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = [], []
    model.subgraphs = [graph]
    source, result = (model_file.add_tensor(model, n, (1, 1), np.float32) for n in (b"in", b"out"))
    code = model_file.operator_code(model, schema.BuiltinOperator.RELU, 1)
    graph.operators = [model_file.operator(code, [source], [result])]
    graph.inputs, graph.outputs = np.array([source], np.int32), np.array([result], np.int32)
    return model_file.serialize(model)


def _computing(model: Any) -> Iterator[tuple[Any, list[int]]]:
    """The operators that compute for each picture, and those of their inputs that change."""
    graph = model.subgraphs[0]
    fixed = {i for i, tensor in enumerate(graph.tensors) if model_file.is_constant(model, tensor)}
    fixed.add(-1)  # an input that is absent
    for operator in graph.operators:
        inputs = list(dict.fromkeys(int(i) for i in operator.inputs if int(i) not in fixed))
        if inputs:
            yield operator, inputs
        else:
            fixed.update(int(i) for i in operator.outputs)


def _likeness(model: Any, operator: Any, inputs: list[int]) -> tuple[Any, ...]:
    """What operators that take the same time share; its kind comes first."""
    tensors = model.subgraphs[0].tensors
    every = [tensors[int(i)] for i in (*operator.inputs, *operator.outputs) if int(i) >= 0]
    shapes = tuple((model_file.shape(tensor), tensor.type) for tensor in every)
    options = operator.builtinOptions
    settings = tuple(sorted(vars(options).items())) if options else ()
    return (_kind(model, operator, tensors[inputs[0]]), shapes, str(settings))


def _kind(model: Any, operator: Any, source: Any) -> str:
    """What an operator is called in the table: its name, its window and its type of numbers."""
    name = model_file.operator_name(model, operator)
    words = [_WINDOWED.get(name, name.lower().replace("_", " "))]
    if name in _WINDOWED:
        weights = model.subgraphs[0].tensors[int(operator.inputs[1])]
        rows, columns = model_file.shape(weights)[1:3]
        words.append(f"{rows}x{columns}")
    return " ".join([*words, "int8" if source.type == schema.TensorType.INT8 else "float"])


def _alone(model: Any, operator: Any, inputs: list[int]) -> bytes:
    """A model of this operator, and of what computes its constants."""
    single, graph = copy.copy(model), copy.copy(model.subgraphs[0])
    single.subgraphs = [graph]
    graph.tensors = [copy.copy(tensor) for tensor in graph.tensors]
    graph.operators = [copy.copy(each) for each in graph.operators]
    trim.keep_outputs(single, [], [int(i) for i in operator.outputs])
    trim.begin_at(single, inputs)
    trim.sweep(single)
    return model_file.serialize(single)
