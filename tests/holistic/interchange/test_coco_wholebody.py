"""COCO-WholeBody files, as COCO's own library reads and scores them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recordings import recorded

from holistic.interchange import coco_wholebody
from holistic.interchange.face68 import face68

PARTS = {"keypoints": 17, "foot_kpts": 6, "face_kpts": 68, "lefthand_kpts": 21}


@pytest.fixture
def path(pair, tmp_path):
    coco_wholebody.write(pair, tmp_path / "a.coco.json")
    return tmp_path / "a.coco.json"


@pytest.fixture
def document(path):
    return json.loads(path.read_text())


def test_frames_are_images_and_people_annotations(document):
    assert [image["file_name"] for image in document["images"]] == [
        f"walk_00000{number}.jpg" for number in range(3)
    ]
    assert [image["timestamp"] for image in document["images"]] == [0, 40, 80]
    whose = [(each["image_id"], each["track_id"]) for each in document["annotations"]]
    assert whose == [(0, 1), (0, 4), (2, 4)]
    assert [each["id"] for each in document["annotations"]] == [1, 2, 3]


def test_a_person_has_133_points(document):
    first = document["annotations"][0]
    assert {name: len(first[name]) // 3 for name in PARTS} == PARTS
    assert sum(PARTS.values()) + 21 == 133
    assert all(first[f"{part}_valid"] for part in ("foot", "face", "lefthand", "righthand"))


def test_points_are_in_pixels_and_v_says_whether_they_are_seen(document, pair):
    person = pair.results[0].people[0]
    body = np.reshape(document["annotations"][0]["keypoints"], (17, 3))
    for row, name in enumerate(coco_wholebody.BODY):
        x, y, _, visibility, _ = person.pose[name].tolist()
        assert_allclose(body[row, :2], (x * 640, y * 480), atol=0.01)
        assert body[row, 2] == (2 if visibility >= 0.5 else 1)
    face = np.reshape(document["annotations"][0]["face_kpts"], (68, 3))
    assert_allclose(face[:, :2], face68(person.face)[:, :2] * (640, 480), atol=0.01)


def test_small_toes_and_absent_parts_are_zero(document):
    feet = np.reshape(document["annotations"][0]["foot_kpts"], (6, 3))
    assert feet.any(axis=1).tolist() == [True, False, True] * 2
    hand_only = document["annotations"][2]
    assert not any(hand_only["keypoints"])
    assert (hand_only["num_keypoints"], hand_only["face_valid"]) == (0, False)
    assert hand_only["face_box"] == [0, 0, 0, 0]


def test_the_box_encloses_the_person(document):
    for found in document["annotations"]:
        left, top, width, height = found["bbox"]
        points = np.reshape(found["lefthand_kpts"], (21, 3))
        assert (points[:, 0] >= left - 0.01).all()
        assert (points[:, 1] <= top + height + 0.01).all()
        assert found["area"] == pytest.approx(width * height, abs=0.01)


@pytest.mark.parametrize("moved", [0, 0.2])
def test_cocos_evaluation_scores_them(path, pair, tmp_path, moved):
    """A recording is as good as itself, and one that is moved is not."""
    coco = pytest.importorskip("pycocotools.coco")
    evaluation = pytest.importorskip("pycocotools.cocoeval")
    people = pair.results[0].people
    away = tuple(replace(each, pose=each.pose.of(each.pose + moved)) for each in people)
    coco_wholebody.write(recorded(away), tmp_path / "moved.coco.json")
    truth = coco.COCO(str(path))
    found = json.loads((tmp_path / "moved.coco.json").read_text())["annotations"]
    scored = evaluation.COCOeval(truth, truth.loadRes(found), "keypoints")
    scored.params.imgIds = [0]
    scored.evaluate()
    scored.accumulate()
    scored.summarize()
    assert (scored.stats[0] > 0.99) == (not moved)
