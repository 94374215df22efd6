"""Constant channels: the weights that make or read them become zero, and results stay."""

import gzip
import json

import numpy as np
import pytest
import torch
from graphs import ACTIVATION, MODELS, Graph, outputs, quantized

from compress import recipe
from compress.fit.constant_channels import zero_constant_channels
from compress.fit.export_int8 import Exporter
from compress.fit.import_int8 import simulated
from compress.fit.network import Network
from compress.fit.quantized import QuantizedNetwork, calibrate
from compress.pipeline import Pipeline
from compress.tflite import model_file
from holistic.inference.model_files import unpacked

IMAGES = torch.rand(32, 8, 8, 3, generator=torch.Generator().manual_seed(0))
DEAD, FULL = [1, 4], [2]
LANDMARK_VALUES = 195

STEM, INNER, LAST, TOTAL, HEAD = range(5)
"""Positions of the operators below."""


def set_bias(graph, position, channels, value):
    bias = graph.graph.tensors[int(graph.graph.operators[position].inputs[2])]
    values = model_file.constant(graph.model, bias).copy()
    values[channels] = value
    model_file.set_constant(graph.model, bias, values)


def exported(float_operators):
    """A residual block of which the stem's channels DEAD are 0 and the inner one's FULL is 6.

    Where only weights are int8 the sum's channels DEAD are 0 as well.
    """
    graph = Graph()
    stem = graph.conv(graph.input, 32, activation=ACTIVATION.RELU6)
    inner = graph.conv(stem, 64, activation=ACTIVATION.RELU6)
    total = graph.add(stem, graph.conv(inner, 32))
    graph.graph.operators[-1].builtinOptions.fusedActivationFunction = ACTIVATION.RELU6
    head = graph.conv(total, 40)
    set_bias(graph, STEM, DEAD, -99)
    set_bias(graph, INNER, FULL, 999)
    if float_operators:
        set_bias(graph, LAST, DEAD, -999)
    plain = graph.finished(head)
    return quantized(plain, IMAGES, float_operators)


def layer_weights(model):
    return {
        step.position: step.layer.weight.detach()[..., 0, 0]
        for step in simulated(model).network.steps
        if step.layer is not None
    }


ALL = (STEM, INNER, LAST, TOTAL, HEAD)


@pytest.fixture(params=[(), ALL], ids=["int8", "weights only"])
def model(request):
    return exported(request.param)


def test_results_stay_the_same(model):
    before = outputs(model, IMAGES)
    zero_constant_channels(model, IMAGES)
    difference = outputs(model, IMAGES) - before
    assert np.sqrt(np.square(difference).mean()) < 0.02 * before.std()


def test_channels_that_are_constant_are_neither_made_nor_read_by_weights(model):
    zero_constant_channels(model, IMAGES)
    found = layer_weights(model)
    assert not found[INNER][:, DEAD].any()
    assert not found[INNER][FULL].any()
    assert not found[LAST][:, FULL].any()
    assert not found[INNER][:, DEAD].any()


def test_other_weights_stay(model):
    before = layer_weights(model)
    zero_constant_channels(model, IMAGES)
    for position, weight in layer_weights(model).items():
        kept = weight != 0
        assert kept.any(1).float().mean() > 0.5
        torch.testing.assert_close(weight[kept], before[position][kept], rtol=2e-3, atol=0)


def test_a_summand_that_is_never_seen_needs_no_weights():
    """It keeps the sum below zero whatever the other summand is."""
    model = exported(ALL)
    zero_constant_channels(model, IMAGES)
    last = next(one for one in simulated(model).network.steps if one.position == LAST).layer
    assert not last.weight[DEAD].any()
    assert torch.equal(last.bias[DEAD], torch.full((len(DEAD),), -6.0))


def test_a_padded_convolution_keeps_the_weights_of_what_is_constant_but_not_zero():
    """At the border it reads zeros instead."""
    graph = Graph()
    stem = graph.conv(graph.input, 32, activation=ACTIVATION.RELU6)
    head = graph.conv(stem, 16, kernel=3)
    set_bias(graph, 0, DEAD, -99)
    set_bias(graph, 0, FULL, 999)
    plain = graph.finished(head)
    network = QuantizedNetwork(plain, ()).eval()
    calibrate(network, Network(plain).eval(), IMAGES)
    model = Exporter(plain, network).export()
    before = outputs(model, IMAGES)
    zero_constant_channels(model, IMAGES)
    head = simulated(model).network.steps[-1].layer.weight
    assert head[:, FULL].any()
    assert not head[:, DEAD].any()
    difference = outputs(model, IMAGES) - before
    assert np.sqrt(np.square(difference).mean()) < 0.02 * before.std()


def test_the_file_is_smaller(model):
    before = gzip.compress(model_file.serialize(model, compact=True))
    zero_constant_channels(model, IMAGES)
    assert len(gzip.compress(model_file.serialize(model, compact=True))) < len(before)


@pytest.fixture
def at_work(tmp_path, model):
    """A pipeline of the model for a number of constant images."""
    (tmp_path / "crops").mkdir()
    pictures = np.random.default_rng(0).integers(0, 256, (32, 12, 12, 3), np.uint8)
    rows = [{"file": str(i), "source": "a", "found": True} for i in range(32)]
    np.save(tmp_path / "crops" / "hand.npy", pictures)
    (tmp_path / "crops" / "hand.json").write_text(json.dumps(rows))
    model_file.save(model, tmp_path / "small.tflite")

    def begin(images):
        read = recipe.Recipe(
            model="small",
            variant="int8",
            subject="hand",
            low=0.0,
            outputs=(recipe.Output("points", (1.0,)),),
            quantize=recipe.Quantize(constant_images=images),
            name="small.int8",
        )
        return Pipeline(read, tmp_path, tmp_path / "crops", tmp_path / "work", lambda _: None)

    return begin


def test_the_last_stages_of_a_recipe_zero_them_where_it_says_on_how_many_pictures(at_work, model):
    content = model_file.serialize(model, compact=True)
    found = at_work(32).finished(content)
    assert not layer_weights(model_file.parse(found))[INNER][:, DEAD].any()
    assert found == at_work(32).without_constants(content)
    kept = layer_weights(model_file.parse(at_work(0).finished(content)))
    assert kept[INNER][:, DEAD].any()


def test_a_recipe_that_does_not_say_so_is_refused(at_work, model):
    with pytest.raises(model_file.ModelError, match="constant_images"):
        at_work(0).without_constants(model_file.serialize(model))


@pytest.mark.parametrize("name", ["int8/pose_landmarks_full", "pruned_int8/pose_landmarks_lite"])
def test_the_poses_that_are_shipped_hold_no_weights_of_constant_channels(name):
    """Many inputs of their landmarks' layer are never anything but zero."""
    network = simulated(model_file.parse(unpacked(MODELS / f"{name}.tflite.gz"))).network
    (landmarks,) = (
        step.layer.weight
        for step in network.steps
        if step.operator == "CONV_2D" and step.layer.weight.shape[0] == LANDMARK_VALUES
    )
    assert (landmarks == 0).all(3).all(2).all(0).float().mean() > 0.25
