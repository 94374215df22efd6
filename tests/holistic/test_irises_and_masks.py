"""What the tracker gives only when it is asked for: irises and segmentation masks."""

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic import Tracker
from holistic.inference import model_files

TESTS = ROOT / "tests"
SIZE = np.array((640, 480))

pytestmark = pytest.mark.skipif(
    not model_files.find("face_refinement").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(scope="module")
def recorded():
    with np.load(TESTS / "parity" / "recordings" / "solutions.npz") as arrays:
        return dict(arrays)


def test_a_refined_face_has_mediapipes_irises(picture, recorded):
    with Tracker(refine_face=True, attention_mesh=True, variant="float") as tracker:
        result = tracker.process(picture, 0)
        assert "face_landmarks" not in tracker.submodels
    expected = recorded["picture_holistic_face_landmarks"][468:, :2]
    irises = result.pixels(result.face)[468:, :2]
    assert np.hypot(*(irises - expected).T).mean() < 0.5
    assert result.face["left_iris"][0] > result.face["right_iris"][0]


def test_the_network_v2_sees_the_same_irises(picture, recorded):
    with Tracker(refine_face=True, variant="float") as tracker:
        result = tracker.process(picture, 0)
        assert {"face_landmarks", "face_landmarks_refined"}.isdisjoint(tracker.submodels)
    expected = recorded["picture_holistic_face_landmarks"][468:, :2]
    irises = result.pixels(result.face)[468:, :2]
    assert np.hypot(*(irises - expected).T).mean() < 1.5


def test_faces_without_a_body_have_irises_too(picture):
    with Tracker(parts=("face",), refine_face=True, variant="float") as tracker:
        assert tracker.process(picture, 0).face.shape == (478, 3)


def test_a_mask_shows_where_the_person_is(picture, recorded):
    with Tracker(mask=True, parts=("pose",), variant="float") as tracker:
        mask = tracker.process(picture, 0).people[0].mask
        assert "pose_landmarks_full" not in tracker.submodels
    expected = recorded["picture_pose_segmentation_mask"] > 127
    assert mask.shape == (480, 640)
    assert ((mask > 0.5) == expected).mean() > 0.998


def test_masks_are_smoothed_over_time_as_mediapipes(recorded):
    video = cv2.VideoCapture(str(TESTS / "media" / "intel__milk.mkv"))
    with Tracker(mask=True, parts=("pose",), variant="float") as tracker:
        for index in range(10):
            frame = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
            mask = tracker.process(frame, index * 1000 / 30).people[0].mask
    expected = recorded["clip_pose_segmentation_mask"][0] / 255
    assert np.abs(mask - expected).mean() < 0.005


def test_pictures_have_masks_each_time(picture):
    with Tracker(mask=True, parts=("pose",), mode="picture", variant="float") as tracker:
        first, second = (tracker.process(picture).people[0].mask for _ in range(2))
    assert (first == second).all()


def test_what_was_not_asked_for_is_not_there(picture):
    with Tracker(complexity=0, variant="float") as tracker:
        person = tracker.process(picture, 0).people[0]
        assert person.mask is None
        assert person.face.shape == (468, 3)
        assert not any(name.endswith(("_mask", "_refined", "_v2")) for name in tracker.submodels)
