"""A network's operators, cut out and timed alone."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from bench import kernels
from bench.kernels import BROWSER, NATIVE, Kind, Network, Profile
from bench.pieces import nothing, pieces
from compress.tflite import cost, model_file
from holistic.inference import model_files

FACTS = {
    "begun": "2026-12-01 10:00:00",
    "machine": {"processor": "AMD EPYC", "features": "avx2"},
    "load": 0.1,
    "chromium": "Chromium 1",
    "peaks": {"float": 40.0, "int8": 160.0},
}


@pytest.fixture(scope="module")
def hand():
    return model_files.load("hand_landmarks", variant="pruned_int8")


def outputs(content):
    network = Interpreter(model_content=content, num_threads=1)
    network.allocate_tensors()
    for detail in network.get_input_details():
        network.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
    network.invoke()
    return [network.get_tensor(detail["index"]) for detail in network.get_output_details()]


def computing(model):
    """The operators that have an input which is no constant."""
    (graph,) = model.subgraphs
    return [
        operator
        for operator in graph.operators
        if not all(
            model_file.is_constant(model, graph.tensors[i]) for i in operator.inputs if i >= 0
        )
    ]


def test_the_pieces_are_the_network(hand):
    model = model_file.parse(hand)
    found = pieces(hand)
    assert sum(piece.count for piece in found) == len(computing(model))
    assert sum(piece.count * piece.macs for piece in found) == cost.cost(model).macs


def test_kinds_say_operator_window_and_numbers(hand):
    kinds = {piece.kind for piece in pieces(hand)}
    assert {"convolution 1x1 int8", "depthwise convolution 5x5 int8", "add int8"} <= kinds


def test_every_piece_runs_alone(hand):
    for piece in pieces(hand):
        assert len(computing(model_file.parse(piece.content))) == 1
        assert all(output.size for output in outputs(piece.content))


def test_what_is_padded_for_one_convolution_is_a_piece_with_it():
    content = model_files.load("pose_landmarks_lite", variant="pruned_int8")
    paddings = [
        [model_file.operator_name(model, operator) for operator in computing(model)]
        for model in (model_file.parse(piece.content) for piece in pieces(content))
        if any("PAD" in model_file.operator_name(model, one) for one in computing(model))
    ]
    assert sorted(paddings) == [["PAD", "CONV_2D"], *[["PAD", "DEPTHWISE_CONV_2D"]] * 4]


def test_what_is_padded_in_channels_is_a_piece_of_its_own():
    kinds = {piece.kind for piece in pieces(model_files.load("hand_recrop", variant="int8"))}
    assert "pad float" in kinds


def test_cutting_leaves_the_network_as_it_was(hand):
    model = bytes(hand)
    pieces(hand)
    assert model == hand


def test_the_smallest_network_runs():
    (output,) = outputs(nothing())
    assert np.array_equal(output, [[0.0]])


def a_profile():
    kinds = [
        Kind("convolution 1x1 int8", 30, 200_000_000, {NATIVE: 2.0, BROWSER: 4.0}),
        Kind("prelu float", 3, 0, {NATIVE: 0.5, BROWSER: 5.0}),
    ]
    whole = {NATIVE: 2.75, BROWSER: 10.0}
    return Profile("Mine", FACTS, [Network("hand_landmarks", "pruned_int8", whole, kinds)])


def test_a_profile_comes_back_as_it_was_kept(tmp_path):
    path = a_profile().save(tmp_path)
    assert path.name == "2026-12-01-mine.json"
    assert kernels.read(tmp_path) == [a_profile()]


def test_a_file_that_is_no_profile_is_named(tmp_path):
    (tmp_path / "other.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match=r"other\.json is no profile"):
        kernels.read(tmp_path)


def test_the_table_has_speeds_the_dearest_kind_first_and_what_the_sum_lacks():
    lines = kernels.markdown([a_profile()]).splitlines()
    assert "| hand_landmarks, pruned_int8 | 2.75 | 10.00 | 3.64 |" in lines
    first, second, rest = lines[-3:]
    assert first == "| prelu float | 3 |  | 0.50 |  | 5.00 |  |  |"
    assert second == "| convolution 1x1 int8 | 30 | 200.0 | 2.00 | 100 | 4.00 | 50 | 31% |"
    assert rest == "| whole network, beyond the sum |  |  | 0.25 |  | 1.00 |  |  |"


def test_the_profile_says_what_the_vectors_allow():
    assert "vectors allow 40 in float and 160 in int8" in kernels.markdown([a_profile()])
