"""What a mixer computes for tokens that nobody reads."""

import numpy as np
import pytest
from graphs import MODELS

from compress.tflite import model_file
from compress.tflite.cost import cost
from compress.tflite.single_token import compute_first_token
from holistic.inference.blendshapes import POINTS, Blendshapes

MIXER = MODELS / "float" / "face_blendshapes.tflite"
OTHER = MODELS / "float" / "face_landmarks.tflite"

pytestmark = pytest.mark.skipif(
    not MIXER.exists(), reason="the float models are not there: run `python build.py models`"
)


def test_results_are_the_same_bytes_for_a_sixth_less_work() -> None:
    model = model_file.load(MIXER)
    before = cost(model)
    compute_first_token(model)
    assert cost(model).macs < 5 / 6 * before.macs
    networks = [Blendshapes(each) for each in (MIXER.read_bytes(), model_file.serialize(model))]
    for face in np.random.default_rng(0).normal(300, 50, (4, max(POINTS) + 1, 2)):
        found, wanted = (network(face.astype(np.float32)) for network in networks)
        assert found.tobytes() == wanted.tobytes()


def test_once_is_enough() -> None:
    model = model_file.load(MIXER)
    compute_first_token(model)
    once = model_file.serialize(model)
    compute_first_token(model)
    assert model_file.serialize(model) == once


def test_a_model_without_tokens_stays_as_it_is() -> None:
    model = model_file.load(OTHER)
    compute_first_token(model)
    assert model_file.serialize(model) == model_file.serialize(model_file.load(OTHER))
