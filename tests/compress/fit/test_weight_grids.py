"""Coarser grids: fewer bits a weight, where the outputs feel it least."""

import gzip

import numpy as np
import pytest
import torch
from graphs import ACTIVATION, Graph, run

from compress.fit import weight_grids
from compress.fit.export_int8 import Exporter
from compress.fit.gptq import Grid, gptq_round
from compress.fit.network import Network
from compress.fit.quantized import QuantizedNetwork, calibrate
from compress.fit.reconstruct import reconstruct
from compress.recipe import Output, Recipe
from compress.tflite import model_file
from compress.tflite.packing import entropies, packed

RECIPE = Recipe("m", "int8", "hand", 0.0, (Output("map", (1.0,)),))
IMAGES = torch.rand(8, 8, 8, 3, generator=torch.Generator().manual_seed(0))


def problem(outputs=4, inputs=12, rows=200):
    """Weights with a bias, and inputs that go together."""
    random = torch.Generator().manual_seed(1)
    common = torch.randn(rows, 3, generator=random, dtype=torch.float64)
    mixed = common @ torch.randn(3, inputs, generator=random, dtype=torch.float64)
    values = mixed + 0.1 * torch.randn(rows, inputs, generator=random, dtype=torch.float64)
    values = torch.cat([values, torch.ones(rows, 1, dtype=torch.float64)], 1)
    weight = torch.randn(1, outputs, inputs + 1, generator=random, dtype=torch.float64)
    return weight, values


def test_weights_come_to_lie_on_their_grids_and_the_bias_stays_free():
    weight, values = problem()
    steps = torch.tensor([[0.25, 0.5, 1.0, 2.0]], dtype=torch.float64)
    found = gptq_round(weight, (values.mT @ values)[None], steps, 0.01)
    multiples = found[..., :-1] / steps[..., None]
    np.testing.assert_allclose(multiples, multiples.round(), atol=1e-9)
    assert not torch.equal(found[..., -1], (found[..., -1] / steps).round() * steps)


def test_compensation_errs_less_than_plain_rounding():
    weight, values = problem()
    steps = torch.full((1, 4), 0.5, dtype=torch.float64)
    found = gptq_round(weight, (values.mT @ values)[None], steps, 0.01)
    plain = torch.cat([(weight[..., :-1] / 0.5).round() * 0.5, weight[..., -1:]], -1)
    error, plain_error = (((one - weight) @ values.mT).square().sum() for one in (found, plain))
    assert error < 0.2 * plain_error


def model():
    """Two layers; half of the first one's channels hardly reach the output."""
    graph = Graph()
    inner = graph.conv(graph.input, 32, kernel=3, activation=ACTIVATION.RELU6)
    made = graph.finished(graph.conv(inner, 64))
    tensor = made.subgraphs[0].tensors[made.subgraphs[0].operators[1].inputs[1]]
    weight = model_file.constant(made, tensor).copy()
    weight[..., 16:] *= 0.01
    model_file.set_constant(made, tensor, weight)
    return made


def simulation(made, float_operators=()):
    network = QuantizedNetwork(made, float_operators).eval()
    calibrate(network, Network(made).eval(), IMAGES)
    return network


def on_weight_grids(made, bits, float_operators=()):
    network = simulation(made, float_operators)
    reference = Network(made).eval()
    steps = weight_grids.steps_for(
        network, weight_grids.importance(reference, RECIPE, IMAGES), bits
    )
    grids = {position: Grid(one[None]) for position, one in steps.items()}
    reconstruct(reference, network, IMAGES, weights=False, grids=grids)
    return network


def test_fine_landmarks_are_felt_more():
    reference, channels = Network(model()).eval(), 64
    fine = Output("map", (1.0,), emphasized=tuple(range(0, 64 * channels, channels)), emphasis=4.0)
    plain = weight_grids.importance(reference, RECIPE, IMAGES)
    felt = weight_grids.importance(reference, Recipe("m", "int8", "hand", 0.0, (fine,)), IMAGES)
    ratio = felt[max(felt)] / plain[max(plain)]
    np.testing.assert_allclose(ratio[0], 16, rtol=1e-4)
    np.testing.assert_allclose(ratio[1:], 1, rtol=1e-4)


def test_channels_that_the_outputs_hardly_feel_get_coarser_steps():
    made = model()
    felt = weight_grids.importance(Network(made).eval(), RECIPE, IMAGES)
    assert felt[0][:16].median() > 100 * felt[0][16:].median()
    steps = weight_grids.steps_for(simulation(made), felt, bits=5)
    assert steps[0][:16].median() < 0.5 * steps[0][16:].median()


def test_the_file_is_as_small_as_was_asked_for():
    made = model()
    sizes = []
    for bits in (5.5, 4, 2.5):
        network = on_weight_grids(made, bits)
        layers = weight_grids.rounded_layers(network)
        steps = {position: layer.steps for position, layer in layers.items()}
        assert weight_grids.mean_entropy(layers, steps) == pytest.approx(bits, abs=0.5)
        exported = Exporter(made, network).export()
        sizes.append(len(packed(model_file.serialize(exported, compact=True))))
    weights = 32 * 27 + 64 * 32
    assert min(sizes[0] - sizes[1], sizes[1] - sizes[2]) > weights / 8


@pytest.mark.parametrize("float_operators", [(), (1,), (0, 1)])
def test_the_exported_file_computes_what_was_simulated(float_operators):
    made = model()
    network = on_weight_grids(made, 5, float_operators)
    (found,) = run(model_file.serialize(Exporter(made, network).export()), IMAGES[:1].numpy())
    with torch.no_grad():
        expected = network(IMAGES[:1])[0][0].numpy()
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_a_state_with_steps_can_be_loaded_again():
    made = model()
    network = on_weight_grids(made, 5)
    other = simulation(made)
    weight_grids.prepare(other)
    other.load_state_dict(network.state_dict())
    with torch.no_grad():
        assert torch.equal(other(IMAGES)[0][0], network(IMAGES)[0][0])


def test_entropies_are_those_of_the_stored_weights():
    made = model()
    exported = Exporter(made, on_weight_grids(made, 4)).export()
    found = entropies(exported)
    assert len(found) == 2
    assert np.average(found, weights=[32 * 27, 64 * 32]) == pytest.approx(4, abs=0.7)
    assert entropies(made) == []


def test_a_packed_file_is_a_gzip_file_no_larger_than_usual():
    content = np.random.default_rng(0).normal(0, 4, 5000).round().astype(np.int8).tobytes()
    file = packed(content)
    assert gzip.decompress(file) == content
    assert file == packed(content)
    assert len(file) < len(gzip.compress(content, 9))
