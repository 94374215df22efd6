"""Layers whose inputs take over a part of their weights' range."""

import numpy as np
import pytest
import torch
from graphs import Graph, run

from compress.fit.network import Network
from compress.fit.quantized import QuantizedNetwork, calibrate
from compress.fit.smooth import positions_smoothed, smooth
from compress.tflite import model_file, weights

RANDOM = np.random.default_rng(5)
SPREAD = np.geomspace(0.01, 10, 12).astype(np.float32)
"""How large the inputs are, one by one."""
IMAGES = (RANDOM.normal(size=(40, 1, 1, 12)) * SPREAD).astype(np.float32)


def network() -> object:
    """A layer that makes up for what its inputs differ in size, behind a RELU."""
    graph = Graph(size=1, channels=12)
    model = graph.finished(graph.conv(graph.relu(graph.input), 6))
    tensor = model.subgraphs[0].tensors[int(model.subgraphs[0].operators[1].inputs[1])]
    model_file.set_constant(model, tensor, model_file.constant(model, tensor) / SPREAD)
    return model


def smoothed() -> object:
    model = network()
    smooth(model, 1, torch.from_numpy(IMAGES))
    return model


def results(model: object) -> np.ndarray:
    content = model_file.serialize(model)
    return np.concatenate([run(content, image[None])[0] for image in IMAGES])


def error_as_int8(model: object) -> float:
    content = weights.rounded(model_file.serialize(model))
    return float(np.abs(results(model_file.parse(content)) - results(model)).mean())


def test_results_stay_the_same() -> None:
    names = [model_file.operator_name(smoothed(), o) for o in smoothed().subgraphs[0].operators]
    assert names == ["RELU", "MUL", "CONV_2D"]
    np.testing.assert_allclose(results(smoothed()), results(network()), rtol=1e-4, atol=1e-4)


def test_the_fit_reads_such_a_network() -> None:
    outputs, _ = Network(smoothed()).eval()(torch.from_numpy(IMAGES))
    np.testing.assert_allclose(outputs[0].detach(), results(network()), rtol=1e-3, atol=1e-3)


def test_weights_are_rounded_to_less_effect() -> None:
    assert error_as_int8(smoothed()) < 0.3 * error_as_int8(network())


def error_of_depthwise_int8(smoothing: bool) -> float:
    """How far a depthwise layer in int8 is off, whose channels differ in size."""
    graph = Graph(size=6, channels=12)
    model = graph.finished(graph.depthwise(graph.relu(graph.input)))
    tensor = model.subgraphs[0].tensors[int(model.subgraphs[0].operators[1].inputs[1])]
    model_file.set_constant(model, tensor, model_file.constant(model, tensor) / SPREAD)
    pictures = torch.from_numpy(RANDOM.normal(size=(20, 6, 6, 12)).astype(np.float32) * SPREAD)
    wanted = Network(model)(pictures)[0][0]
    if smoothing:
        smooth(model, 1, pictures)
    layers = (1,) if smoothing else ()
    network = QuantizedNetwork(model, positions_smoothed(frozenset({0}), layers))
    assert [step.operator for step in network.steps if network.is_quantized(step)] == [
        "DEPTHWISE_CONV_2D"
    ]
    calibrate(network, Network(model), pictures)
    return float((network(pictures)[0][0] - wanted).detach().abs().mean())


def test_inputs_of_a_depthwise_layer_are_rounded_to_less_effect() -> None:
    assert error_of_depthwise_int8(smoothing=True) < 0.3 * error_of_depthwise_int8(smoothing=False)


def test_positions_make_room_for_what_smoothing_adds() -> None:
    assert positions_smoothed(frozenset({0, 2, 3}), (3, 1)) == {0, 1, 3, 4, 5}


def test_a_layer_of_windows_is_refused() -> None:
    graph = Graph()
    model = graph.finished(graph.conv(graph.input, 4, kernel=3))
    with pytest.raises(model_file.ModelError, match="operator 0 is no convolution over all"):
        smooth(model, 0, torch.zeros(1, 8, 8, 3))
