"""The presence of a finished model fitted anew: what is there is believed, what is not is not."""

import dataclasses
import json

import numpy as np
import pytest
from graphs import MODELS, Graph

from compress import recipe
from compress.data import degradation
from compress.fit import presence_head
from compress.tflite import model_file
from compress.tflite.runner import Runner

PRESENCE = 1
RANDOM = np.random.default_rng(0)


def cloud(count, centre):
    return RANDOM.normal(centre, 1.0, (count, 4))


def test_features_that_tell_apart_do():
    features = np.concatenate([cloud(200, 2.0), cloud(200, -2.0)])
    truth = np.repeat([1.0, 0.0], 200)
    weights = presence_head.logistic(features, truth, np.ones(400), np.zeros(5))
    believed = features @ weights[:-1] + weights[-1] > 0
    assert (believed == truth).mean() > 0.95


def test_doubt_leaves_less_to_be_found_where_nothing_is():
    features = np.concatenate([cloud(300, 0.3), cloud(300, -0.3)])
    truth = np.repeat([1.0, 0.0], 300)

    def found(doubt):
        counts = np.where(truth < 0.5, doubt, 1.0)
        weights = presence_head.logistic(features, truth, counts, np.zeros(5))
        return (features[300:] @ weights[:-1] + weights[-1] > 0).mean()

    assert found(8.0) < 0.5 * found(1.0)


def test_few_pictures_hardly_move_the_weights_that_there_are():
    begun = np.array([1.0, -1.0, 0.5, 0.0, 0.2])
    features = cloud(4, 0.0)
    weights = presence_head.logistic(features, np.zeros(4), np.ones(4), begun)
    np.testing.assert_allclose(weights[:-1], begun[:-1], atol=0.3)


def test_a_model_believes_in_other_pictures_and_places_landmarks_as_before():
    model = model_file.load(MODELS / "pruned_int8" / "hand_landmarks_lite.tflite.gz")
    bright = RANDOM.uniform(0.6, 1, (12, 224, 224, 3)).astype(np.float32)
    images = np.concatenate([bright, 1 - bright])
    before = Runner(model_file.serialize(model))(images)
    read = presence_head.reader(model, PRESENCE)
    features, truth = read(images), np.repeat([1.0, 0.0], 12)
    assert (before[PRESENCE] < 0.5).any()
    presence_head.refit(model, PRESENCE, np.tile(features, (40, 1)), np.tile(truth, 40))
    after = Runner(model_file.serialize(model))(images)
    np.testing.assert_array_equal(after[PRESENCE].ravel() > 0.5, truth > 0.5)
    for position in (0, 2, 3):
        np.testing.assert_array_equal(after[position], before[position])


def test_a_presence_that_no_dense_layer_makes_is_refused():
    graph = Graph()
    model = graph.finished(graph.conv(graph.conv(graph.input, 4), 2))
    with pytest.raises(model_file.ModelError, match="CONV_2D"):
        presence_head.reader(model, 0)


@pytest.fixture
def hand_crops(tmp_path):
    """A folder of random crops, as crops.cut writes it."""
    rows = [{"file": str(i), "source": "a", "found": i < 2} for i in range(4)]
    np.save(tmp_path / "hand.npy", RANDOM.integers(0, 256, (4, 336, 336, 3), np.uint8))
    (tmp_path / "hand.json").write_text(json.dumps(rows))
    return tmp_path


def test_a_recipe_fits_the_presence_and_nothing_else_on_degraded_pictures(
    tmp_path, hand_crops, float_model, monkeypatch
):
    pytest.importorskip("torch")
    from compress import pipeline

    floats = float_model("hand_landmarks").parent
    content = model_file.read(MODELS / "pruned_int8" / "hand_landmarks_lite.tflite.gz")
    read = recipe.read(recipe.FOLDER / "hand_landmarks_lite.pruned_int8.toml")
    assert read.presence_fit.degraded > 0.5
    fit = dataclasses.replace(read.presence_fit, images=32)
    parts = []
    monkeypatch.setattr(
        pipeline,
        "degraded",
        lambda shown, part, seed: parts.append(part) or degradation.degraded(shown, part, seed),
    )

    def believed(settings):
        asked = dataclasses.replace(read, presence_fit=settings)
        made = pipeline.Pipeline(asked, floats, hand_crops, tmp_path, lambda _: None)
        return made.believed(content)

    images = RANDOM.uniform(0, 1, (3, 224, 224, 3)).astype(np.float32)
    before, after = (Runner(one)(images) for one in (content, believed(fit)))
    assert (after[PRESENCE] != before[PRESENCE]).any()
    for position in (0, 2, 3):
        np.testing.assert_array_equal(after[position], before[position])
    assert parts == [fit.degraded]
    with pytest.raises(model_file.ModelError, match="presence_fit"):
        believed(None)
