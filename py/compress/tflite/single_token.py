"""What a mixer computes for tokens that nobody reads, left out: results are the same bytes.

A mixer's values are (1, 1, tokens, channels), and transposed where it mixes tokens. The blendshape
network reads its answer off the first token, yet its last block computes all 97.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from compress.tflite import trim
from compress.tflite.model_file import (
    add_tensor,
    constant,
    is_constant,
    operator_name,
    set_constant,
    shape,
)

_BY_TOKEN = ("ADD", "CONV_2D", "MEAN", "MUL", "NEG", "RSQRT", "SQUARED_DIFFERENCE")
"""Operators that compute each token by itself."""


def compute_first_token(model: Any) -> None:
    """Compute the first token alone where the end of a model reads no other, in place."""
    graph = model.subgraphs[0]
    for place, one in reversed(list(enumerate(graph.operators))):
        if _takes_first(model, one) and shape(graph.tensors[int(one.outputs[0])])[2] == 1:
            graph.operators = _Narrowing(model, one, place).operators()
            trim.sweep(model)
            return


def _takes_first(model: Any, one: Any) -> bool:
    """Whether an operator takes one token or more, from the first."""
    if operator_name(model, one) != "STRIDED_SLICE":
        return False
    tensors = model.subgraphs[0].tensors
    source, target = (shape(tensors[int(i)]) for i in (one.inputs[0], one.outputs[0]))
    if constant(model, tensors[int(one.inputs[1])]).any() or len(source) != 4:
        return False
    return (*source[:2], source[3]) == (*target[:2], target[3]) and target[2] < source[2]


class _Narrowing:
    """Goes from the operator ``cut`` that takes the first token towards the model's input."""

    def __init__(self, model: Any, cut: Any, place: int) -> None:
        self._model = model
        self._tensors = model.subgraphs[0].tensors
        self._cut = cut
        self._before = model.subgraphs[0].operators[:place]
        self._done: list[Any] = model.subgraphs[0].operators[place + 1 :]
        self._narrow = {int(cut.inputs[0]): int(cut.outputs[0])}
        self._columns: dict[int, int] = {}  # the same of transposed tensors

    def operators(self) -> list[Any]:
        """The operators of the narrowed model, in their order."""
        for one in reversed(self._before):
            output = int(one.outputs[0])
            if output in self._narrow and _takes_first(self._model, one):
                self._narrow[int(one.inputs[0])] = self._narrow[output]
                continue
            if output in self._columns:
                self._cut_outputs(one, self._columns[output])
            elif output in self._narrow and not self._narrowed(one, self._narrow[output]):
                self._done.insert(0, self._slice(output, self._narrow[output]))
            self._done.insert(0, one)
        return self._done

    def _narrowed(self, one: Any, target: int) -> bool:
        """Whether an operator could be made to compute ``target``, the first token of its own."""
        name = operator_name(self._model, one)
        if self._is_read(int(one.outputs[0])):
            return False
        if name == "TRANSPOSE" and self._producer(int(one.inputs[0])) == "CONV_2D":
            source = int(one.inputs[0])
            size = shape(self._tensors[source])
            self._columns[source] = self._added(source, (*size[:3], 1))
            one.inputs = np.array([self._columns[source], *one.inputs[1:]], np.int32)
        elif name in _BY_TOKEN:
            one.inputs = np.array([self._first(int(i)) for i in one.inputs], np.int32)
        else:
            return False
        one.outputs = np.array([target], np.int32)
        return True

    def _is_read(self, tensor: int) -> bool:
        """Whether an operator that needs all tokens reads this one."""
        return any(tensor in one.inputs for one in self._done)

    def _producer(self, tensor: int) -> str:
        made = [one for one in self._before if tensor in one.outputs]
        read = [one for one in self._before if tensor in one.inputs]
        return operator_name(self._model, made[0]) if made and len(read) == 1 else ""

    def _first(self, tensor: int) -> int:
        """The tensor that is the first token of another one."""
        size = () if tensor < 0 else shape(self._tensors[tensor])
        if len(size) < 4 or size[2] == 1 or is_constant(self._model, self._tensors[tensor]):
            return tensor
        if tensor not in self._narrow:
            self._narrow[tensor] = self._added(tensor, (*size[:2], 1, size[3]))
        return self._narrow[tensor]

    def _added(self, like: int, size: tuple[int, ...]) -> int:
        return add_tensor(self._model, self._tensors[like].name + b"_first", size, np.float32)

    def _slice(self, source: int, target: int) -> Any:
        one = copy.copy(self._cut)
        one.inputs = np.array([source, *self._cut.inputs[1:]], np.int32)
        one.outputs = np.array([target], np.int32)
        return one

    def _cut_outputs(self, convolution: Any, target: int) -> None:
        """Let a convolution compute its first channel alone."""
        source, *layer = (int(i) for i in convolution.inputs)
        convolution.inputs = np.array([source, *map(self._first_values, layer)], np.int32)
        convolution.outputs = np.array([target], np.int32)

    def _first_values(self, tensor: int) -> int:
        """A constant with what the first channel needs of another one."""
        old = self._tensors[tensor]
        values = constant(self._model, old)[:1]
        new = add_tensor(self._model, old.name + b"_first", values.shape, values.dtype)
        set_constant(self._model, self._tensors[new], values)
        return new
