"""The figures of the report on the models."""

import json

import cv2
import numpy as np
import pytest
from graphs import MODELS

from compress import catalogue, recipe
from compress.data.regions import SUBJECTS, to_picture, to_region
from compress.measure import accuracy, ground_truth, memory, stability
from compress.measure.ground_truth import Marked
from compress.recipe import Output, Recipe
from compress.tflite.runner import Runner
from evaluate.keypoints import HAND as HAND_NAMES
from holistic.inference.roi import Region
from holistic.shared.model_sets import POSE_MODELS, SETS

HAND = Recipe("hand", "int8", "hand", 0.0, (Output("points", (1.0, 1.0, 1.0)), Output("p", (1.0,))))
REGION = Region(40.0, 30.0, 20.0, 0.3)


def points(*places):
    """A model's first output for pictures with one landmark each, at these (x, y)."""
    return [np.array([[x, y, 0.0] for x, y in places], np.float32)]


def test_what_does_not_move_has_no_jitter():
    assert stability.jitter(HAND, points(*[(3, 4)] * stability.STILL_FRAMES)) == 0


def test_jitter_is_the_distance_from_the_mean():
    there_and_back = [(0, 3), (0, -3)] * (stability.STILL_FRAMES // 2)
    assert stability.jitter(HAND, points(*there_and_back)) == pytest.approx(3)


def test_a_still_scene_is_the_same_picture_but_for_noise():
    crops = np.full((2, 16, 16, 3), (100, 120, 140), np.uint8)
    frames = stability.still(crops)
    assert frames.shape == (2 * stability.STILL_FRAMES, 16, 16, 3)
    assert not np.array_equal(frames[0], frames[1])
    np.testing.assert_allclose(frames.mean((0, 1, 2)), (100, 120, 140), atol=0.2)


@pytest.mark.parametrize(("logit", "seen"), [(False, [False, True]), (True, [True, True])])
def test_presence_is_a_probability_or_its_logit(logit, seen):
    recipe = Recipe("m", "int8", "hand", 0.0, HAND.outputs, 1, logit)
    outputs = [np.zeros((2, 3)), np.array([[0.3], [0.9]])]
    assert stability.present(recipe, outputs).tolist() == seen


def face_outputs(gaps):
    """Meshes (frames, 468 * 3) whose eyes and mouth are open by these parts of their widths."""
    mesh = np.random.default_rng(0).random((len(gaps), 468, 3))
    for (above, below), (left, right) in stability.OPENINGS.values():
        mesh[:, [left, right, above, below]] = 0
        mesh[:, right, 0] = 10
        mesh[:, above, 1] = 10 * np.asarray(gaps)
    return [mesh.reshape(len(gaps), -1)]


def test_openings_are_parts_of_the_width():
    for opening in stability.openings(face_outputs([0.1, 0.5])).values():
        np.testing.assert_allclose(opening, [0.1, 0.5])


def test_a_face_that_moves_alike_correlates():
    wanted = face_outputs([0.1, 0.3, 0.2])
    alike = stability.correlations(face_outputs([0.2, 0.6, 0.4]), wanted)
    assert all(value == pytest.approx(1) for value in alike.values())
    opposite = stability.correlations(face_outputs([0.3, 0.1, 0.2]), wanted)
    assert all(value == pytest.approx(-1) for value in opposite.values())


def test_picture_and_region_coordinates_are_each_others_inverse():
    places = np.array([[41.0, 28.0], [35.0, 33.0]])
    np.testing.assert_allclose(to_picture(to_region(places, REGION, 224), REGION, 224), places)
    np.testing.assert_allclose(to_region(np.array([REGION[:2]]), REGION, 224), [[112, 112]])


def test_errors_are_distances_to_the_marks_that_are_there():
    marked = Marked(np.zeros((1, 8, 8, 3), np.uint8), (np.array([[3.0, 4.0]]),), (np.array([1]),))
    outputs = [np.array([[9.0, 9, 9, 0, 0, 0]])]
    np.testing.assert_allclose(ground_truth.errors(HAND, outputs, marked), [5])


def mark(folder, hand):
    """Write a black picture and the annotation of one hand (21, 2) in it into a folder."""
    cv2.imwrite(str(folder / "a.png"), np.zeros((120, 160, 3), np.uint8))
    instance = {
        "kind": "hand",
        "bbox": [40, 40, 40, 40],
        "kpt_set": "hand21",
        "keypoints": [[x, y, 2] for x, y in hand.tolist()],
    }
    picture = {"file": "a.png", "width": 160, "height": 120, "instances": [instance]}
    content = {
        "format": "simple-landmarks-v1",
        "keypoint_sets": {"hand21": list(HAND_NAMES)},
        "images": [picture],
    }
    (folder / "annotations.json").write_text(json.dumps(content))


def test_marked_hands_are_cut_out_where_their_marks_are(tmp_path):
    hand = np.random.default_rng(0).uniform(40, 80, (21, 2))
    mark(tmp_path, hand)
    marked = ground_truth.marked_crops(tmp_path, "hand", 224, tmp_path)
    region = SUBJECTS["hand"].follow(hand)
    assert marked.crops.shape == (1, 224, 224, 3)
    order = np.argsort(marked.indices[0])
    np.testing.assert_allclose(marked.marks[0][order], to_region(hand, region, 224))


def test_a_variant_is_compared_with_ground_truth_where_there_is_some(tmp_path, float_model):
    path = float_model("hand_landmarks")
    mark(tmp_path, np.random.default_rng(0).uniform(40, 80, (21, 2)))
    original = catalogue.read(MODELS / "models.toml").model("hand_landmarks", "float")
    hand = recipe.read(recipe.FOLDER / "hand_landmarks.int8.toml")
    data = accuracy.Data(ground_truth=tmp_path)
    comparison = accuracy.Comparison(hand, original, path.parents[1], data)
    found = comparison.figures(Runner(path.read_bytes()))
    assert found["truth"]["truth"]["pictures"] == 1
    assert found["truth"]["truth"]["mean"] > 0


def timed(model, variant, size):
    times = {"best": 1.0 + size}
    return {"model": model, "variant": variant, "bytes": size, "milliseconds": times}


def test_new_figures_take_the_places_of_old_ones():
    old = [timed("hand", "float", 9), timed("hand", "int8", 5), timed("pose", "float", 8)]
    new = [timed("hand", "int8", 3), timed("pose", "int8", 2)]
    found = accuracy.renewed(old, new, times=True)
    assert [(one["model"], one["variant"], one["bytes"]) for one in found] == [
        ("hand", "float", 9),
        ("hand", "int8", 3),
        ("pose", "float", 8),
        ("pose", "int8", 2),
    ]
    assert [one["milliseconds"]["best"] for one in found] == [10, 4, 9, 3]
    kept = accuracy.renewed(old, new, times=False)
    assert [one["milliseconds"]["best"] for one in kept] == [10, 6, 9, 3]


def test_a_frames_sets_are_those_that_the_tracker_knows(tmp_path):
    named = dict(memory.sets(tmp_path))
    assert len(named) == len(POSE_MODELS) * len(SETS)
    assert {path.name for path in named["pose_landmarks_lite float"]} >= {
        "pose_landmarks_lite.tflite",
        "hand_recrop.tflite",
        "hand_landmarks.tflite",
    }


def test_a_process_grows_by_more_than_the_model_that_it_loads(float_model):
    path = float_model("face_detector")
    assert path.stat().st_size < memory.peak([path]) < 1 << 28
