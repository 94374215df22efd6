"""What a compressed detector loses of what the original finds."""

import numpy as np

from compress.detectors import DETECTORS, recall
from holistic.detection import anchor_centres

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
