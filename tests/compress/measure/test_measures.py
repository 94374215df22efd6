"""The figures of the accuracy sheet, and the page that shows them."""

import json

import cv2
import numpy as np
import pytest

from compress.data.regions import SUBJECTS, to_picture, to_region
from compress.measure import accuracy, frame_cost, ground_truth, memory, stability
from compress.measure.ground_truth import Marked
from compress.recipe import Output, Recipe
from compress.report import sheet
from evaluate.keypoints import HAND as HAND_NAMES
from holistic.inference.roi import Region
from holistic.shared.model_sets import POSE_MODELS

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


def test_marked_hands_are_cut_out_where_their_marks_are(tmp_path):
    hand = np.random.default_rng(0).uniform(40, 80, (21, 2))
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((120, 160, 3), np.uint8))
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
    (tmp_path / "annotations.json").write_text(json.dumps(content))
    marked = ground_truth.marked_crops(tmp_path, "hand", 224, tmp_path)
    region = SUBJECTS["hand"].follow(hand)
    assert marked.crops.shape == (1, 224, 224, 3)
    order = np.argsort(marked.indices[0])
    np.testing.assert_allclose(marked.marks[0][order], to_region(hand, region, 224))


def row(model, variant, size, **kinds):
    costs = {"bytes": size, "unpacked": size, "parameters": 5, "macs": 7_000_000, "wide_macs": 0}
    return {
        "model": model,
        "variant": variant,
        "path": f"{variant}/{model}.tflite",
        **costs,
        **kinds,
    }


def times(rows, kind, best):
    """One processor's times, alike for all files."""
    return {kind: {row["path"]: {"best": best, "median": 2 * best} for row in rows}}


def test_the_page_shows_every_figure_beside_the_originals(tmp_path):
    pytest.importorskip("matplotlib")
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    truth = {"truth": {"pictures": 3, "mean": 6.5, "median": 4.0}}
    found = {"eval": {"objects": 9, "lost": 0.25, "lost_first": 0, "invented": 0, "pixels": 0.5}}
    rows = [
        row("hand", "float", 200, crops=seen, truth=truth),
        row("hand", "int8", 100, crops=seen, truth=truth),
        row("pose_detector", "int8", 50, crops=found),
    ]
    dynamic = {"model": "pose_detector", "milliseconds": {"best": 3.0, "median": 4.0}}
    dynamic |= {"weight_only": {"best": 1.0, "median": 2.0}, "crops": found}
    z80 = {"load": 0.5, **times(rows[1:], "native", 3.0)}
    measured = sheet.Measured(rows, [dynamic], processors={"Z80": z80})
    page = sheet.write(measured, tmp_path).read_text()
    assert "Times on Z80 (load 0.5)." in page
    assert "| hand | float | 200 | 200 | 5 | 7.0 | 0.0 |  |  |" in page
    assert "| hand | int8 | 100 | 100 | 5 | 7.0 | 0.0 | 3.00 (6.00) |  |" in page
    assert "| pose_detector | 1.00 (2.00) | 3.00 (4.00) | 0.50 | 0.250 |" in page
    assert "| hand | int8 | eval | 1.25 | 4.50 | 6.50 (4.00) |" in page
    assert "| pose_detector | int8 | eval | 9 | 0.250 |" in page
    lost = "| lost, of the original's people and faces | at most 0.01 | 0.25 "
    assert f"{lost}| pose_detector int8, eval | **no** |" in page
    assert "| pose_landmarks_full |" not in page  # no frame without all of its models
    for plot in ("sizes", "latency"):
        assert f"report/{plot}.svg" in page
        assert "hand" in (tmp_path / "report" / f"{plot}.svg").read_text()


def test_a_frame_sums_what_it_runs_and_falls_back_on_larger_variants(tmp_path):
    pytest.importorskip("matplotlib")
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    names = ("pose_landmarks_lite", "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops=seen) for name in names]
    rows.append(row("hand_landmarks", "int8", 4, crops=seen))
    names = [f"pose_landmarks_lite {variant}" for variant in ("float", "int8")]
    native = times(rows, "native", 11.0)
    native["native"]["int8/hand_landmarks.tflite"]["best"] = 5.0
    measured = sheet.Measured(
        rows,
        memory=dict(zip(names, (9_000_000, 5_000_000), strict=True)),
        processors={
            "6502": {"load": 0.5, **times(rows, "native", 99.0)},
            "Z80": {
                "load": 0.5,
                **native,
                **times(rows, "browser", 2.0),
                "heap": {names[1]: 4_500_000},
            },
        },
    )
    page = sheet.write(measured, tmp_path).read_text()
    # Six files; one pose, one face, two hands with two recrops, of 7 million each.
    assert (
        "| pose_landmarks_lite | float | 60 | 60 | 42 | 66.0 (1.00 x) | 12.0 (1.00 x) | 9.0 |  |"
        in page
    )
    assert (
        "| pose_landmarks_lite | int8 | 54 | 54 | 42 | 54.0 (1.22 x) | 12.0 (1.00 x) | 5.0 | 4.5 |"
        in page
    )
    assert "| pose_landmarks_lite | pruned_int8 | 54 | 54 | 42 | 54.0 (1.22 x) |" in page


def test_the_light_frame_has_the_light_hand_where_there_is_one(tmp_path):
    pytest.importorskip("matplotlib")
    names = (*POSE_MODELS, "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops={}) for name in names]
    rows += [row("hand_landmarks", "pruned_int8", 6, crops={})]
    rows += [row("hand_landmarks_lite", "pruned_int8", 1, crops={})]
    page = sheet.write(sheet.Measured(rows), tmp_path).read_text()
    assert "| pose_landmarks_full | float | 60 |" in page
    assert "| pose_landmarks_full | pruned_int8 | 56 |" in page
    assert "| pose_landmarks_lite | float | 60 |" in page
    assert "| pose_landmarks_lite | pruned_int8 | 51 |" in page


def test_processors_are_compared_by_frames_and_by_networks(tmp_path):
    pytest.importorskip("matplotlib")
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    names = ("pose_landmarks_lite", "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops=seen) for name in names]
    found = {**times(rows, "native", 2.0), **times(rows, "browser", 3.0)}
    processors = {"Z80": {"load": 0.5, **found}}
    page = sheet.write(sheet.Measured(rows, processors=processors), tmp_path).read_text()
    assert (
        "| Z80 (load 0.5) | pose_landmarks_lite | float | 12.0 (1.00 x) | 18.0 (1.00 x) |" in page
    )
    assert "| model | variant | Z80 (load 0.5) |" in page
    assert "| pose_detector | float | 1.50 |" in page
    for name in ("pose_detector", "hand_landmarks"):
        del found["native"][f"float/{name}.tflite"]
    page = sheet.write(sheet.Measured(rows, processors=processors), tmp_path).read_text()
    assert "| Z80 (load 0.5) | pose_landmarks_lite | float |  | 18.0 (1.00 x) |" in page
    assert "| pose_detector | float |  |" in page
    assert "## Processors" not in sheet.write(sheet.Measured(rows), tmp_path).read_text()


def test_the_curve_shows_what_was_tried_beside_what_is_shipped(tmp_path):
    pytest.importorskip("matplotlib")
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    rows = [row("hand", variant, 100, crops=seen) for variant in ("float", "int8")]
    tried = [
        {**row("hand", "pruned", 70, crops=seen), "recipe": "hand.pruned", "removed": 0.25},
        {**row("hand", "int8", 60, crops=seen), "recipe": "hand.int8", "bits": 4.5},
    ]
    page = sheet.write(sheet.Measured(rows, curve=tried), tmp_path).read_text()
    assert "| hand.pruned without 25% | 70 | 7.0 | 1.25 |" in page
    assert "| hand.int8 at 4.5 bits | 60 |" in page
    assert "| hand.int8 | 100 |" in page
    for plot in ("curve-size", "curve-work"):
        drawn = (tmp_path / "report" / f"{plot}.svg").read_text()
        assert "hand shipped" in drawn
        assert "hand.pruned" in drawn


def timed(model, variant, size):
    return row(model, variant, size, milliseconds={"best": 1.0 + size})


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
    assert len(named) == 8
    assert {path.name for path in named["pose_landmarks_lite float"]} >= {
        "pose_landmarks_lite.tflite",
        "hand_recrop.tflite",
        "hand_landmarks.tflite",
    }


def test_a_process_grows_by_more_than_the_model_that_it_loads(float_model):
    path = float_model("face_detector")
    assert path.stat().st_size < memory.peak([path]) < 1 << 28
