"""Writing landmarks: JSON, CSV and NPZ."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from holistic.results.named_points import FacePoints, HandPoints, PosePoints
from holistic.results.result import Person, Result
from holistic.results.writers import WRITERS, Head

HEAD = Head("walk.mp4", 640, 480, 29.97003)


def person(number, **parts):
    pose = PosePoints.of(np.full((33, 5), number / 10, np.float32))
    return Person(id=number, pose=pose, **parts)


@pytest.fixture
def results():
    """Three frames: two people, nobody, one of them with a hand."""
    hand = HandPoints.of(np.full((21, 3), 0.5, np.float32))
    return [
        Result(0.0, 640, 480, (person(1), person(4))),
        Result(33.3667, 640, 480, ()),
        Result(66.7333, 640, 480, (person(4, left_hand=hand),)),
    ]


def write(form, path, results):
    with path.open("wb") as file, WRITERS[form](file, HEAD) as writer:
        for result in results:
            writer.write(result)
    return path


class TestFormats:
    """What is in the files."""

    def test_json_has_every_frame(self, results, tmp_path):
        document = json.loads(write("json", tmp_path / "a.json", results).read_text())
        frames = document.pop("frames")
        assert document == {
            "format": "holistic-landmarks-1",
            "source": "walk.mp4",
            "width": 640,
            "height": 480,
            "fps": 29.97,
        }
        assert [frame["timestamp"] for frame in frames] == [0.0, 33.367, 66.733]
        assert [[each["id"] for each in frame["people"]] for frame in frames] == [[1, 4], [], [4]]

    def test_json_tells_no_rate_that_the_frames_do_not_have(self, results, tmp_path):
        slow = [replace(each, timestamp=each.timestamp * 3) for each in results]
        document = json.loads(write("json", tmp_path / "a.json", slow).read_text())
        assert document["fps"] is None

    def test_csv_has_a_line_for_each_landmark(self, results, tmp_path):
        with write("csv", tmp_path / "a.csv", results).open(newline="") as file:
            lines = list(csv.DictReader(file))
        assert len(lines) == 33 * 3 + 21
        assert lines[33]["person"] == "4"
        assert (lines[33]["part"], lines[33]["name"], lines[33]["x"]) == ("pose", "nose", "0.4")
        assert lines[-1]["timestamp"] == "66.733"
        assert lines[-1]["visibility"] == ""

    def test_npz_has_a_row_for_each_person_in_each_frame(self, results, tmp_path):
        with np.load(write("npz", tmp_path / "a.npz", results)) as arrays:
            assert arrays["timestamps"].tolist() == [0.0, 33.3667, 66.7333]
            assert arrays["size"].tolist() == [640, 480]
            assert arrays["frame"].tolist() == [0, 0, 2]
            assert arrays["id"].tolist() == [1, 4, 4]
            assert arrays["pose"].shape == (3, 33, 5)
            assert arrays["pose"][:, 0, 0] == pytest.approx([0.1, 0.4, 0.4])
            assert arrays["face"].shape == (3, 468, 3)
            assert np.isnan(arrays["face"]).all()
            assert np.isnan(arrays["left_hand"][:2]).all()
            assert (arrays["left_hand"][2] == 0.5).all()

    def test_npz_faces_have_irises_as_soon_as_one_has(self, results, tmp_path):
        face = FacePoints.of(np.ones((478, 3), np.float32))
        results.append(Result(100.0, 640, 480, (person(1, face=face),)))
        with np.load(write("npz", tmp_path / "a.npz", results)) as arrays:
            assert arrays["face"].shape == (4, 478, 3)
            assert np.isnan(arrays["face"][:3]).all()
            assert (arrays["face"][3] == 1).all()

    def test_every_format_has_handedness_and_scores(self, tmp_path):
        hand = HandPoints.of(np.full((21, 3), 0.5, np.float32))
        scores = {"pose": 0.9, "left_hand": 0.75}
        someone = person(4, left_hand=hand, left_handedness=0.25, scores=scores)
        results = [Result(0.0, 640, 480, (someone,))]
        document = json.loads(write("json", tmp_path / "a.json", results).read_text())
        found = document["frames"][0]["people"][0]
        assert (found["left_handedness"], found["right_handedness"]) == (0.25, None)
        assert found["scores"] == scores
        with write("csv", tmp_path / "a.csv", results).open(newline="") as file:
            lines = list(csv.DictReader(file))
        ends = {line["part"]: (line["handedness"], line["score"]) for line in lines}
        assert ends == {"pose": ("", "0.9"), "left_hand": ("0.25", "0.75")}
        with np.load(write("npz", tmp_path / "a.npz", results)) as arrays:
            assert arrays["left_handedness"].tolist() == [0.25]
            assert np.isnan(arrays["right_handedness"]).tolist() == [True]
            expected = [0.9, np.nan, 0.75, np.nan]
            assert arrays["scores"][0] == pytest.approx(expected, nan_ok=True)

    def test_npz_has_masks_of_one_size(self, tmp_path):
        mask = np.zeros((480, 640), np.float32)
        mask[100:200] = 1
        results = [Result(0.0, 640, 480, (person(1, mask=mask),)), Result(1.0, 640, 480, ())]
        with np.load(write("npz", tmp_path / "a.npz", results)) as arrays:
            assert (arrays["mask"] == mask[None] * 255).all()
        results.append(Result(2.0, 64, 48, (person(1, mask=mask[:48, :64]),)))
        with pytest.raises(ValueError, match="change from 640 x 480 to 64 x 48 pixels"):
            write("npz", tmp_path / "b.npz", results)

    @pytest.mark.parametrize("form", WRITERS)
    def test_a_source_without_people_or_frames_gives_a_file_too(self, form, tmp_path):
        assert write(form, tmp_path / f"a.{form}", []).stat().st_size > 0
