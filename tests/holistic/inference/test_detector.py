"""Anchors, decoding and weighted non-maximum suppression."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holistic.inference import model_files
from holistic.inference.detector import (
    anchor_centres,
    decode,
    face_detector,
    merged,
    overlaps,
    palm_detector,
)
from holistic.inference.model_files import ModelError
from holistic.shared.model_sets import FACE_DETECTORS
from holistic.tracking.search import whole_frame

SIGNING = Path(__file__).parents[2] / "media" / "signing.jpg"

boxes = st.tuples(*[st.floats(0, 1)] * 4).map(
    lambda v: (min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3]))
)


@pytest.mark.parametrize(
    ("size", "strides", "count"),
    [
        (224, (8, 16, 32, 32, 32), 2254),  # BlazePose
        (128, (8, 16, 16, 16), 896),  # BlazeFace, short range
        (192, (8, 16, 16, 16), 2016),  # BlazePalm
    ],
)
def test_the_detectors_have_as_many_anchors_as_outputs(size, strides, count):
    assert anchor_centres(size, strides).shape == (count, 2)


def test_anchors_run_by_row_column_and_then_layer():
    anchors = anchor_centres(128, (8, 16, 16, 16))
    assert anchors[0] == pytest.approx((0.5 / 16, 0.5 / 16))
    assert anchors[2] == pytest.approx((1.5 / 16, 0.5 / 16))
    assert anchors[512:518] == pytest.approx(np.full((6, 2), 0.5 / 8))
    assert anchors[518] == pytest.approx((1.5 / 8, 0.5 / 8))


def test_decoding_adds_the_anchor_and_divides_by_the_input_size():
    anchors = np.array(((0.25, 0.5), (0.75, 0.5)), np.float32)
    regressions = np.array(((0, 0, 0, 0, 0, 0), (10, 20, 40, 20, -10, 5)), np.float32)
    values, scores = decode(regressions, np.array((-3.0, 0.0)), anchors, 100, min_score=0.5)
    assert values == pytest.approx(np.array(((0.65, 0.6, 1.05, 0.8, 0.65, 0.55),)))
    assert scores == pytest.approx([0.5])  # equal to the threshold is enough


def test_boxes_without_a_sound_size_are_dropped():
    regressions = np.array(((0, 0, -5, 5), (0, 0, np.nan, 5), (0, 0, 5, 5)), np.float32)
    values, _ = decode(regressions, np.ones(3), np.full((3, 2), 0.5, np.float32), 10, 0.5)
    assert len(values) == 1


def test_nothing_found_is_an_empty_list():
    found = decode(np.zeros((3, 6), np.float32), np.full(3, -9.0), np.zeros((3, 2)), 10, 0.5)
    assert merged(*found, limit=5) == []


def test_overlapping_boxes_become_their_weighted_mean_with_the_best_score():
    values = np.array(((0.0, 0.0, 1.0, 1.0, 0.2, 0.2), (0.0, 0.2, 1.0, 1.2, 0.6, 0.6)))
    (detection,) = merged(values, np.array((0.6, 0.9)), limit=5)
    assert detection.score == 0.9
    assert detection.box == pytest.approx((0, 0.12, 1, 1.12))
    assert detection.keypoints == pytest.approx(np.array(((0.44, 0.44),)))


def test_separate_boxes_stay_apart_best_first_up_to_the_limit():
    values = np.array(((0, 0, 1, 1), (2, 2, 3, 3), (5, 5, 6, 6)), float)
    scores = np.array((0.6, 0.9, 0.7))
    assert [d.score for d in merged(values, scores, limit=5)] == [0.9, 0.7, 0.6]
    assert [d.score for d in merged(values, scores, limit=1)] == [0.9]


@given(st.lists(st.tuples(boxes, st.floats(0.5, 1)), min_size=1, max_size=8))
def test_suppression_always_ends_with_falling_scores(found):
    values = np.array([box for box, _ in found])
    detections = merged(values, np.array([score for _, score in found]), limit=99)
    scores = [detection.score for detection in detections]
    assert 1 <= len(scores) <= len(found)
    assert scores == sorted(scores, reverse=True)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_between_0_and_1(one, other):
    one, other = np.array(one), np.array(other)
    there, back = overlaps(one, other[None])[0], overlaps(other, one[None])[0]
    assert there == pytest.approx(back)
    assert 0 <= there <= 1 + 1e-9


@pytest.mark.skipif(
    not model_files.find("face_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_a_face_detector_is_of_the_range_that_its_model_has():
    """Whatever the tracker asked for: which model stands in is decided where files are chosen."""
    full = FACE_DETECTORS["full"]
    short = face_detector(model_files.load(FACE_DETECTORS["short"]), name=full)
    assert short.network.size == 128
    assert face_detector(model_files.load(full), name=full).network.size == 192


@pytest.mark.skipif(
    not model_files.find("palm_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)
@pytest.mark.parametrize(
    ("other", "what"), [("palm_detector", "no output"), ("pose_detector", "an input of 224 pixels")]
)
def test_another_model_is_no_face_detector(other, what):
    with pytest.raises(ModelError, match=f"face_detector_full_range.*{what}"):
        face_detector(model_files.load(other), name=FACE_DETECTORS["full"])


@pytest.mark.skipif(
    not model_files.find("palm_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_the_palm_detector_in_integers_sees_the_hands_that_the_float_one_sees():
    picture = cv2.cvtColor(cv2.imread(str(SIGNING)), cv2.COLOR_BGR2RGB)
    files = [model_files.load("palm_detector", variant=variant) for variant in ("float", "auto")]
    assert files[0] != files[1]
    wanted, found = (palm_detector(file)(picture, whole_frame(picture), 4) for file in files)
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        apart = np.linalg.norm(one.keypoints - other.keypoints, axis=1).mean()
        assert apart < 0.02 * max(picture.shape)
