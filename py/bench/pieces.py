"""A network's operators, each cut out as a network of its own, to be timed alone.

Operators of one kind, shape and type take the same time whatever their weights are, so that one of
them stands for all. What only computes constants, such as weights kept in 16 bits, stays with the
operator that reads it: the runtime does it once, when it loads the network. A PAD that is only for
one convolution stays with that too: natively XNNPACK makes the two one, and padding takes no time.
"""

import copy
from collections import Counter
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
    """The operators that compute for each picture, and those of their inputs that change.

    A convolution reads what it is before it is padded for it.
    """
    graph = model.subgraphs[0]
    fixed = {i for i, tensor in enumerate(graph.tensors) if model_file.is_constant(model, tensor)}
    fixed.add(-1)  # an input that is absent
    unpadded = _unpadded(model)
    for operator in graph.operators:
        changing = (int(i) for i in operator.inputs if int(i) not in fixed)
        inputs = list(dict.fromkeys(unpadded.get(i, i) for i in changing))
        if not inputs:
            fixed.update(int(i) for i in operator.outputs)
        elif int(operator.outputs[0]) not in unpadded:
            yield operator, inputs


def _unpadded(model: Any) -> dict[int, int]:
    """Of what is padded in height and width for one convolution alone, what it was before."""
    operators = model.subgraphs[0].operators
    readers = Counter(int(i) for operator in operators for i in operator.inputs)
    readers.update(int(i) for i in model.subgraphs[0].outputs)
    convolved = {
        int(operator.inputs[0])
        for operator in operators
        if model_file.operator_name(model, operator) in _WINDOWED
    }
    alone = {i for i in convolved if readers[i] == 1}
    padded = {int(o.outputs[0]): int(o.inputs[0]) for o in operators if _pads_pixels(model, o)}
    return {target: source for target, source in padded.items() if target in alone}


def _pads_pixels(model: Any, operator: Any) -> bool:
    """Whether it pads a picture, and not the channels of its pixels."""
    if model_file.operator_name(model, operator) != "PAD":
        return False
    widths = model_file.constant(model, model.subgraphs[0].tensors[int(operator.inputs[1])])
    return not widths[-1].any()


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
