"""Float models as PyTorch modules: the same results, and the same bytes back."""

import numpy as np
import pytest
import torch
from graphs import Graph, run

from compress.fit.network import Network
from compress.tflite import model_file, trim

NAMES = [
    "face_detector",
    "face_landmarks",
    "hand_landmarks",
    "hand_recrop",
    "pose_detector",
    "pose_landmarks_full",
    "pose_landmarks_lite",
]


@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_interpreters(float_model, name):
    content = float_model(name).read_bytes()
    model = model_file.parse(content)
    network = Network(model).eval()
    size = model_file.shape(model.subgraphs[0].tensors[network.input])
    image = np.random.default_rng(0).random(size).astype(np.float32)
    with torch.no_grad():
        found, _ = network(torch.from_numpy(image))
    for one, other in zip(found, run(content, image), strict=True):
        assert tuple(one.shape[1:]) == other.shape[1:]
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-4, atol=5e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_round_trip_gives_the_same_bytes(float_model, name):
    content = float_model(name).read_bytes()
    model = model_file.parse(content)
    Network(model).store(model)
    trim.sweep(model)
    assert model_file.serialize(model) == content


def test_inner_values_can_be_kept():
    graph = Graph()
    inner = graph.conv(graph.input, 5)
    network = Network(graph.finish(graph.conv(inner, 2)))
    _, kept = network(torch.zeros(1, 8, 8, 3), keep={inner})
    assert set(kept) == {inner}
    assert kept[inner].shape == (1, 5, 8, 8)


def test_unknown_operators_are_named():
    graph = Graph()
    model = graph.finish(graph.half(np.ones(3)))
    with pytest.raises(model_file.ModelError, match="DEQUANTIZE"):
        Network(model)
