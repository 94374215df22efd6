"""PRELU as a sum that has int8 kernels."""

import numpy as np
from graphs import OPERATOR, Graph, run

from compress.tflite import model_file, prelu_sum

IMAGE = np.random.default_rng(2).normal(size=(1, 8, 8, 3)).astype(np.float32)


def model_with(slopes):
    """A PRELU with these slopes between two convolutions."""
    graph = Graph()
    before = graph.conv(graph.input, len(slopes))
    slope = graph.constant(np.array(slopes).reshape(1, 1, -1))
    after = graph._operator(OPERATOR.PRELU, "NONE", None, [before, slope], graph.shape(before))
    return graph.finished(graph.conv(after, 2))


def results(model):
    return run(model_file.serialize(model), IMAGE)[0]


def names(model):
    return [model_file.operator_name(model, one) for one in model.subgraphs[0].operators]


def test_a_sum_gives_what_the_prelu_gave():
    model = model_with([0.25, 0.0, -0.5, 1.0])
    wanted = results(model)
    prelu_sum.as_sums(model)
    assert names(model) == ["CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "CONV_2D"]
    np.testing.assert_allclose(results(model), wanted, atol=1e-5)


def test_a_slope_above_one_becomes_one():
    steep, limited = model_with([0.5, 1.5]), model_with([0.5, 1.0])
    prelu_sum.as_sums(steep)
    np.testing.assert_allclose(results(steep), results(limited), atol=1e-5)


def test_positions_follow_the_sums():
    model = model_with([0.5, 0.5])
    assert prelu_sum.positions_after(model, frozenset({0, 2})) == {0, 3}
    assert prelu_sum.positions_after(model, frozenset({1})) == {1, 2}
