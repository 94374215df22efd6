"""Which channels are bound together, on every pattern that the models have."""

import numpy as np
import pytest
from graphs import ACTIVATION, Graph, run

from compress.fit import channels
from compress.tflite import model_file

IMAGE = np.random.default_rng(2).normal(size=(1, 8, 8, 3)).astype(np.float32)


def families(model):
    """Sets of tensors that each family touches, with its size."""
    found = channels.find_channels(model).families()
    return {(frozenset(family.members), family.size) for family in found}


def test_a_depthwise_layer_follows_its_producer():
    graph = Graph()
    hidden = graph.conv(graph.input, 16)
    follower = graph.depthwise(hidden)
    assert families(graph.finish(graph.conv(follower, 4))) == {(frozenset({hidden, follower}), 16)}


def test_a_residual_addition_binds_both_sides():
    graph = Graph()
    skip = graph.conv(graph.input, 8)
    inner = graph.conv(skip, 16)
    branch = graph.conv(inner, 8)
    total = graph.add(skip, branch)
    model = graph.finish(graph.conv(total, 4))
    assert families(model) == {
        (frozenset({skip, branch, total}), 8),
        (frozenset({inner}), 16),
    }


def test_a_channel_pad_binds_the_first_channels_only():
    graph = Graph()
    narrow = graph.conv(graph.input, 8)
    padded = graph.pad_channels(narrow, 12)
    branch = graph.conv(narrow, 12)
    total = graph.add(padded, branch)
    model = graph.finish(graph.conv(total, 4))
    assert families(model) == {
        (frozenset({narrow, padded, branch, total}), 8),
        (frozenset({padded, branch, total}), 4),
    }


def test_a_concatenation_keeps_its_parts_apart():
    graph = Graph()
    one, other = graph.conv(graph.input, 8), graph.conv(graph.input, 16)
    both = graph.concat(one, other)
    model = graph.finish(graph.conv(both, 4))
    assert families(model) == {(frozenset({one, both}), 8), (frozenset({other, both}), 16)}


def test_inputs_and_outputs_are_fixed():
    graph = Graph()
    assert families(graph.finish(graph.depthwise(graph.conv(graph.input, 8)))) == set()


@pytest.mark.parametrize("pattern", ["inner", "residual", "padded", "concatenated"])
def test_removing_channels_that_nobody_uses_changes_nothing(pattern):
    graph = Graph()
    first = graph.conv(graph.input, 8, activation=ACTIVATION.RELU6)
    if pattern == "inner":
        first = graph.depthwise(first)
    elif pattern == "residual":
        first = graph.add(first, graph.conv(graph.conv(first, 8), 8))
    elif pattern == "padded":
        first = graph.add(graph.pad_channels(first, 12), graph.conv(first, 12))
    else:
        first = graph.concat(first, graph.conv(graph.input, 4))
    output = graph.conv(first, 4)
    model = graph.finish(output)
    family = channels.find_channels(model).families()[0]
    removed = np.arange(0, family.size, 2)
    for operator in model.subgraphs[0].operators:
        source = int(operator.inputs[0])
        if model_file.operator_name(model, operator) == "CONV_2D" and source in family.members:
            tensor = model.subgraphs[0].tensors[operator.inputs[1]]
            weight = model_file.constant(model, tensor).copy()
            weight[..., family.members[source][removed]] = 0
            model_file.set_constant(model, tensor, weight)
    before = run(model_file.serialize(model), IMAGE)
    kept = {
        tensor: np.arange(len(groups))
        for tensor, groups in channels.find_channels(model).groups.items()
    }
    for tensor, members in family.members.items():
        kept[tensor] = np.setdiff1d(kept[tensor], members[removed])
    channels.keep_channels(model, kept)
    after = run(model_file.serialize(model), IMAGE)
    np.testing.assert_allclose(after[0], before[0], atol=1e-5)
