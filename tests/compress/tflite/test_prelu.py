"""PRELUs that take a row of pixels at a time, and PRELUs as sums."""

import numpy as np
from graphs import Graph, run

from compress.tflite import model_file, prelu, trim


def network() -> bytes:
    """Two PRELUs of 8 channels, one of 40, and one behind a layer of one column."""
    graph = Graph()
    few = graph.prelu(graph.prelu(graph.conv(graph.input, 8)))
    return model_file.serialize(graph.finished(graph.prelu(graph.conv(few, 40))))


def names(model: object) -> list[str]:
    return [model_file.operator_name(model, one) for one in model.subgraphs[0].operators]


def test_results_are_the_same() -> None:
    content = network()
    model = model_file.parse(content)
    prelu.by_rows(model, 8)
    trim.sweep(model)
    image = np.random.default_rng(1).normal(size=(1, 8, 8, 3)).astype(np.float32)
    (found,), (wanted,) = run(model_file.serialize(model), image), run(content, image)
    assert found.shape == wanted.shape
    assert (found == wanted).all()


def test_only_prelus_of_few_channels_change() -> None:
    model = model_file.parse(network())
    prelu.by_rows(model, 8)
    by_rows = ["RESHAPE", "PRELU", "RESHAPE"]
    assert names(model) == ["CONV_2D", *by_rows, *by_rows, "CONV_2D", "PRELU"]
    rows = model.subgraphs[0].operators[2]
    tensor = model.subgraphs[0].tensors[int(rows.outputs[0])]
    assert model_file.shape(tensor) == (1, 8, 1, 64)


def test_none_changes_where_none_may() -> None:
    model = model_file.parse(network())
    before = names(model)
    prelu.by_rows(model, 0)
    assert names(model) == before


IMAGE = np.random.default_rng(2).normal(size=(1, 8, 8, 3)).astype(np.float32)


def model_with(slopes):
    """A PRELU with these slopes between two convolutions."""
    graph = Graph()
    after = graph.prelu(graph.conv(graph.input, len(slopes)))
    slope = graph.graph.tensors[int(graph.graph.operators[-1].inputs[1])]
    model_file.set_constant(graph.model, slope, np.array(slopes, np.float32).reshape(1, 1, -1))
    return graph.finished(graph.conv(after, 2))


def results(model):
    return run(model_file.serialize(model), IMAGE)[0]


def test_a_sum_gives_what_the_prelu_gave():
    model = model_with([0.25, 0.0, -0.5, 1.0])
    wanted = results(model)
    prelu.as_sums(model)
    assert names(model) == ["CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "CONV_2D"]
    np.testing.assert_allclose(results(model), wanted, atol=1e-5)


def test_a_slope_above_one_becomes_one():
    steep, limited = model_with([0.5, 1.5]), model_with([0.5, 1.0])
    prelu.as_sums(steep)
    np.testing.assert_allclose(results(steep), results(limited), atol=1e-5)


def test_positions_follow_the_sums():
    model = model_with([0.5, 0.5])
    assert prelu.positions_as_sums(model, frozenset({0, 2})) == {0, 3}
    assert prelu.positions_as_sums(model, frozenset({1})) == {1, 2}
