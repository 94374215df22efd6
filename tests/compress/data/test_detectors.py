"""What a compressed detector loses of what the original finds."""

import numpy as np
import pytest
from graphs import Graph, run

from compress.data.detectors import DETECTORS, recall
from compress.fit.score_bias import score_shift, shift_scores
from compress.tflite import model_file
from compress.tflite.model_file import ModelError
from holistic.inference.detector import anchor_centres

SETTINGS = DETECTORS["face_detector"]
ANCHORS = anchor_centres(SETTINGS.size, SETTINGS.strides)


def outputs(*pictures):
    """A face detector's outputs for pictures whose faces are centred on these anchors."""
    boxes = np.zeros((len(pictures), len(ANCHORS), 16), np.float32)
    boxes[..., 2:4] = 20  # pixels wide and high
    logits = np.full((len(pictures), len(ANCHORS), 1), -9.0, np.float32)
    for picture, faces in enumerate(pictures):
        logits[picture, faces] = 3.0
    return [boxes, logits]


FAR_APART = [0, 255]


def test_the_same_detections_lose_nothing():
    found = recall("face_detector", outputs(FAR_APART, [0]), outputs(FAR_APART, [0]))
    assert (found.objects, found.lost, found.invented, found.pixels) == (3, 0, 0, 0)


def test_missing_and_invented_detections_are_counted():
    found = recall("face_detector", outputs([0], [255]), outputs(FAR_APART, []))
    assert found.lost == 0.5
    assert found.invented == 0.5


def test_a_picture_without_any_detection_loses_nothing():
    assert recall("face_detector", outputs([]), outputs([])).lost == 0


def test_scores_near_the_threshold_are_shifted_to_the_originals_mean():
    """Boxes that the original is sure about do not count."""
    wanted = np.array([-9.0, -1.0, 0.5, 2.0, 9.0])
    found = wanted - [5.0, 0.1, 0.2, 0.3, 5.0]
    assert score_shift(found, wanted) == pytest.approx(0.2)
    assert score_shift(wanted, wanted) == 0


def test_a_shift_moves_all_values_of_an_output_and_nothing_else():
    graph = Graph()
    inner = graph.conv(graph.input, 8)
    first, second = graph.conv(inner, 2), graph.conv(inner, 2)
    model = graph.finished(inner, graph.concat(first, second))
    image = np.random.default_rng(0).random((1, 8, 8, 3), np.float32)
    before = run(model_file.serialize(model), image)
    shift_scores(model, 1, 0.25)
    after = run(model_file.serialize(model), image)
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_allclose(after[1], before[1] + 0.25, atol=1e-5)


def test_scores_behind_an_activation_are_not_shifted():
    graph = Graph()
    model = graph.finished(graph.relu(graph.conv(graph.input, 2)))
    with pytest.raises(ModelError, match="cannot be shifted"):
        shift_scores(model, 0, 0.1)
