"""Weights stored as int8, of a network that computes in float arithmetic."""

import numpy as np
from graphs import Graph, run

from compress.tflite import model_file, weights


def network() -> bytes:
    graph = Graph()
    first = graph.conv(graph.input, 16)
    return model_file.serialize(graph.finished(graph.conv(graph.relu(first), 4)))


def test_results_stay_near_and_the_file_shrinks() -> None:
    content = network()
    small = weights.rounded(content)
    image = np.random.default_rng(1).random((1, 8, 8, 3), np.float32)
    (found,), (wanted,) = run(small, image), run(content, image)
    assert 0 < np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()
    stored = [tensor.type for tensor in model_file.parse(small).subgraphs[0].tensors]
    assert stored.count(model_file.schema.TensorType.INT8) == 2


def test_what_is_kept_stays_as_it_is() -> None:
    content = network()
    kept = weights.rounded(content, kept=(0, 2))
    image = np.random.default_rng(1).random((1, 8, 8, 3), np.float32)
    assert (run(kept, image)[0] == run(content, image)[0]).all()


def test_a_channel_gets_the_scale_that_changes_it_least() -> None:
    weight = np.random.default_rng(2).normal(size=(5, 3, 3, 7))
    values, scales = weights.nearest(weight)
    error = np.square(values * scales.reshape(-1, 1, 1, 1) - weight).sum(axis=(1, 2, 3))
    plain = (np.abs(weight).max(axis=(1, 2, 3)) / 127).reshape(-1, 1, 1, 1)
    usual = np.square(np.round(weight / plain) * plain - weight).sum(axis=(1, 2, 3))
    assert (error <= 1.001 * usual).all()  # scales are rounded to float32
    assert np.abs(values).max() <= 127
