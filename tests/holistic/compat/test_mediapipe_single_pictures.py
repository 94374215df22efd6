"""The solutions that look at each picture for itself: face detection, selfie segmentation."""

import numpy as np
import pytest

from builder import ROOT
from holistic.compat import mediapipe as mp
from holistic.inference import model_files

TESTS = ROOT / "tests"

needs_models = pytest.mark.skipif(
    not model_files.find("face_detector_full_range").exists(),
    reason="the float models are not there: run `python build.py models`",
)
pytestmark = needs_models

WALL = np.full((240, 320, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def recorded():
    with np.load(TESTS / "parity" / "recordings" / "solutions.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize(("number", "name"), [(0, "short"), (1, "full")])
def test_faces_are_mediapipes(picture, recorded, number, name):
    face_detection = mp.solutions.face_detection
    with face_detection.FaceDetection(model_selection=number) as faces:
        (face,) = faces.process(picture).detections
        assert faces.process(WALL).detections is None
    (expected,) = recorded[f"picture_face_detection_{name}"]
    box = face.location_data.relative_bounding_box
    assert face.score[0] == pytest.approx(expected[0], abs=1e-5)
    assert (box.xmin, box.ymin, box.width, box.height) == pytest.approx(expected[1:5], abs=1e-5)
    nose = face_detection.get_key_point(face, face_detection.FaceKeyPoint.NOSE_TIP)
    assert (nose.x, nose.y) == pytest.approx(expected[9:11], abs=1e-5)
    assert len(face.location_data.relative_keypoints) == len(face_detection.FaceKeyPoint)


def test_a_face_that_is_less_sure_than_asked_for_is_left_out(picture):
    with mp.solutions.face_detection.FaceDetection(0.9) as faces:
        assert faces.process(picture).detections is None


def test_there_is_no_key_point_without_a_face():
    assert mp.solutions.face_detection.get_key_point(None, 0) is None


def test_people_stand_out_from_the_background_as_in_mediapipes_mask(picture, recorded):
    expected = recorded["picture_selfie_segmentation"] > 127
    for number in (0, 1):
        with mp.solutions.selfie_segmentation.SelfieSegmentation(number) as selfie:
            mask = selfie.process(picture).segmentation_mask
        assert mask.dtype == np.float32
        assert mask.shape == picture.shape[:2]
        both, either = (mask > 0.5) & expected, (mask > 0.5) | expected
        assert both.sum() > 0.95 * either.sum()


def test_two_people_are_in_one_mask(picture):
    both = np.hstack((picture, picture[:, ::-1]))
    with mp.solutions.selfie_segmentation.SelfieSegmentation() as selfie:
        mask = selfie.process(both).segmentation_mask
    left, right = mask[:, :640].mean(), mask[:, 640:].mean()
    assert left == pytest.approx(right, rel=0.1)


def test_where_nobody_is_all_is_background():
    with mp.solutions.selfie_segmentation.SelfieSegmentation() as selfie:
        mask = selfie.process(WALL).segmentation_mask
    assert mask.shape == WALL.shape[:2]
    assert not mask.any()


@pytest.mark.parametrize("solution", ["FaceDetection", "SelfieSegmentation"])
def test_other_models_and_pictures_are_refused(solution):
    make = getattr(mp.solutions, solution)
    with pytest.raises(ValueError, match="model_selection must be 0 or 1, not 2"):
        make(model_selection=2)
    with make() as running, pytest.raises(ValueError, match="three channel rgb"):
        running.process(WALL[..., 0])
