"""Narrow weights: 16-bit sums of byte products that cannot saturate."""

import numpy as np
import pytest
import torch
from graphs import ACTIVATION, MODELS, Graph, outputs, quantized

from compress.fit.gptq import gptq_round
from compress.fit.import_int8 import simulated
from compress.fit.overflow_safe import make_overflow_safe
from compress.tflite import model_file, saturation
from compress.tflite.model_file import ModelError
from holistic.inference.model_files import unpacked

IMAGES = torch.rand(16, 8, 8, 3, generator=torch.Generator().manual_seed(0))

NARROWED = (
    "int8/hand_landmarks",
    "pruned_int8/hand_landmarks",
    "pruned_int8/hand_landmarks_lite",
    "int8/pose_landmarks_full",
    "int8/pose_landmarks_lite",
    "pruned_int8/pose_landmarks_lite",
)


def int8_model(float_operators=()):
    """A residual block as a static int8 model, as fine as int8 goes."""
    graph = Graph()
    stem = graph.conv(graph.input, 16, kernel=3, activation=ACTIVATION.RELU6)
    inner = graph.depthwise(graph.conv(stem, 32, activation=ACTIVATION.RELU6))
    total = graph.add(stem, graph.conv(inner, 16))
    plain = graph.finished(graph.conv(total, 80))
    return quantized(plain, IMAGES, float_operators)


def members(number, index):
    return set(np.flatnonzero(number.ravel() == number.ravel()[index]).tolist())


def test_of_eight_input_channels_four_and_four_are_summed():
    number = saturation.convolution_sums(16, 1, 1).sums
    assert members(number, 0) == {0, 1, 4, 5}
    assert members(number, 2) == {2, 3, 6, 7}
    assert members(number, 8) == {8, 9, 12, 13}


def test_each_tap_of_a_convolution_has_its_own_sums():
    number = saturation.convolution_sums(3, 3, 3).sums
    assert [len(members(number, i)) for i in (0, 9, 18)] == [2, 2, 1]


def test_a_window_pairs_its_rows_and_in_the_last_one_columns():
    found = saturation.window_sums(3)
    assert found.sums.reshape(3, 3).tolist() == [[0, 1, 2], [0, 1, 2], [3, 3, 4]]
    assert found.groups.reshape(3, 3).tolist() == [[0] * 3, [0] * 3, [1] * 3]
    assert [len(members(saturation.window_sums(5).groups, i)) for i in (0, 10, 20)] == [10, 10, 5]


def test_weights_of_opposite_signs_do_not_add_up():
    weights = np.array([[100, -120, 0, 0, 20, 8, 0, 0]])
    sums = saturation.convolution_sums(8, 1, 1)
    assert saturation.excess(weights, sums).tolist() == [1]
    assert saturation.excess(2 * weights, sums).tolist() == [2]
    assert saturation.excess(-weights, sums).tolist() == [1]


def test_in_a_group_of_rows_they_do():
    weights = np.array([[[60, 60, 30], [-60, -47, 0], [0, 0, 0]]])
    assert saturation.excess(weights, saturation.window_sums(3)).tolist() == [1]
    weights[0, 1, 2] = 1
    assert saturation.excess(weights, saturation.window_sums(3)).tolist() == [258 / 257]


def test_the_bound_is_what_16_bits_hold():
    """255 is the largest activation; one more would saturate."""
    assert 255 * saturation.LARGEST_SUM <= 2**15 - 1 < 255 * (saturation.LARGEST_SUM + 1)
    assert 255 * saturation.LARGEST_TOTAL <= 2**16 - 1 < 255 * (saturation.LARGEST_TOTAL + 1)


def test_rounding_keeps_each_sum_within_the_bound():
    random = torch.Generator().manual_seed(1)
    rows = torch.randn(100, 9, generator=random, dtype=torch.float64)
    weight = 90 + 20 * torch.rand(1, 6, 9, generator=random, dtype=torch.float64)
    sums = torch.arange(8) // 2
    steps = torch.ones(1, 6, dtype=torch.float64)
    found = gptq_round(weight, (rows.mT @ rows)[None], steps, 0.01, sums)[0, :, :-1]
    assert torch.equal(found, found.round())
    assert float(found.reshape(6, 4, 2).sum(2).max()) <= saturation.LARGEST_SUM
    assert float(gptq_round(weight, (rows.mT @ rows)[None], steps, 0.01).max()) > 64


def test_rounding_keeps_each_group_within_its_bound():
    random = torch.Generator().manual_seed(1)
    rows = torch.randn(100, 9, generator=random, dtype=torch.float64)
    signs = torch.tensor([1, -1, 1, -1, 1, -1, 1, -1, 1], dtype=torch.float64)
    weight = signs * (60 + 20 * torch.rand(1, 6, 9, generator=random, dtype=torch.float64))
    sums, groups = torch.arange(8), torch.arange(8) // 4
    steps = torch.ones(1, 6, dtype=torch.float64)
    gram = (rows.mT @ rows)[None]
    found = gptq_round(weight, gram, steps, 0.01, sums, groups)[0, :, :-1]
    assert float(found.abs().reshape(6, 2, 4).sum(2).max()) <= saturation.LARGEST_TOTAL
    free = gptq_round(weight, gram, steps, 0.01, sums)[0, :, :-1]
    assert float(free.abs().reshape(6, 2, 4).sum(2).max()) > saturation.LARGEST_TOTAL


@pytest.mark.parametrize("float_operators", [(), (0,), (4, 5)])
def test_the_simulation_of_a_file_computes_what_the_file_does(float_operators):
    model = int8_model(float_operators)
    with torch.no_grad():
        found = simulated(model).network(IMAGES)[0][0].numpy()
    expected = outputs(model, IMAGES)
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_a_narrowed_model_meets_the_bound_and_computes_nearly_the_same():
    model = int8_model()
    before = outputs(model, IMAGES)
    assert len(saturation.wide(model)) == 5
    make_overflow_safe(model, IMAGES)
    assert not saturation.wide(model)
    difference = outputs(model, IMAGES) - before
    assert np.sqrt(np.square(difference).mean()) < 0.05 * before.std()


def test_depthwise_convolutions_keep_their_weights_where_that_is_asked_for():
    model = int8_model()
    before = simulated(model).network.layers["2"].weight.clone()
    make_overflow_safe(model, IMAGES, depthwise=False)
    assert torch.equal(simulated(model).network.layers["2"].weight, before)
    assert len(saturation.wide(model)) == 1


def test_a_model_that_meets_the_bound_keeps_its_weights():
    model = int8_model()
    make_overflow_safe(model, IMAGES)
    weights = [layer.weight.clone() for layer in simulated(model).network.layers.values()]
    make_overflow_safe(model, IMAGES)
    after = [layer.weight for layer in simulated(model).network.layers.values()]
    assert all(torch.equal(one, other) for one, other in zip(weights, after, strict=True))


def test_layers_that_stay_float_are_left_alone():
    model = int8_model(float_operators=(0,))
    before = simulated(model).network.layers["0"].weight.clone()
    make_overflow_safe(model, IMAGES)
    assert torch.equal(simulated(model).network.layers["0"].weight, before)


def test_a_float_model_is_refused():
    graph = Graph()
    with pytest.raises(ModelError, match="no int8 operator"):
        make_overflow_safe(graph.finished(graph.conv(graph.input, 8)), IMAGES)


@pytest.mark.parametrize("name", NARROWED)
def test_the_static_int8_models_that_are_shipped_meet_the_bound(name):
    model = model_file.parse(unpacked(MODELS / f"{name}.tflite.gz"))
    convolutions = saturation.int8_convolutions(model)
    kinds = {model_file.operator_name(model, convolutions[i]) for i in saturation.wide(model)}
    # Unpruned, the light pose would lose too much by narrow depthwise convolutions.
    assert convolutions
    assert kinds == ({"DEPTHWISE_CONV_2D"} if name == "int8/pose_landmarks_lite" else set())
