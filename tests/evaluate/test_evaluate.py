"""The evaluation on ground truth: ``python build.py evaluate``."""

import json
import math
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from builder import ROOT
from evaluate import __main__ as command
from evaluate import keypoints, reference_environment
from evaluate.answers import kept
from evaluate.comparison import Comparison, Interval, compare
from evaluate.predictors import MediapipePredictor
from evaluate.report import differences, table
from evaluate.scores import Score, Tally, matched
from evaluate.truth import Truth, load, questions
from evaluate.views import EvaluationError, View
from holistic.inference import model_files

MEDIA = ROOT / "tests" / "media"

COCO17 = [
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
]  # fmt: skip


def person(left, top, size=100.0, **more):
    """A marked person in a square box: its points lie on the box's diagonal."""
    marks = [[left + i * size / 17, top + i * size / 17, 2] for i in range(17)]
    return {
        "kind": "person",
        "bbox": [left, top, size, size],
        "kpt_set": "coco17",
        "keypoints": marks,
        **more,
    }


def write(folder, images, form="simple-landmarks-v1"):
    """A data folder of black pictures, 400 x 300, with the given instances."""
    folder.mkdir(exist_ok=True)
    for name in images:
        cv2.imwrite(str(folder / name), np.zeros((300, 400, 3), np.uint8))
    content = {
        "format": form,
        "keypoint_sets": {"coco17": COCO17, "odd": ["a"]},
        "images": [
            {"file": name, "width": 400, "height": 300, "instances": instances}
            for name, instances in images.items()
        ],
    }
    (folder / "annotations.json").write_text(json.dumps(content))
    return folder


def body(truth, offset=(0.0, 0.0)):
    """A pose of 33 points that agrees with a truth but for an offset."""
    points = np.zeros((33, 2)) + truth.marks.mean(axis=0)
    points[truth.indices] = truth.marks
    return points + offset


class TestKeypoints:
    """The table of corresponding points."""

    def test_cocos_seventeen_points_are_these_of_ours(self):
        rows, ours = keypoints.counterparts(COCO17, keypoints.SETS["coco17"]["body"])
        assert rows == list(range(17))
        assert ours == [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]

    def test_points_without_a_counterpart_are_left_out(self):
        names = ["head_top", "right_hip", "neck"]
        assert keypoints.counterparts(names, keypoints.BODY) == ([1], [24])

    def test_hands_and_faces_have_their_usual_numbers(self):
        assert keypoints.HAND["wrist"] == 0
        assert keypoints.HAND["pinky_tip"] == 20
        assert len(keypoints.FACE) == len(set(keypoints.FACE.values())) == 51
        assert keypoints.OUTER_EYE_CORNERS == (33, 263)

    def test_the_other_face_sets_have_the_eyes_corners_and_the_mouths(self):
        corners = {
            "wflw98": ("wflw_60", "wflw_64", "wflw_68", "wflw_72", "wflw_76", "wflw_82"),
            "lapa106": ("lapa_66", "lapa_70", "lapa_75", "lapa_79", "lapa_84", "lapa_90"),
            "aflw19": ("aflw_6", "aflw_8", "aflw_9", "aflw_11", "aflw_15", "aflw_17"),
            "cofw29": ("cofw_8", "cofw_10", "cofw_11", "cofw_9", "cofw_22", "cofw_23"),
        }
        for name, marks in corners.items():
            points = keypoints.SETS[name]["face"]
            assert [points[mark] for mark in marks] == [33, 133, 362, 263, 61, 291]
            assert len(set(points.values())) == len(points)


class TestTruth:
    """Reading annotations, and the policy of views."""

    def test_one_person_is_asked_for_in_the_whole_picture(self, tmp_path):
        (asked,) = questions(load(write(tmp_path / "d", {"a.png": [person(10, 20)]}))[0])
        assert asked.setting == "one"
        assert asked.view.crop is None
        (truth,) = asked.truths
        assert truth.scale == truth.side == 100
        assert asked.view.read().shape == (300, 400, 3)

    def test_several_are_asked_for_together_and_each_cut_out(self, tmp_path):
        folder = write(tmp_path / "d", {"a.png": [person(10, 20), person(200, 100)]})
        whole, first, second = questions(load(folder)[0])
        assert (whole.setting, len(whole.truths)) == ("several", 2)
        assert first.setting == second.setting == "cropped"
        assert first.view.crop == (0, 0, 136, 146)  # a quarter wider, inside the picture
        assert second.view.crop == (175, 75, 326, 226)
        assert second.view.read().shape == (151, 151, 3)

    @pytest.mark.parametrize("more", [{"iscrowd": 1}, {"note": "only one person is marked"}])
    def test_a_crowd_makes_several_and_so_does_a_note(self, tmp_path, more):
        (picture,) = load(write(tmp_path / "d", {"a.png": [person(10, 20, **more)]}))[0]
        assert picture.several

    def test_people_with_few_marks_are_nobody_to_find_and_nobody_invented(self, tmp_path):
        bare = person(10, 20)
        for mark in bare["keypoints"][3:]:
            mark[2] = 0
        (asked,) = questions(load(write(tmp_path / "d", {"a.png": [bare]}))[0])
        assert asked.truths == ()
        tally = Tally("body")
        tally.add(asked, {"body": [np.full((33, 2), 50.0)]})
        assert tally.score() is None

    def test_whole_bodies_have_the_parts_that_are_said_to_be_valid(self, tmp_path):
        names = [*COCO17, *(f"face_{name}" for name in keypoints.FACE)]
        names += [f"{side}_hand_{name}" for side in ("left", "right") for name in keypoints.HAND]
        marks = [[100 + i, 100 + i % 7, 2] for i in range(len(names))]
        whole = {**person(90, 90, 200), "kind": "wholebody", "kpt_set": "coco_wholebody133"}
        whole |= {"keypoints": marks, "lefthand_valid": False}
        folder = write(tmp_path / "d", {"a.png": [person(90, 90, 200), whole]})
        content = json.loads((folder / "annotations.json").read_text())
        content["keypoint_sets"]["coco_wholebody133"] = names
        (folder / "annotations.json").write_text(json.dumps(content))
        (picture,) = load(folder)[0]
        assert [truth.part for truth in picture.truths] == ["body", "face", "hand"]
        assert not picture.several  # the same person twice
        face = picture.truths[1]
        corners = [names.index(f"face_{side}") for side in ("right_eye_0", "left_eye_3")]
        assert face.scale == pytest.approx(math.dist(*(marks[i][:2] for i in corners)))

    def test_sets_without_a_mapping_are_counted_and_left_out(self, tmp_path):
        odd = {**person(0, 0), "kpt_set": "odd", "keypoints": [[1, 1, 2]]}
        pictures, unknown = load(write(tmp_path / "d", {"a.png": [odd], "b.png": []}))
        assert [picture.path.name for picture in pictures] == ["b.png"]
        assert unknown == {"odd": 1}

    def test_folders_that_are_no_data_are_named(self, tmp_path):
        with pytest.raises(EvaluationError, match=r"no annotations\.json in .*simple-landmarks-v1"):
            load(tmp_path)
        with pytest.raises(EvaluationError, match="has the format 'other'"):
            load(write(tmp_path / "d", {}, form="other"))
        with pytest.raises(EvaluationError, match=r"nowhere\.jpg cannot be read"):
            View(tmp_path / "nowhere.jpg").read()


class TestScores:
    """What is counted."""

    @pytest.fixture
    def asked(self, tmp_path):
        folder = write(tmp_path / "d", {"a.png": [person(10, 20), person(200, 100)]})
        return questions(load(folder)[0])

    def test_errors_are_in_scales(self, asked):
        whole = asked[0]
        tally = Tally("body")
        first, second = whole.truths
        tally.add(whole, {"body": [body(second, (15, 0)), body(first, (0, 5))]})
        score = tally.score()
        assert (score.asked, score.missed, score.invented) == (2, 0, 0)
        assert (score.pck10, score.pck20) == (0.5, 1.0)
        assert score.error == pytest.approx((0.15 + 0.05) / 2)

    def test_the_marks_of_the_missed_are_wrong_but_no_error(self, asked):
        whole = asked[0]
        tally = Tally("body")
        tally.add(whole, {"body": [body(whole.truths[0], (4, 0))]})
        score = tally.score()
        assert (score.asked, score.missed, score.pck20) == (2, 1, 0.5)
        assert score.error == pytest.approx(0.04)

    def test_finds_in_a_crop_are_brought_back_into_the_picture(self, asked):
        crop = asked[2]
        tally = Tally("body")
        tally.add(crop, {"body": [body(crop.truths[0]) - (175, 75)]})
        assert tally.score().error == pytest.approx(0)

    def test_a_find_outside_of_every_box_is_invented(self, asked):
        whole = asked[0]
        tally = Tally("body")
        tally.add(whole, {"body": [np.full((33, 2), 380.0), body(whole.truths[0])]})
        assert tally.score().invented == 1

    def test_where_one_of_several_is_marked_a_find_beside_it_is_unmarked(self, asked):
        whole = asked[0]._replace(complete=False)
        first = body(whole.truths[0])
        tally = Tally("body")
        tally.add(whole, {"body": [np.full((33, 2), 380.0), first, first + 3]})
        score = tally.score()
        assert (score.invented, score.unmarked) == (1, 1)  # found twice; nobody's box
        assert (score.missed, score.instead) == (1, 1)

    def test_whoever_is_found_twice_is_invented_once(self, asked):
        first, second = asked[0].truths
        tally = Tally("body")
        tally.add(asked[0], {"body": [body(first), body(first, (3, 0)), body(second)]})
        assert tally.score().invented == 1

    def test_a_bad_find_of_a_missed_one_is_not_invented_too(self, asked):
        first = asked[0].truths[0]
        off = np.tile((205.0, 195.0), (33, 1))  # in the second one's box, far from its marks
        tally = Tally("body")
        tally.add(asked[0], {"body": [body(first), off]})
        score = tally.score()
        assert (score.missed, score.invented) == (1, 0)

    def test_each_find_serves_once_and_the_nearest_pairs_come_first(self):
        marks = np.array([(0.0, 0.0), (10.0, 0.0)])
        near = Truth("hand", (0, 0, 10, 10), marks, np.arange(2), 10.0, True)
        far = Truth("hand", (3, 0, 13, 10), np.add(marks, (3, 0)), np.arange(2), 10.0, True)
        assert matched([far, near], [marks]) == [None, 0]
        assert matched([far, near], [marks, np.add(marks, (2, 0))]) == [1, 0]
        assert matched([near], [np.add(marks, (6, 0))]) == [None]

    def test_marks_by_a_model_count_people_only(self, asked):
        truth = asked[0].truths[0]
        pseudo = Truth(truth.part, truth.box, truth.marks, truth.indices, truth.scale, False)
        tally = Tally("body")
        tally.add(asked[0]._replace(truths=(pseudo,)), {"body": [body(truth)]})
        score = tally.score()
        assert (score.asked, score.missed) == (1, 0)
        assert math.isnan(score.pck10)
        assert math.isnan(score.error)


class TestComparison:
    """One tracker against another."""

    def tallies(self, tmp_path, errors):
        """One of each row of (pictures, trackers) ``errors``, NaN where it misses."""
        images = {f"{i}.png": [person(10, 20)] for i in range(len(errors))}
        asked = questions(load(write(tmp_path / "d", images))[0])
        tallies = [Tally("body") for _ in errors[0]]
        for question, row in zip(asked, errors, strict=True):
            for tally, error in zip(tallies, row, strict=True):
                found = [] if np.isnan(error) else [body(question.truths[0], (100 * error, 0))]
                tally.add(question, {"body": found})
        return tallies

    def test_what_is_always_better_is_better(self, tmp_path):
        found = compare(*self.tallies(tmp_path, [(0.05 + i / 1000, 0.15) for i in range(20)]))
        assert (found.missed, found.invented) == (0, 0)
        assert found.pck10 == (1, 1, 1)
        assert found.pck20 == (0, 0, 0)
        assert found.error.value == pytest.approx(-0.0905)
        assert -0.0905 < found.error.high < -0.08

    def test_what_differs_by_chance_has_0_in_its_interval(self, tmp_path):
        errors = [(0.05, 0.15), (0.15, 0.05)] * 10
        found = compare(*self.tallies(tmp_path, errors))
        assert found.pck10.low < found.pck10.value == 0 < found.pck10.high

    def test_errors_are_compared_where_both_have_found(self, tmp_path):
        errors = [(0.05, math.nan), (0.02, 0.03), (math.nan, 0.01)]
        found = compare(*self.tallies(tmp_path, errors))
        assert found.error.value == pytest.approx(-0.01)
        assert found.missed == 0

    def test_the_table_marks_what_cannot_be_told_apart(self):
        same, less = Interval(0.001, -0.002, 0.004), Interval(-0.01, -0.02, -0.001)
        found = Comparison(-2, 1, same, less, Interval(math.nan, math.nan, math.nan))
        row = differences({("hand", "one", "ours", "theirs"): found}).splitlines()[1]
        assert row.startswith("hand  one      ours     theirs       -2        +1")
        assert "+0.1 [-0.2, +0.4]=" in row
        assert "-1.0 [-2.0, -0.1]  " in row
        assert row.endswith("-")


class TestMediapipe:
    """MediaPipe's side, in an interpreter of its own."""

    @pytest.fixture
    def package(self, tmp_path, monkeypatch):
        """A stand-in for mediapipe: a body of 33 points in the middle, no face, two hands."""
        source = """
            from types import SimpleNamespace as New
            def marks(n):
                return New(landmark=[New(x=0.5, y=0.25)] * n)
            class Holistic:
                def __init__(self, static_image_mode, model_complexity):
                    assert static_image_mode and model_complexity == 0
                def __enter__(self):
                    return self
                def __exit__(self, *error):
                    pass
                def process(self, picture):
                    if picture.shape[0] < 50:
                        raise ValueError("too small")
                    return New(pose_landmarks=marks(33), face_landmarks=None,
                               left_hand_landmarks=marks(21), right_hand_landmarks=marks(21))
            solutions = New(holistic=New(Holistic=Holistic))
        """
        lines = [line[12:] for line in source.splitlines()]
        (tmp_path / "mediapipe.py").write_text("\n".join(lines))
        runner = tmp_path / "python"
        runner.write_text(
            f'#!/bin/sh\nPYTHONPATH={tmp_path}:$PYTHONPATH exec {sys.executable} "$@"\n'
        )
        runner.chmod(0o755)
        return runner

    def test_its_landmarks_come_back_in_pixels_of_the_view(self, package):
        predictor = MediapipePredictor("mediapipe", ("body",), package, "holistic", 0)
        views = [View(MEDIA / "signing.jpg"), View(MEDIA / "signing.jpg", (0, 0, 100, 80))]
        whole, part = predictor.predict(views)
        assert whole["body"][0].shape == (33, 2)
        assert whole["body"][0][7].tolist() == [320, 120]
        assert part["body"][0][7].tolist() == [50, 20]
        assert whole["face"] == []
        assert len(whole["hand"]) == 2

    def test_an_early_end_is_an_error_with_its_last_words(self, package):
        predictor = MediapipePredictor("mediapipe", ("body",), package, "holistic", 0)
        views = [View(MEDIA / "signing.jpg"), View(MEDIA / "signing.jpg", (0, 0, 40, 40))]
        with pytest.raises(EvaluationError, match=r"answered 1 of 2 pictures .* too small"):
            list(predictor.predict(views))

    def test_without_a_fitting_interpreter_the_reason_is_given(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reference_environment, "_fits", lambda: None)
        monkeypatch.setattr(reference_environment, "_has", lambda python, module: False)
        python, reason = reference_environment.find_or_make(tmp_path / "venv")
        assert python is None
        assert "needs CPython 3.9 to 3.12" in reason


def test_the_table_has_a_row_for_each_score():
    scores = {("body", "one", "holistic"): Score(4, 1, 0, 2, 1, 0.5, 0.755, float("nan"))}
    head, row = table(scores).splitlines()
    assert head.split()[-3:] == ["PCK@0.1", "PCK@0.2", "error"]
    assert row.split() == ["body", "one", "holistic", "4", "1", "0", "2", "1", "50.0", "75.5", "-"]


@pytest.mark.skipif(
    not model_files.find("pose_landmarks_lite").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_the_command_prints_the_trackers_rows(tmp_path, capsys):
    signer = person(110, 50, 380)
    places = {"nose": (317, 90), "left_shoulder": (375, 160), "right_shoulder": (255, 160)}
    places["right_wrist"] = (192, 218)
    signer["keypoints"] = [[*places.get(name, (0, 0)), 2 * (name in places)] for name in COCO17]
    folder = write(tmp_path / "d", {"signing.jpg": [signer], "empty.png": []})
    picture = (MEDIA / "signing.jpg").read_bytes()
    (folder / "signing.jpg").write_bytes(picture)
    answers = ["--answers", str(tmp_path / "answers")]
    assert command.main([str(folder), "--no-mediapipe", "--complexity", "0", *answers]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 pictures, 2 views."
    rows = [line.split() for line in lines[2:]]
    assert rows[1][:-1] == ["body", "one", "holistic", *"10000", "100.0", "100.0"]
    assert rows[2][:5] == ["body", "one", "one", "look", "1"]
    assert rows[3][:6] == ["body", "one", "holistic", "people", "1", "0"]
    assert command.main([str(tmp_path / "none"), "--no-mediapipe"]) == 1


class Remembered:
    """A predictor that finds a body at the places it is told, and counts what it was asked."""

    name = "someone new"
    parts = ("body",)
    sources = ()

    def __init__(self, failing_at=None):
        self.asked = []
        self._failing_at = failing_at

    def __repr__(self):
        return "Remembered"

    def predict(self, views):
        for view in views:
            if view.path.name == self._failing_at:
                raise EvaluationError("the power went out")
            self.asked.append(view.path.name)
            yield {"body": [np.full((33, 2), len(view.path.name) + 0.25)], "face": [], "hand": []}


class TestAnswers:
    """What was answered is kept."""

    VIEWS = tuple(View(Path(name)) for name in ("a", "bb", "ccc"))

    def test_an_evaluation_that_was_cut_short_goes_on(self, tmp_path):
        first, second, third = Remembered(failing_at="ccc"), Remembered(), Remembered()
        with pytest.raises(EvaluationError, match="power"):
            list(kept(first, self.VIEWS, tmp_path))
        (file,) = tmp_path.iterdir()
        with file.open("a") as stream:
            stream.write('{"body": [[[1')  # it was writing this when it ended
        again = list(kept(second, self.VIEWS, tmp_path))
        assert (first.asked, second.asked) == (["a", "bb"], ["ccc"])
        assert [found["body"][0][0, 0] for found in again] == [1.25, 2.25, 3.25]
        assert len(list(kept(third, self.VIEWS, tmp_path))) == 3
        assert third.asked == []

    def test_other_views_sources_or_settings_are_asked_anew(self, tmp_path):
        source = tmp_path / "code" / "tracker.py"
        source.parent.mkdir()
        source.write_text("1")
        predictor = Remembered()
        predictor.sources = (source.parent,)
        list(kept(predictor, self.VIEWS, tmp_path / "answers"))
        list(kept(predictor, self.VIEWS[:2], tmp_path / "answers"))
        source.write_text("2")
        list(kept(predictor, self.VIEWS[:2], tmp_path / "answers"))
        assert predictor.asked == ["a", "bb", "ccc", "a", "bb", "a", "bb"]
