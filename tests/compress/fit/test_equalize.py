"""Equalization changes no float result, and evens out what channels use of their range."""

import numpy as np
import torch
from graphs import ACTIVATION, Graph, run

from compress.fit.equalize import CEILING, equalize
from compress.fit.network import Network
from compress.tflite import model_file, trim

IMAGES = torch.rand(4, 8, 8, 3, generator=torch.Generator().manual_seed(0))


def uneven_model():
    """A residual block with channels of very different sizes; its sum and its RELU6 tensor."""
    graph = Graph()
    stem = graph.conv(graph.input, 8)
    inner = graph.conv(stem, 16, activation=ACTIVATION.RELU6)
    total = graph.add(stem, graph.conv(graph.depthwise(inner), 8))
    model = graph.finish(graph.conv(total, 4))
    for operator in graph.graph.operators[:2]:
        for index in operator.inputs[1:]:
            tensor = graph.graph.tensors[index]
            values = model_file.constant(model, tensor)
            sizes = np.geomspace(0.02, 1, len(values)).reshape(-1, *[1] * (values.ndim - 1))
            model_file.set_constant(model, tensor, (values * sizes).astype(np.float32))
    return model, total, inner


def peaks(model, tensor):
    with torch.no_grad():
        _, kept = Network(model)(IMAGES, keep={tensor})
    return kept[tensor].abs().amax((0, 2, 3)).numpy()


def test_results_stay():
    model, _, _ = uneven_model()
    before = run(model_file.serialize(model), IMAGES[:1].numpy())
    equalize(model, IMAGES)
    after = run(model_file.serialize(model), IMAGES[:1].numpy())
    np.testing.assert_allclose(after[0], before[0], atol=1e-3 * np.abs(before[0]).max())


def test_channels_use_their_range_alike():
    model, total, inner = uneven_model()
    assert peaks(model, total).min() < 0.5 * peaks(model, total).max()
    equalize(model, IMAGES)
    assert peaks(model, total).min() > 0.5 * peaks(model, total).max()
    below = peaks(model, inner)
    assert below.max() <= 6.0
    assert np.median(below) > 0.9 * CEILING


def test_half_of_the_way_is_the_root_of_all_of_it():
    spread = []
    for strength in (0.0, 0.5, 1.0):
        model, total, _ = uneven_model()
        equalize(model, IMAGES, strength)
        spread.append(float(np.log(peaks(model, total)).std()))
    assert spread[0] > spread[1] > spread[2]


def test_a_detector_keeps_its_boxes(float_model):
    """Tensors of boxes have three axes."""
    content = float_model("palm_detector").read_bytes()
    model = model_file.parse(content)
    trim.separate_constants(model)
    pictures = torch.rand(2, 192, 192, 3, generator=torch.Generator().manual_seed(1))
    equalize(model, pictures, 0.5)
    trim.sweep(model)
    found, wanted = (
        run(one, pictures[:1].numpy()) for one in (model_file.serialize(model), content)
    )
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3 * np.abs(other).max())
