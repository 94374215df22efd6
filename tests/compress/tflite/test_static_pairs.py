"""Pairs of convolutions in int8, in a network that computes the rest in float."""

import numpy as np
from graphs import ACTIVATION, Graph, run

from compress.tflite import model_file, static_pairs

SAMPLES = np.random.default_rng(3).normal(size=(24, 8, 8, 3)).astype(np.float32)


def network() -> bytes:
    """A pair, whose result is added to what it reads, and another layer behind it."""
    graph = Graph()
    before = graph.conv(graph.input, 16)
    hidden = graph.conv(before, 32, activation=ACTIVATION.RELU)
    return model_file.serialize(
        graph.finished(graph.conv(graph.add(graph.conv(hidden, 16), before), 4))
    )


def types(content: bytes) -> dict[str, list[int]]:
    """The types of what the operators read, by their names."""
    model = model_file.parse(content)
    found: dict[str, list[int]] = {}
    for one in model.subgraphs[0].operators:
        source = model.subgraphs[0].tensors[int(one.inputs[0])]
        found.setdefault(model_file.operator_name(model, one), []).append(source.type)
    return found


def test_only_the_pair_computes_in_int8() -> None:
    integer, real = model_file.schema.TensorType.INT8, model_file.schema.TensorType.FLOAT32
    found = types(static_pairs.with_static_pairs(network(), SAMPLES))
    assert found == {
        "CONV_2D": [real, integer, integer, real],
        "QUANTIZE": [real],
        "DEQUANTIZE": [integer],
        "ADD": [real],
    }


def test_results_stay_near() -> None:
    content = network()
    small = static_pairs.with_static_pairs(content, SAMPLES)
    image = np.random.default_rng(4).normal(size=(1, 8, 8, 3)).astype(np.float32)
    (found,), (wanted,) = run(small, image), run(content, image)
    assert 0 < np.abs(found - wanted).mean() < 0.05 * np.abs(wanted).mean()


def test_a_layer_that_others_read_too_stays_in_float() -> None:
    graph = Graph()
    hidden = graph.conv(graph.input, 16, activation=ACTIVATION.RELU)
    content = model_file.serialize(graph.finished(graph.add(graph.conv(hidden, 16), hidden)))
    assert "QUANTIZE" not in types(static_pairs.with_static_pairs(content, SAMPLES))
