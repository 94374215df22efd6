"""Cutting a model in two where it has operators that the runtime does not know."""

import numpy as np
import pytest

from builder import ROOT
from compress import catalogue
from compress.tflite import float_models, model_file
from holistic.inference import model_files, runtime

CATALOGUE = catalogue.read(ROOT / "models" / "models.toml")

needs_models = pytest.mark.skipif(
    not model_files.find("face_refinement").exists(),
    reason="the float models are not there: run `python build.py models`",
)


def row(name):
    return next(model for model in CATALOGUE.variant("float") if model.name == name)


@needs_models
@pytest.mark.parametrize("name", ["face_landmarks_refined", "face_refinement"])
def test_the_halves_have_the_inputs_and_outputs_of_their_rows(name):
    model = row(name)
    network = runtime.interpreter(model_files.load(name))
    assert len(network.get_input_details()) == max(len(model.input_tensors), 1)
    outputs = len(model.outputs) + len(model.output_tensors)
    assert len(network.get_output_details()) == outputs


@needs_models
def test_a_model_cut_at_an_inner_tensor_computes_the_same():
    """The plain mesh in two halves, one after the other, is the plain mesh."""
    content = model_files.load("face_landmarks")
    middle = waist(model_file.parse(content, "whole").subgraphs[0])
    first = float_models.convert(content, [], output_tensors=[middle])
    second = float_models.convert(content, [0, 1], input_tensors=[middle])
    picture = np.random.default_rng(0).random((1, 192, 192, 3), np.float32)
    assert np.array_equal(run(second, *run(first, picture))[0], run(content, picture)[0])


def waist(graph):
    """A tensor near the middle that everything after it comes from."""
    for place in range(len(graph.operators) // 2, len(graph.operators)):
        before = {int(o.outputs[0]) for o in graph.operators[:place]}
        after = {int(i) for o in graph.operators[place + 1 :] for i in o.inputs}
        if not after & before:
            return int(graph.operators[place].outputs[0])
    raise AssertionError("the model has no waist")


def run(content, *inputs):
    network = runtime.interpreter(content)
    for detail, values in zip(network.get_input_details(), inputs, strict=True):
        network.set_tensor(detail["index"], values)
    network.invoke()
    return [network.get_tensor(detail["index"]).copy() for detail in network.get_output_details()]


def test_a_model_without_outputs_is_refused():
    content = model_files.load("face_landmarks")
    with pytest.raises(model_file.ModelError, match="keep one"):
        float_models.convert(content, [])
