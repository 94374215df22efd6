"""The command ``holistic``."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from builder import ROOT
from holistic import Tracker, cli
from holistic.batch import jobs
from holistic.inference import model_files
from holistic.interchange import formats
from holistic.options import Options
from holistic.recording import read

MEDIA = ROOT / "tests" / "media"
PICTURE = str(MEDIA / "signing.jpg")
CLIP = str(MEDIA / "intel__milk.mkv")

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
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
        assert person.pop("left_handedness") > 0.9
        assert person.pop("right_handedness") < 0.1
        assert list(person.pop("scores")) == ["pose", "face", "left_hand", "right_hand"]
        assert person.pop("blendshapes") is None
        shapes = {name: (len(v), len(v[0])) for name, v in person.items() if v and name != "id"}
        assert shapes == {
            "pose": (33, 5),
            "pose_world": (33, 3),
            "face": (468, 3),
            **{
                f"{side}_hand{kind}": (21, 3)
                for side in ("left", "right")
                for kind in ("", "_world")
            },
        }

    def test_a_picture_becomes_a_pose_file(self, tmp_path):
        assert cli.main([PICTURE, "--out", str(tmp_path / "a.pose")]) == 0
        found = formats.read(tmp_path / "a.pose")
        assert (found.width, found.height) == (640, 480)
        parts = [part for part, _ in found.results[0].person.parts()]
        assert parts == ["pose", "pose_world", "face", "left_hand", "right_hand"]

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

    def test_irises_and_masks(self, tmp_path):
        out, drawing = tmp_path / "landmarks.npz", tmp_path / "drawing.png"
        options = ["--irises", "--mask", "--draw", str(drawing)]
        assert cli.main([PICTURE, "--out", str(out), *options]) == 0
        with np.load(out) as arrays:
            assert arrays["face"].shape == (1, 478, 3)
            mask = arrays["mask"][0]
        assert (mask.shape, mask.dtype) == ((480, 640), np.uint8)
        assert mask[90, 317] > 200  # the nose
        assert mask[:, 600:].max() < 50  # the wall
        light = cv2.imread(str(drawing)).mean(axis=2) / cv2.imread(PICTURE).mean(axis=2)
        assert np.median(light[mask > 250]) > 0.9
        assert np.median(light[mask < 5]) < 0.5

    def test_rotations_of_bones(self, tmp_path, capsys):
        out = tmp_path / "landmarks.json"
        assert cli.main([PICTURE, "--out", str(out), "--rotations"]) == 0
        person = read(out).results[0].people[0]
        assert person.rotations.shape == (54, 4)
        assert person.rotations["leftHand"].shape == (4,)
        assert person.hips_position == pytest.approx(0)
        assert cli.main([PICTURE, "--out", str(tmp_path / "a.csv"), "--rotations"]) == cli.USAGE
        assert "--format json or npz" in capsys.readouterr().err

    def test_approximate_blendshapes(self, tmp_path):
        out = tmp_path / "a.json"
        asked = [PICTURE, "--out", str(out), "--parts", "face", "--approximate-blendshapes"]
        assert cli.main(asked) == 0
        (person,) = json.loads(out.read_text())["frames"][0]["people"]
        assert person["blendshapes_approximate"] is True
        assert len(person["blendshapes"]) == 52

    def test_blendshapes_are_exact_or_approximate(self, tmp_path, capsys):
        both = ["--blendshapes", "--approximate-blendshapes"]
        with pytest.raises(SystemExit):
            cli.main([PICTURE, "--out", str(tmp_path / "a.json"), *both])
        assert "not allowed with argument" in capsys.readouterr().err

    def test_blendshapes(self, tmp_path):
        out = tmp_path / "landmarks.json"
        assert cli.main([PICTURE, "--out", str(out), "--blendshapes", "--parts", "face"]) == 0
        (person,) = json.loads(out.read_text())["frames"][0]["people"]
        assert len(person["blendshapes"]) == 52
        assert person["blendshapes"]["eyeLookDownLeft"] > 0.3

    def test_files_of_motion_hold_one_person(self, tmp_path, capsys):
        out = tmp_path / "a.bvh"
        assert cli.main([PICTURE, "--out", str(out)]) == 0
        assert out.read_text().startswith("HIERARCHY")
        assert cli.main([PICTURE, "--out", str(out), "--people", "2"]) == cli.USAGE
        assert "holistic convert --person" in capsys.readouterr().err

    def test_where_nobody_is_there_is_no_file_of_motion(self, tmp_path, capsys):
        Image.new("RGB", (64, 48)).save(tmp_path / "empty.png")
        out = tmp_path / "a.bvh"
        assert cli.main([str(tmp_path / "empty.png"), "--out", str(out)]) == 1
        told = capsys.readouterr().err
        assert "empty.png': this format holds a person, and nobody was found" in told
        assert not out.exists()

    def test_a_picture_is_looked_at_as_closely_as_can_be(self, tmp_path, monkeypatch):
        modes = []

        class Noting(Tracker):
            def __init__(self, **settings):
                modes.append(settings["mode"])
                super().__init__(**settings)

        monkeypatch.setattr(jobs, "Tracker", Noting)
        monkeypatch.setattr(jobs, "_kept", type("Kept", (), {})())
        cli.main([PICTURE, "--out", str(tmp_path / "l.json"), "--complexity", "0"])
        assert modes[-1] == "picture"

    def test_it_runs_where_there_is_no_opencv(self, tmp_path):
        code = (
            "import sys; sys.modules['cv2'] = None; from holistic import cli; sys.exit(cli.main())"
        )
        package = str(Path(cli.__file__).parents[1])
        for source, drawing in ((PICTURE, "d.png"), (CLIP, "d.mp4")):
            options = ["--out", str(tmp_path / "l.json"), "--draw", str(tmp_path / drawing)]
            command = [sys.executable, "-c", code, source, *options, "--complexity", "0"]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": package})
            assert (tmp_path / drawing).stat().st_size > 10_000

    def test_it_runs_as_a_module(self, tmp_path):
        out = tmp_path / "landmarks.json"
        command = [sys.executable, "-m", "holistic", PICTURE, "--out", str(out)]
        package = str(Path(cli.__file__).parents[1])
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": package})
        assert len(json.loads(out.read_text())["frames"]) == 1


@needs_models
class TestSinks:
    """Where the results go."""

    COMMAND = (PICTURE, "--complexity", "0", "--out")

    def test_standard_output_gets_results_only(self, capfd):
        assert cli.main([*self.COMMAND, "-"]) == 0
        written = capfd.readouterr().out
        assert len(json.loads(written)["frames"]) == 1

    def test_standard_output_in_any_format(self, capfdbinary, tmp_path):
        assert cli.main([*self.COMMAND, "-", "--format", "npz"]) == 0
        (tmp_path / "l.npz").write_bytes(capfdbinary.readouterr().out)
        with np.load(tmp_path / "l.npz") as arrays:
            assert arrays["pose"].shape == (1, 33, 5)

    def test_whoever_stops_reading_standard_output_is_told(self):
        package = str(Path(cli.__file__).parents[1])
        command = [sys.executable, "-m", "holistic", *self.COMMAND, "-"]
        reading, writing = os.pipe()
        os.close(reading)
        environment = {**os.environ, "PYTHONPATH": package}
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment)
        os.close(writing)
        assert done.returncode == cli.SOME_FAILED
        assert b"holistic: cannot write '-' (Broken pipe)" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_a_fifo_is_written_through(self, tmp_path):
        os.mkfifo(tmp_path / "fifo.json")
        read = []
        reader = threading.Thread(target=lambda: read.append((tmp_path / "fifo.json").read_text()))
        reader.start()
        assert cli.main([*self.COMMAND, str(tmp_path / "fifo.json")]) == 0
        reader.join()
        assert len(json.loads(read[0])["frames"]) == 1
        assert (tmp_path / "fifo.json").is_fifo()
        assert len(list(tmp_path.iterdir())) == 1

    def test_links_stay_links(self, tmp_path):
        (tmp_path / "real").mkdir()
        for name in ("l.json", "d.png"):
            (tmp_path / name).symlink_to(tmp_path / "real" / name)
        arguments = [*self.COMMAND, str(tmp_path / "l.json"), "--draw", str(tmp_path / "d.png")]
        assert cli.main(arguments) == 0
        assert (tmp_path / "l.json").is_symlink()
        assert (tmp_path / "d.png").is_symlink()
        assert json.loads((tmp_path / "real" / "l.json").read_text())["width"] == 640
        assert Image.open(tmp_path / "real" / "d.png").size == (640, 480)


def failure(capsys, *arguments, code=cli.SOME_FAILED):
    """Run the command, expect it to fail, and return its message."""
    assert cli.main(list(arguments)) == code
    message = capsys.readouterr().err.strip().splitlines()[-1]
    assert message.startswith("holistic: ")
    return message


class TestErrors:
    """Bad input is named in a sentence that says what to do.

    The exit code is 1 where an input failed and 2 where nothing could begin.
    """

    def test_a_missing_file(self, tmp_path, capsys):
        out = tmp_path / "l.json"
        message = failure(capsys, "nowhere.mp4", "--out", str(out))
        assert "there is no file 'nowhere.mp4'" in message
        assert not out.exists()
        out.write_text("of an earlier run")
        failure(capsys, "nowhere.mp4", "--out", str(out))
        assert out.read_text() == "of an earlier run"

    def test_a_file_that_is_no_picture(self, tmp_path, capsys):
        (tmp_path / "text.jpg").write_text("not a picture")
        message = failure(capsys, str(tmp_path / "text.jpg"), "--out", str(tmp_path / "l.json"))
        assert "is not a picture or a video that can be decoded" in message

    def test_a_camera_that_is_not_there(self, tmp_path, capsys):
        message = failure(capsys, "73", "--out", str(tmp_path / "l.json"))
        assert "there is no camera 73" in message

    @pytest.mark.parametrize("place", ["input", "out"])
    def test_a_name_that_no_file_can_have(self, tmp_path, capsys, place):
        long = str(tmp_path / f"{'a' * 300}.json")
        arguments = (long, "--out", "b.json") if place == "input" else ("a.png", "--out", long)
        message = failure(capsys, *arguments, code=cli.USAGE)
        assert message.endswith(f"{long!r}: File name too long")

    def test_a_missing_model(self, tmp_path, capsys):
        message = failure(
            *(capsys, PICTURE, "--out", str(tmp_path / "l.json"), "--models", str(tmp_path)),
            code=cli.USAGE,
        )
        assert "pose_detector.tflite" in message
        assert f"do not name {tmp_path}" in message

    @needs_models
    def test_a_damaged_model(self, tmp_path, capsys):
        for file in model_files.find("pose_detector").parent.glob("*.tflite"):
            (tmp_path / file.name).write_bytes(file.read_bytes()[:5000])
        message = failure(
            *(capsys, PICTURE, "--out", str(tmp_path / "l.json"), "--models", str(tmp_path)),
            code=cli.USAGE,
        )
        assert "'pose_detector' is damaged" in message

    @needs_models
    def test_an_output_that_cannot_be_written(self, tmp_path, capsys):
        out = str(tmp_path / "no" / "folder.json")
        message = failure(capsys, PICTURE, "--out", out, code=cli.USAGE)
        assert "cannot write" in message
        assert "folder.json" in message

    @needs_models
    @pytest.mark.parametrize("source", [PICTURE, CLIP])
    def test_a_drawing_of_an_unknown_kind(self, source, tmp_path, capsys):
        message = failure(
            *(capsys, source, "--out", str(tmp_path / "l.json"), "--draw", str(tmp_path / "d.txt")),
            code=cli.USAGE,
        )
        assert f"cannot write the drawing to {str(tmp_path / 'd.txt')!r}" in message
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("source", "name", "kind"),
        [(CLIP, "d.jpg", "video"), (CLIP, "d.png", "video"), (PICTURE, "d.mp4", "picture")],
    )
    @needs_models
    def test_a_drawing_of_the_wrong_kind(self, tmp_path, capsys, source, name, kind):
        drawing = str(tmp_path / name)
        out = str(tmp_path / "l.json")
        message = failure(capsys, source, "--out", out, "--draw", drawing)
        assert f"is a {kind}, give a name that ends in one of" in message
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["d.gif", "d.avi", "d", "-", "d.json"])
    def test_a_drawing_of_no_kind_is_refused_before_any_work(self, tmp_path, capsys, name):
        drawing = name if name == "-" else str(tmp_path / name)
        arguments = ("nowhere.mp4", "--out", str(tmp_path / "l.json"), "--draw", drawing)
        assert "cannot write the drawing" in failure(capsys, *arguments, code=cli.USAGE)

    def test_names_and_formats_that_do_not_fit(self, tmp_path, capsys):
        csv, folder = str(tmp_path / "l.csv"), tmp_path / "folder.png"
        message = failure(capsys, PICTURE, "--out", csv, "--format", "json", code=cli.USAGE)
        assert "ends in .csv, and --format is json: choose one" in message
        folder.mkdir()
        message = failure(capsys, PICTURE, "--out", csv, "--draw", str(folder), code=cli.USAGE)
        assert "it is a folder, name a file in it" in message
        (tmp_path / "link.png").symlink_to(tmp_path / "l.png")
        both = ("--out", str(tmp_path / "l.png"), "--draw", str(tmp_path / "link.png"))
        message = failure(capsys, PICTURE, *both, "--format", "json", code=cli.USAGE)
        assert "--out and --draw are both" in message

    def test_standard_streams_are_here(self, capsys, tmp_path):
        there = ("--scheduler", "tcp://host:8786")
        message = failure(capsys, PICTURE, "--out", "-", *there, code=cli.USAGE)
        assert "the cluster's workers are elsewhere" in message
        message = failure(capsys, PICTURE, CLIP, "--out", "-", code=cli.USAGE)
        assert "--out must be a folder for several inputs" in message

    @needs_models
    def test_a_picture_that_is_cut_off_is_no_success(self, tmp_path, capsys):
        content = Path(PICTURE).read_bytes()
        (tmp_path / "cut.jpg").write_bytes(content[: len(content) * 9 // 10])
        out = str(tmp_path / "l.json")
        message = failure(capsys, str(tmp_path / "cut.jpg"), "--out", out, "--complexity", "0")
        kept = tmp_path / "l.incomplete.json"
        assert "cut.jpg' is damaged or was not copied completely: only a part is seen" in message
        assert f"what could be read of it is in {str(kept)!r}" in message
        assert len(json.loads(kept.read_text())["frames"][0]["people"]) == 1

    def test_arguments_that_are_missing_or_wrong(self, capsys):
        for arguments in (
            [],
            [PICTURE],
            [PICTURE, "--out", "l.json", "--complexity", "3"],
            [PICTURE, "--out", "l.json", "--workers", "0"],
            [PICTURE, "--out", "l.json", "--format", "xml"],
        ):
            with pytest.raises(SystemExit, match="2"):
                cli.main(arguments)

    def test_masks_without_a_file_that_can_hold_them(self, tmp_path, capsys):
        message = failure(
            capsys, PICTURE, "--out", str(tmp_path / "l.json"), "--mask", code=cli.USAGE
        )
        assert "use --format npz, or --draw" in message

    @needs_models
    def test_a_video_that_is_cut_off_is_no_success(self, tmp_path, capsys):
        whole = Path(CLIP).read_bytes()
        (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 3])
        command = [
            str(tmp_path / "cut.mkv"),
            "--out",
            str(tmp_path / "l.json"),
            "--complexity",
            "0",
        ]
        message = failure(capsys, *command)
        kept = tmp_path / "l.incomplete.json"
        assert "cut.mkv' ends early, after " in message
        assert f"what could be read of it is in {str(kept)!r}" in message
        frames = json.loads(kept.read_text())["frames"]
        assert f"after {len(frames)} of 51 frames" in message
        assert not (tmp_path / "l.json").exists()
        (tmp_path / "cut.mkv").write_bytes(whole)
        assert cli.main(command) == 0
        assert not kept.exists()

    def test_an_output_that_names_no_format(self, tmp_path, capsys):
        message = failure(capsys, PICTURE, "--out", str(tmp_path / "l.xml"), code=cli.USAGE)
        endings = ".json, .csv, .npz, .pose, .parquet, .bvh, .glb, .vrma"
        assert f"let it end in {endings}, or give --format" in message

    def test_a_file_for_several_inputs(self, tmp_path, capsys):
        out = str(tmp_path / "l.json")
        message = failure(capsys, PICTURE, CLIP, "--out", out, code=cli.USAGE)
        assert "--out must be a folder for several inputs" in message

    def test_an_output_that_is_the_input(self, tmp_path, capsys):
        picture = tmp_path / "p.jpg"
        picture.write_bytes(Path(PICTURE).read_bytes())
        arguments = (str(picture), "--out", str(tmp_path / "l.json"), "--draw", str(picture))
        assert "is the input" in failure(capsys, *arguments, code=cli.USAGE)

    @needs_models
    def test_a_part_that_does_not_exist(self, tmp_path, capsys):
        for given, told in {
            "tail": "unknown part 'tail': name some of pose,face,hands,left-hand,right-hand",
            "": "there are no parts: name some of pose,face",
            " , ": "there are no parts",
        }.items():
            with pytest.raises(SystemExit, match="2"):
                cli.main([PICTURE, "--out", str(tmp_path / "l.json"), "--parts", given])
            assert f"argument --parts: {told}" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("option", ["input", "--out", "--draw", "--models", "--vmc", "--rerun"])
    def test_a_name_that_is_empty(self, option, capsys):
        arguments = ["a.png", "--out", "b.json"]
        given = ["", *arguments[1:]] if option == "input" else [*arguments, option, ""]
        with pytest.raises(SystemExit, match="2"):
            cli.main(given)
        assert f"argument {option}: it is empty" in capsys.readouterr().err

    def test_a_value_that_the_tracker_does_not_take(self, tmp_path, capsys):
        arguments = (PICTURE, "--out", str(tmp_path / "l.json"), "--people", "99")
        message = failure(capsys, *arguments, code=cli.USAGE)
        assert "the number of people must be 1 to 16, not 99" in message


class TestSettings:
    """Options that go on to the tracker, and where the jobs are done."""

    def test_a_cluster_gets_absolute_paths(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        options = cli.arguments(["v.mp4", "--out", "l.csv", "--scheduler", "tcp://host:8786"])
        ((job,), folder) = cli.plan(options)
        assert job[:4] == (str(tmp_path / "v.mp4"), tmp_path / "l.csv", "csv", None)
        assert not folder

    def test_a_variant_may_be_spelt_with_hyphens(self, capsys):
        options = ["x", "--out", "y", "--variant"]
        assert cli.arguments([*options, "pruned-int8"]).variant == "pruned_int8"
        with pytest.raises(SystemExit):
            cli.arguments([*options, "int4"])
        assert "must be one of float, pruned, int8, pruned_int8, auto" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("given", "parts"),
        [
            ("hands, pose", ("pose", "left_hand", "right_hand")),
            ("left-hand", ("left_hand",)),
            ("face right_hand", ("face", "right_hand")),
        ],
    )
    def test_parts_may_be_named_as_the_tag_names_them(self, given, parts):
        chosen = cli.tracker_options(cli.arguments(["x", "--out", "y", "--parts", given]))
        assert chosen.parts == parts

    def test_the_help_names_the_other_commands(self, capsys):
        with pytest.raises(SystemExit, match="0"):
            cli.main(["--help"])
        told = " ".join(capsys.readouterr().out.split())
        for command in (cli.convert.NAME, cli.bridge.NAME):
            assert f"holistic {command} --help" in told

    def test_only_what_was_given_goes_on(self):
        plain = cli.tracker_options(cli.arguments(["x", "--out", "y"]))
        assert plain == Options(complexity=1, models=None)
        options = ["--people", "6", "--parts", "face,hands", "--variant", "int8"]
        chosen = cli.tracker_options(cli.arguments(["x", "--out", "y", *options]))
        assert chosen.max_people == 6
        assert chosen.parts == ("face", "left_hand", "right_hand")
        assert chosen.variant == "int8"

    @pytest.mark.parametrize(
        ("given", "threads"),
        [
            ([], None),
            (["--threads", "2"], 2),
            (["--workers", "3"], 1),
            (["--workers", "3", "--threads", "2"], 2),
            (["--scheduler", "tcp://host:8786"], 1),
        ],
    )
    def test_several_processes_use_a_core_each_unless_told_otherwise(self, given, threads):
        chosen = cli.tracker_options(cli.arguments(["x", "--out", "y", *given]))
        assert chosen.threads == threads


@needs_models
class TestManyInputs:
    """Folders and several inputs, with a folder for the results."""

    @pytest.fixture
    def folder(self, tmp_path):
        root = tmp_path / "in"
        root.mkdir()
        for name in ("a.png", "c.png"):
            cv2.imwrite(str(root / name), np.zeros((48, 64, 3), np.uint8))
        (root / "b.jpg").write_text("broken")
        return root

    def test_a_broken_file_is_reported_and_the_rest_is_done(self, folder, tmp_path, capsys):
        out = tmp_path / "out"
        assert cli.main([str(folder), "--out", str(out), "--format", "csv"]) == cli.SOME_FAILED
        assert sorted(path.name for path in out.iterdir()) == [
            jobs.MANIFEST,
            "a.png.csv",
            "c.png.csv",
        ]
        messages = capsys.readouterr().err
        assert f"holistic: {str(folder / 'b.jpg')!r} is not a picture or a video" in messages
        assert "holistic: 2 done, 0 were there already, 1 failed" in messages

    def test_what_is_there_is_not_done_again_unless_forced(self, folder, tmp_path, capsys):
        out = tmp_path / "out"
        out.mkdir()
        (out / "a.png.json").write_text("here already")
        (folder / "b.jpg").unlink()
        command = [str(folder), "--out", str(out)]
        assert cli.main(command) == 0
        assert (out / "a.png.json").read_text() == "here already"
        assert "1 done, 1 were there already, 0 failed" in capsys.readouterr().err
        assert cli.main([*command, "--force"]) == 0
        assert json.loads((out / "a.png.json").read_text())["width"] == 64

    @pytest.mark.parametrize("form", ["json", "parquet"])
    def test_a_name_that_no_file_can_have_does_not_stop_the_rest(self, folder, tmp_path, form):
        (folder / "b.jpg").unlink()
        (folder / "c.png").rename(folder / f"{'手' * 83}.png")  # with what is added it is too long
        out = tmp_path / "out"
        command = [str(folder), "--out", str(out), "--format", form]
        assert cli.main(command) == cli.SOME_FAILED
        assert len(list(out.rglob(f"*.{form}"))) == 1

    def test_an_interruption_keeps_what_is_complete(self, folder, tmp_path, capsys, monkeypatch):
        def interrupted(todo, settings):
            yield jobs.attempt(todo[0], settings)
            raise KeyboardInterrupt

        monkeypatch.setattr(cli.executors, "in_turn", interrupted)
        out = tmp_path / "out"
        assert cli.main([str(folder), "--out", str(out)]) == cli.INTERRUPTED
        assert sorted(path.name for path in out.iterdir()) == [jobs.MANIFEST, "a.png.json"]

    def test_what_is_left_out_is_told(self, folder, tmp_path, capsys):
        (folder / "notes.txt").touch()
        cli.main([str(folder), "--out", str(tmp_path / "out")])
        told = f"left out what is no picture or video by its name: {str(folder / 'notes.txt')!r}"
        assert told in capsys.readouterr().err

    def test_workers_are_processes(self, folder, tmp_path):
        out = tmp_path / "out"
        command = [str(folder), "--out", str(out), "--workers", "2"]
        assert cli.main(command) == cli.SOME_FAILED
        assert sorted(path.name for path in out.iterdir()) == [
            jobs.MANIFEST,
            "a.png.json",
            "c.png.json",
        ]

    def test_a_video_becomes_csv_or_npz_by_the_name(self, tmp_path):
        video = cv2.VideoWriter(
            str(tmp_path / "v.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 48)
        )
        for _ in range(3):
            video.write(np.zeros((48, 64, 3), np.uint8))
        video.release()
        for name in ("l.csv", "l.npz"):
            out = ["--out", str(tmp_path / name), "--complexity", "0"]
            assert cli.main([str(tmp_path / "v.mp4"), *out]) == 0
        assert (tmp_path / "l.csv").read_text().startswith("timestamp,person,part,")
        assert np.load(tmp_path / "l.npz")["timestamps"].tolist() == [0, 100, 200]
