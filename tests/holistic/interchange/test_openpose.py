"""A folder of OpenPose's JSON files."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from holistic.interchange import openpose


@pytest.fixture
def frames(pair, tmp_path):
    openpose.write(pair, tmp_path / "out")
    return [json.loads(path.read_text()) for path in sorted((tmp_path / "out").iterdir())]


def key_points(person, name):
    return np.reshape(person[name], (-1, 3))


def test_there_is_a_file_a_frame_named_as_openpose_names_them(frames, tmp_path):
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"walk_00000000000{number}_keypoints.json" for number in range(3)
    ]
    assert {frame["version"] for frame in frames} == {1.3}
    people = [[person["person_id"] for person in frame["people"]] for frame in frames]
    assert people == [[[1], [4]], [], [[4]]]


def test_the_body_is_body_25(frames, pair):
    pose = pair.results[0].people[0].pose
    found = key_points(frames[0]["people"][0], "pose_keypoints_2d")
    assert found.shape == (25, 3)
    for row, name in {0: "nose", 4: "right_wrist", 7: "left_wrist", 11: "right_ankle"}.items():
        x, y, _, visibility, _ = pose[name].tolist()
        assert_allclose(found[row], (x * 640, y * 480, visibility), atol=1e-3)
    hips = pose["left_hip", "right_hip"]
    assert_allclose(found[8, :2], hips[:, :2].mean(axis=0) * (640, 480), atol=1e-3)
    assert found[8, 2] == pytest.approx(hips[:, 3].min(), abs=1e-3)
    assert not found[[20, 23]].any()  # small toes


def test_the_face_has_70_points_of_which_two_are_the_pupils(frames, pair):
    unrefined, refined = (key_points(person, "face_keypoints_2d") for person in frames[0]["people"])
    assert unrefined.shape == refined.shape == (70, 3)
    assert not unrefined[68:].any()
    face = pair.results[0].people[1].face
    assert_allclose(refined[68, :2], face["right_iris"][:2] * (640, 480), atol=1e-3)


def test_hands_are_whole_and_absent_parts_empty(frames, pair):
    (person,) = frames[2]["people"]
    hand = pair.results[2].people[0].left_hand
    found = key_points(person, "hand_left_keypoints_2d")
    assert_allclose(found[:, :2], hand.xy * (640, 480), atol=1e-3)
    assert person["hand_right_keypoints_2d"] == person["pose_keypoints_2d"] == []
    assert person["pose_keypoints_3d"] == []


def test_pose_format_reads_them(frames, tmp_path):
    library = pytest.importorskip("pose_format.utils.openpose")
    pose = library.load_openpose_directory(str(tmp_path / "out"), fps=25, width=640, height=480)
    assert pose.body.data.shape[0] == 3
    nose = frames[0]["people"][0]["pose_keypoints_2d"][:2]
    assert_allclose(pose.body.data[0, 0, 0], nose, atol=1e-3)
