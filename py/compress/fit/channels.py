"""Which channels of a model can only be removed together.

A channel of one tensor is bound to channels of others by residual additions, depthwise
convolutions, channel pads, concatenations and everything that works channel by channel. Bound
channels form a group (one root of a union-find); groups that appear in the same tensors form a
family, of which channels can be removed one for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from compress.tflite.model_file import constant, is_constant, operator_name, set_constant, shape

_CHANNELWISE = (
    "RELU",
    "PRELU",
    "LOGISTIC",
    "MAX_POOL_2D",
    "AVERAGE_POOL_2D",
    "RESIZE_BILINEAR",
    "MEAN",
    "ADD",
)
_MIXING = ("CONV_2D", "FULLY_CONNECTED")


class _UnionFind:
    def __init__(self) -> None:
        self._parents: list[int] = []

    def make(self, count: int) -> np.ndarray:
        first = len(self._parents)
        self._parents += range(first, first + count)
        return np.arange(first, first + count)

    def find(self, item: int) -> int:
        while self._parents[item] != item:
            self._parents[item] = self._parents[self._parents[item]]
            item = self._parents[item]
        return item

    def join(self, ones: np.ndarray, others: np.ndarray) -> None:
        for one, other in zip(ones.tolist(), others.tolist(), strict=True):
            low, high = sorted((self.find(one), self.find(other)))
            self._parents[high] = low


@dataclass(frozen=True)
class Family:
    """Groups of bound channels that appear in the same tensors.

    ``members[tensor]`` (n,) are the positions of the n groups among the tensor's channels.
    """

    members: Mapping[int, np.ndarray]

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(next(iter(self.members.values())))


@dataclass(frozen=True)
class Channels:
    """The group of every channel: ``groups[tensor]`` (channels,); ``fixed`` groups must stay."""

    groups: Mapping[int, np.ndarray]
    fixed: frozenset[int]

    def families(self) -> list[Family]:
        """Families whose channels may be removed, in the order of their first tensors."""
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for tensor, groups in self.groups.items():
            for position, group in enumerate(groups.tolist()):
                places[group].append((tensor, position))
        families: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for group, found in places.items():
            if group not in self.fixed:
                families[tuple(sorted(tensor for tensor, _ in found))].append(group)
        return [
            Family({tensor: self._positions(tensor, groups) for tensor in set(tensors)})
            for tensors, groups in sorted(families.items())
            if len(set(tensors)) == len(tensors)
        ]

    def _positions(self, tensor: int, groups: list[int]) -> np.ndarray:
        position = {group: i for i, group in enumerate(self.groups[tensor].tolist())}
        return np.array([position[group] for group in groups])


def find_channels(model: Any, through_depthwise: bool = True) -> Channels:
    """The channel groups of a folded model.

    ``through_depthwise`` false leaves the two sides of a depthwise convolution apart: they have
    the same channels, but each side may have its own scale.
    """
    graph = model.subgraphs[0]
    joined = _UnionFind()
    labels: dict[int, np.ndarray] = {}
    fixed: list[np.ndarray] = []

    def label(tensor: int) -> np.ndarray:
        if tensor not in labels:
            labels[tensor] = joined.make((shape(graph.tensors[tensor]) or (1,))[-1])
        return labels[tensor]

    fixed.append(label(int(graph.inputs[0])))
    for operator in graph.operators:
        name = operator_name(model, operator)
        inputs = [
            int(i) for i in operator.inputs if i >= 0 and not is_constant(model, graph.tensors[i])
        ]
        output = int(operator.outputs[0])
        if name in _CHANNELWISE or (name == "DEPTHWISE_CONV_2D" and through_depthwise):
            for tensor in inputs:
                joined.join(label(tensor), label(output))
        elif name == "PAD":
            source = label(inputs[0])
            joined.join(source, label(output)[: len(source)])
        elif name == "CONCATENATION" and _joins_channels(graph, operator):
            joined.join(np.concatenate([label(tensor) for tensor in inputs]), label(output))
        elif name == "DEPTHWISE_CONV_2D" or (
            name in _MIXING and not _flattens(graph, name, inputs[0])
        ):
            label(inputs[0])
            label(output)
        else:
            fixed += [label(tensor) for tensor in (*inputs, output)]
    fixed += [label(int(tensor)) for tensor in graph.outputs]
    roots = {
        tensor: np.array([joined.find(item) for item in items]) for tensor, items in labels.items()
    }
    stay = frozenset(joined.find(item) for items in fixed for item in items.tolist())
    return Channels(roots, stay)


def _joins_channels(graph: Any, operator: Any) -> bool:
    rank = len(shape(graph.tensors[operator.outputs[0]]))
    return rank == 4 and operator.builtinOptions.axis % rank == 3


def _flattens(graph: Any, name: str, tensor: int) -> bool:
    """Whether a fully connected layer mixes positions into its input channels."""
    size = shape(graph.tensors[tensor])
    return name == "FULLY_CONNECTED" and int(np.prod(size[1:])) != size[-1]


def keep_channels(model: Any, kept: Mapping[int, np.ndarray]) -> None:
    """Slice weights and tensors down to the channels ``kept`` of each tensor, in place."""
    graph = model.subgraphs[0]
    for operator in graph.operators:
        name = operator_name(model, operator)
        source, target = kept[int(operator.inputs[0])], kept[int(operator.outputs[0])]
        constants = [
            graph.tensors[i]
            for i in operator.inputs[1:]
            if i >= 0 and is_constant(model, graph.tensors[i])
        ]
        if name in _MIXING:
            weight = constant(model, constants[0])
            set_constant(model, constants[0], weight[target][..., source])
        elif name in ("DEPTHWISE_CONV_2D", "PRELU"):
            set_constant(model, constants[0], constant(model, constants[0])[..., target])
        elif name == "PAD":
            widths = constant(model, constants[0]).copy()
            if widths.shape[0] == 4 and widths[3, 1]:
                widths[3, 1] = len(target) - len(source)
                set_constant(model, constants[0], widths)
        if name in (*_MIXING, "DEPTHWISE_CONV_2D") and len(constants) > 1:
            set_constant(model, constants[1], constant(model, constants[1])[target])
    for index, channels in kept.items():
        size = (*shape(graph.tensors[index])[:-1], len(channels))
        graph.tensors[index].shape = np.array(size, np.int32)
        graph.tensors[index].shapeSignature = None
