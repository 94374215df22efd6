"""The command ``python -m holistic``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from holistic import Tracker, cli, models

MEDIA = Path(__file__).parent / "media"
PICTURE = str(MEDIA / "signing.jpg")
CLIP = str(MEDIA / "intel__milk.mkv")

needs_models = pytest.mark.skipif(
    not (models.folder() / "pose_landmarks_full.tflite").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@needs_models
class TestOutput:
    """What is written."""

    def test_a_picture_becomes_a_document_with_one_frame(self, tmp_path):
        out = tmp_path / "landmarks.json"
        assert cli.main([PICTURE, "--out", str(out)]) == 0
        document = json.loads(out.read_text())
        (frame,) = document.pop("frames")
        assert document == {
            "format": "holistic-landmarks-1",
            "source": PICTURE,
            "width": 640,
            "height": 480,
            "fps": None,
        }
        (person,) = frame.pop("people")
        assert frame == {"index": 0, "timestamp": 0.0}
        shapes = {name: (len(v), len(v[0])) for name, v in person.items() if name != "id"}
        assert shapes == {
            "pose": (33, 5),
            "pose_world": (33, 3),
            "face": (468, 3),
            "left_hand": (21, 3),
            "right_hand": (21, 3),
        }

    def test_the_numbers_are_the_trackers(self, tmp_path):
        out = tmp_path / "landmarks.json"
        cli.main([PICTURE, "--out", str(out), "--complexity", "0"])
        (frame,) = json.loads(out.read_text())["frames"]
        with Tracker(complexity=0) as tracker:
            picture = cv2.cvtColor(cv2.imread(PICTURE), cv2.COLOR_BGR2RGB)
            (person,) = tracker.process(picture, 0).people
        assert frame["people"][0]["face"][0] == pytest.approx(person.face[0], abs=1e-5)

    def test_a_video_becomes_a_frame_each_and_a_drawing(self, tmp_path, capsys):
        out, drawing = tmp_path / "landmarks.json", tmp_path / "drawing.mp4"
        arguments = [CLIP, "--out", str(out), "--complexity", "0", "--draw", str(drawing)]
        assert cli.main(arguments) == 0
        document = json.loads(out.read_text())
        frames = document["frames"]
        assert document["fps"] == 30
        assert [frame["index"] for frame in frames] == list(range(len(frames)))
        times = [frame["timestamp"] for frame in frames]
        assert times[0] == 0
        assert times == sorted(set(times))
        assert times[30] == pytest.approx(1000, abs=1)
        video = cv2.VideoCapture(str(drawing))
        assert video.get(cv2.CAP_PROP_FRAME_COUNT) == len(frames)
        assert video.read()[1].shape == (480, 640, 3)
        assert f"{len(frames)}/" in capsys.readouterr().err  # the progress bar

    def test_a_drawing_differs_from_the_picture_where_the_person_is(self, tmp_path):
        drawing = tmp_path / "drawing.png"
        cli.main([PICTURE, "--out", str(tmp_path / "l.json"), "--draw", str(drawing)])
        changed = cv2.absdiff(cv2.imread(PICTURE), cv2.imread(str(drawing))).max(axis=2) > 40
        assert changed[60:140, 280:350].mean() > 0.05  # the face
        assert not changed[:, 500:].any()  # the wall

    def test_it_runs_as_a_module(self, tmp_path):
        out = tmp_path / "landmarks.json"
        command = [sys.executable, "-m", "holistic", PICTURE, "--out", str(out)]
        package = str(Path(cli.__file__).parents[1])
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": package})
        assert len(json.loads(out.read_text())["frames"]) == 1


def failure(capsys, *arguments):
    """Run the command, expect it to fail, and return its message."""
    assert cli.main(list(arguments)) == 2
    message = capsys.readouterr().err.strip().splitlines()[-1]
    assert message.startswith("holistic: ")
    return message


class TestErrors:
    """Bad input ends with exit code 2 and a sentence that says what to do."""

    def test_a_missing_file(self, tmp_path, capsys):
        message = failure(capsys, "nowhere.mp4", "--out", str(tmp_path / "l.json"))
        assert "there is no file 'nowhere.mp4'" in message
        assert not (tmp_path / "l.json").exists()

    def test_a_file_that_is_no_picture(self, tmp_path, capsys):
        (tmp_path / "text.jpg").write_text("not a picture")
        message = failure(capsys, str(tmp_path / "text.jpg"), "--out", str(tmp_path / "l.json"))
        assert "is not a picture or a video that can be decoded" in message

    def test_a_camera_that_is_not_there(self, tmp_path, capsys):
        message = failure(capsys, "73", "--out", str(tmp_path / "l.json"))
        assert "there is no camera 73" in message

    def test_a_missing_model(self, tmp_path, capsys):
        message = failure(
            capsys, PICTURE, "--out", str(tmp_path / "l.json"), "--models", str(tmp_path)
        )
        assert "pose_detector.tflite" in message
        assert "python build.py models" in message

    @needs_models
    def test_a_damaged_model(self, tmp_path, capsys):
        for file in models.folder().glob("*.tflite"):
            (tmp_path / file.name).write_bytes(file.read_bytes()[:5000])
        message = failure(
            capsys, PICTURE, "--out", str(tmp_path / "l.json"), "--models", str(tmp_path)
        )
        assert "'pose_detector' is damaged" in message

    @needs_models
    def test_an_output_that_cannot_be_written(self, tmp_path, capsys):
        message = failure(capsys, PICTURE, "--out", str(tmp_path / "no" / "folder.json"))
        assert "cannot write" in message
        assert "folder.json" in message

    @needs_models
    @pytest.mark.parametrize("source", [PICTURE, CLIP])
    def test_a_drawing_of_an_unknown_kind(self, source, tmp_path, capsys):
        message = failure(
            capsys, source, "--out", str(tmp_path / "l.json"), "--draw", str(tmp_path / "d.txt")
        )
        assert "cannot write the drawing" in message

    def test_arguments_that_are_missing_or_wrong(self, capsys):
        for arguments in ([], [PICTURE], [PICTURE, "--out", "l.json", "--complexity", "3"]):
            with pytest.raises(SystemExit, match="2"):
                cli.main(arguments)
