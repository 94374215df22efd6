"""The trim stage: drop outputs nobody reads, and everything in the file that only they need.

Pose models spend a third to a half of their time on a segmentation mask; without that output the
remaining results are bit-identical.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite.model_file import ModelError, is_constant, operator_name

_NO_ACTIVATION = schema.ActivationFunctionType.NONE
_RELU = schema.ActivationFunctionType.RELU
_FUSES_RELU = ("ADD", "CONV_2D", "DEPTHWISE_CONV_2D")


def keep_outputs(model: Any, kept: Sequence[int], tensors: Sequence[int] = ()) -> None:
    """Keep the outputs with these positions, in this order, in place; sweep afterwards.

    The inner tensors with the numbers ``tensors`` become outputs after them.
    """
    graph = model.subgraphs[0]
    if not all(0 <= position < len(graph.outputs) for position in kept):
        raise ModelError(f"the model has {len(graph.outputs)} outputs, cannot keep {list(kept)}")
    if not kept and not tensors:
        raise ModelError("a model without outputs is of no use: keep one")
    graph.outputs = np.array([*(graph.outputs[i] for i in kept), *tensors], np.int32)


def begin_at(model: Any, tensors: Sequence[int]) -> None:
    """Let inner tensors be the inputs, in place: what computes them is left out; sweep afterwards.

    A graph with an operator that the runtime does not know can be cut there into two models.
    """
    graph = model.subgraphs[0]
    graph.operators = [o for o in graph.operators if not set(tensors).intersection(o.outputs)]
    graph.inputs = np.array(tensors, np.int32)


def fuse_relu(model: Any) -> None:
    """Let ADD and convolutions apply the RELU that alone follows them, in place (exact)."""
    graph = model.subgraphs[0]
    readers = Counter(int(i) for operator in graph.operators for i in operator.inputs)
    readers.update(int(i) for i in graph.outputs)
    producer: dict[int, Any] = {}
    kept = []
    for operator in graph.operators:
        source = producer.get(int(operator.inputs[0]))
        if (
            operator_name(model, operator) == "RELU"
            and source is not None
            and operator_name(model, source) in _FUSES_RELU
            and source.builtinOptions.fusedActivationFunction == _NO_ACTIVATION
            and readers[int(operator.inputs[0])] == 1
        ):
            source.builtinOptions.fusedActivationFunction = _RELU
            source.outputs = operator.outputs
        else:
            kept.append(operator)
            source = operator
        producer[int(operator.outputs[0])] = source
    graph.operators = kept


def sweep(model: Any) -> None:
    """Drop dead operators, unused tensors and codes, duplicate constants, metadata; in place.

    Also gives the model one signature, ``serving_default``, which calibration tools ask for.
    """
    graph = model.subgraphs[0]
    graph.operators = _live_operators(graph)
    _renumber_tensors(graph)
    model.buffers = _merged_buffers(model)
    _renumber_codes(model)
    model.metadata = None
    model.metadataBuffer = None
    model.signatureDefs = [_signature(graph)]


def separate_constants(model: Any) -> None:
    """Give every operator constants of its own, in place.

    Converters let operators share what is equal, such as biases of zero, which a fit makes unequal.
    """
    graph = model.subgraphs[0]
    taken: set[int] = set()
    for operator in graph.operators:
        for position, index in enumerate(map(int, operator.inputs)):
            if index < 0 or not is_constant(model, graph.tensors[index]):
                continue
            if index in taken:
                graph.tensors.append(copy.copy(graph.tensors[index]))
                operator.inputs = np.array(operator.inputs, np.int32)
                operator.inputs[position] = len(graph.tensors) - 1
            taken.add(index)


def shorten_names(model: Any) -> None:
    """Name inner tensors by their index, in place: training tools' names are long."""
    graph = model.subgraphs[0]
    outside = {int(i) for i in (*graph.inputs, *graph.outputs)}
    for index, tensor in enumerate(graph.tensors):
        if index not in outside:
            tensor.name = str(index).encode()


def _live_operators(graph: Any) -> list[Any]:
    live = {int(i) for i in graph.outputs}
    operators = []
    for operator in reversed(graph.operators):
        if live.intersection(int(i) for i in operator.outputs):
            operators.append(operator)
            live.update(int(i) for i in operator.inputs)
    return operators[::-1]


def _renumber_tensors(graph: Any) -> None:
    used = {int(i) for i in (*graph.inputs, *graph.outputs)}
    for operator in graph.operators:
        used.update(int(i) for i in (*operator.inputs, *operator.outputs))
    used.discard(-1)
    new = {old: index for index, old in enumerate(sorted(used))}
    new[-1] = -1  # an optional input that is absent
    graph.tensors = [graph.tensors[old] for old in sorted(used)]
    for holder in (graph, *graph.operators):
        holder.inputs = np.array([new[int(i)] for i in holder.inputs], np.int32)
        holder.outputs = np.array([new[int(i)] for i in holder.outputs], np.int32)
    for operator in graph.operators:
        operator.intermediates = None


def _merged_buffers(model: Any) -> list[Any]:
    """Buffers in the order of the tensors, equal ones once; buffer 0 is empty by convention."""
    buffers = [schema.BufferT()]
    index: dict[bytes, int] = {b"": 0}
    for tensor in model.subgraphs[0].tensors:
        data = model.buffers[tensor.buffer].data
        content = b"" if data is None else np.asarray(data, np.uint8).tobytes()
        if content not in index:
            index[content] = len(buffers)
            buffers.append(model.buffers[tensor.buffer])
        tensor.buffer = index[content]
    return buffers


def _renumber_codes(model: Any) -> None:
    codes: list[Any] = []
    new: dict[int, int] = {}
    for operator in model.subgraphs[0].operators:
        if operator.opcodeIndex not in new:
            new[operator.opcodeIndex] = len(codes)
            codes.append(model.operatorCodes[operator.opcodeIndex])
        operator.opcodeIndex = new[operator.opcodeIndex]
    model.operatorCodes = codes


def _signature(graph: Any) -> Any:
    signature = schema.SignatureDefT()
    signature.signatureKey = b"serving_default"
    signature.subgraphIndex = 0
    signature.inputs = [_named(graph, index) for index in graph.inputs]
    signature.outputs = [_named(graph, index) for index in graph.outputs]
    return signature


def _named(graph: Any, index: int) -> Any:
    entry = schema.TensorMapT()
    entry.name = graph.tensors[index].name
    entry.tensorIndex = int(index)
    return entry
