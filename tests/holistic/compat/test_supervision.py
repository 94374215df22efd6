"""Results as key points of supervision."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from holistic.compat.mediapipe.results import landmark_list
from holistic.compat.supervision import to_keypoints
from holistic.results.named_points import FacePoints, HandPoints, PosePoints
from holistic.results.result import Person, Result

supervision = pytest.importorskip("supervision")


@pytest.fixture
def result():
    """Two people, and a third by a face with irises alone."""
    rng = np.random.default_rng(9)
    pose = [PosePoints.of(rng.random((33, 5), np.float32)) for _ in range(2)]
    face = [FacePoints.of(rng.random((points, 3), np.float32)) for points in (468, 478)]
    hand = HandPoints.of(rng.random((21, 3), np.float32))
    people = (
        Person(2, pose=pose[0], left_hand=hand, scores={"pose": 0.75, "left_hand": 0.5}),
        Person(3, pose=pose[1], face=face[0], scores={"pose": 0.25, "face": 1}),
        Person(7, face=face[1], scores={"face": 0.5}),
    )
    return Result(0.0, 640, 480, people)


def test_a_pose_is_what_supervision_makes_of_mediapipes(result):
    pose = result.pose
    message = SimpleNamespace(pose_landmarks=landmark_list(pose, pose.visibility))
    expected = supervision.KeyPoints.from_mediapipe(message, (640, 480))
    found = to_keypoints(result)
    assert_allclose(found.xy[:1], expected.xy, rtol=1e-6)
    assert_allclose(found.keypoint_confidence[:1], expected.keypoint_confidence)


def test_people_without_the_part_are_left_out(result):
    for part, ids in {"pose": [2, 3], "left_hand": [2], "face": [3, 7]}.items():
        assert to_keypoints(result, part).data["tracker_id"].tolist() == ids
    assert len(to_keypoints(result, "right_hand")) == 0


def test_scores_are_the_detections_confidence(result):
    assert to_keypoints(result).detection_confidence.tolist() == [0.75, 0.25]
    assert (to_keypoints(result, "left_hand").keypoint_confidence == 1).all()


def test_faces_with_and_without_irises_share_the_mesh(result):
    assert to_keypoints(result, "face").xy.shape == (2, 468, 2)


def test_its_annotators_draw_them(result):
    picture = np.zeros((480, 640, 3), np.uint8)
    drawn = supervision.VertexAnnotator(radius=4).annotate(picture.copy(), to_keypoints(result))
    x, y = (result.pose[0, :2] * (640, 480)).astype(int)
    assert drawn[y, x].any()


def test_an_unknown_part_is_refused(result):
    with pytest.raises(ValueError, match="'hand': it is one of pose, face, left_hand, right_hand"):
        to_keypoints(result, "hand")


def test_without_supervision_the_error_says_how_to_get_it(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "supervision", None)
    with pytest.raises(ImportError, match=r'"holistic-tracking\[supervision\]"'):
        to_keypoints(result)
