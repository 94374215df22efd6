"""Folders of pictures and videos: what becomes of which, and one broken file among many."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from builder import ROOT
from holistic import ModelError, Tracker
from holistic.batch.jobs import CorpusError, Job, Outcome, attempt, jobs, left_out, track
from holistic.batch.media import Source
from holistic.inference import model_files
from holistic.options import Options

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)
OPTIONS = Options(complexity=0, variant="float")


@pytest.fixture
def folder(tmp_path):
    """Pictures in a folder and below, with files that are none."""
    root = tmp_path / "in"
    (root / "b").mkdir(parents=True)
    (root / ".thumbnails").mkdir()
    for name in ("z.png", "a.PNG", "b/c.png", ".thumbnails/z.png", "z.drawn.png"):
        cv2.imwrite(str(root / name), np.zeros((48, 64, 3), np.uint8))
    (root / "notes.txt").write_text("no picture")
    return root


class TestJobs:
    """Which files there are, and where their results go."""

    def test_a_folder_is_laid_out_again_in_order(self, folder, tmp_path):
        made = jobs([str(folder)], tmp_path / "out", "csv", tmp_path / "drawn")
        names = [job.out.relative_to(tmp_path / "out").as_posix() for job in made]
        assert names == ["a.PNG.csv", "b/c.png.csv", "z.png.csv"]
        assert made[1].source == str(folder / "b" / "c.png")
        assert made[1].drawing == tmp_path / "drawn" / "b" / "c.png.drawn.jpg"

    def test_a_folder_takes_every_format_in_any_case(self, tmp_path):
        names = [
            *("a.HEIC", "b.avif", "c.gif", "d.TS", "e.3gp", "f.wmv", "g.flv", "h.jfif", "i.WebP"),
            *("j.m2ts", "k.mjpeg", "l.h264", "m.ogv", "n.jp2", "o.MTS", "p.apng", "q.vob"),
        ]
        for name in names:
            (tmp_path / name).touch()
        made = jobs([str(tmp_path)], tmp_path / "out", "json", None)
        assert [Path(job.source).name for job in made] == names
        assert left_out([str(tmp_path)]) == []

    def test_what_a_folder_leaves_out_is_told(self, folder):
        (folder / "Y.MP4").touch()
        (folder / "z.png.json").touch()  # a result beside its picture
        (folder / "b" / "noending").touch()
        (folder / "link.png").symlink_to(folder / "gone.png")
        (folder / "linked").symlink_to(folder / "b")
        assert left_out([str(folder), "z.png"]) == [
            folder / name for name in ("b/noending", "link.png", "linked", "notes.txt")
        ]

    def test_partitions_are_quoted_as_far_as_they_must(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "手 é%=\udce9.mkv").touch()
        (job,) = jobs([str(tmp_path)], tmp_path / "o", "parquet", None)
        assert job.out.parent.name == "file=a%2F手%20é%25%3D%E9.mkv"

    def test_addresses_are_called_after_their_last_part(self, tmp_path):
        inputs = ["https://host/a/walk.mp4?x=1", "rtsp://host/live"]
        made = jobs(inputs, tmp_path, "json", tmp_path)
        assert [job.source for job in made] == inputs
        assert [job.out.name for job in made] == ["walk.mp4.json", "live.json"]
        assert [job.drawing.name for job in made] == ["walk.mp4.drawn.mp4", "live.drawn.mp4"]

    def test_the_content_decides_what_a_drawing_is(self, tmp_path):
        still, moving = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), "red")
        still.save(tmp_path / "a.gif")
        still.save(tmp_path / "b.gif", save_all=True, append_images=[moving], duration=50)
        still.save(tmp_path / "c.mp4", "PNG")
        still.save(tmp_path / "d.mjpeg", "JPEG")
        (tmp_path / "e.jpg").write_text("broken")
        made = jobs([str(tmp_path)], tmp_path / "out", "json", tmp_path / "out")
        assert [job.drawing.name for job in made] == [
            *("a.gif.drawn.jpg", "b.gif.drawn.mp4", "c.mp4.drawn.jpg", "d.mjpeg.drawn.mp4"),
            "e.jpg.drawn.jpg",
        ]

    def test_no_input_is_drawn_over(self, tmp_path):
        for name in ("a.png", "a.png.drawn.jpg"):
            Image.new("RGB", (8, 8)).save(tmp_path / name)
        inputs = [str(tmp_path / "a.png"), str(tmp_path / "a.png.drawn.jpg")]
        with pytest.raises(CorpusError, match=r"drawn\.jpg' is an input: give another folder"):
            jobs(inputs, tmp_path / "out", "json", tmp_path)

    def test_several_inputs_keep_their_order(self, tmp_path):
        made = jobs(["y.mp4", "some/x.jpg", "y.mp4"], tmp_path, "json", None)
        assert [job.out.name for job in made] == ["y.mp4.json", "x.jpg.json"]

    def test_inputs_that_would_become_one_file_are_refused(self, tmp_path):
        with pytest.raises(CorpusError, match=r"'a.x.mp4' and 'b.x.mp4' would both become"):
            jobs([str(Path("a", "x.mp4")), str(Path("b", "x.mp4"))], tmp_path, "json", None)

    def test_an_empty_folder_and_a_camera_among_others_are_refused(self, tmp_path):
        (tmp_path / "empty").mkdir()
        with pytest.raises(CorpusError, match="no pictures or videos in the folder"):
            jobs([str(tmp_path / "empty")], tmp_path, "json", None)
        with pytest.raises(CorpusError, match="camera 0 cannot be one of several"):
            jobs(["0", "x.mp4"], tmp_path, "json", None)
        with pytest.raises(CorpusError, match="'-' cannot be one of several"):
            jobs(["-", "x.mp4"], tmp_path, "json", None)


@needs_models
class TestAttempt:
    """Doing one job."""

    def test_all_its_files_are_there_when_it_is_done(self, folder, tmp_path):
        (job,) = jobs([str(folder / "z.png")], tmp_path / "o", "json", tmp_path / "d")
        assert not job.done
        assert attempt(job, OPTIONS) == Outcome(job, frames=1)
        assert job.done
        assert cv2.imread(str(job.drawing)).shape == (48, 64, 3)

    def test_a_broken_file_is_an_outcome_and_leaves_nothing(self, tmp_path):
        broken = tmp_path / "broken.mp4"
        broken.write_bytes(b"no video" * 100)
        job = Job(str(broken), tmp_path / "out" / "x.json", "json", tmp_path / "out" / "x.mp4")
        outcome = attempt(job, OPTIONS)
        assert "broken.mp4' is not a picture or a video" in outcome.error
        assert not job.out.parent.exists()

    def test_an_error_halfway_leaves_nothing(self, folder, tmp_path, monkeypatch):
        def fail(*_):
            raise MemoryError("too much")

        monkeypatch.setattr("holistic.batch.jobs.draw", fail)
        (job,) = jobs([str(folder / "z.png")], tmp_path / "o", "json", tmp_path / "o")
        outcome = attempt(job, OPTIONS)
        assert outcome.error == f"{str(folder / 'z.png')!r}: MemoryError: too much"
        assert list((tmp_path / "o").iterdir()) == []

    @needs_models
    def test_an_interruption_keeps_what_is_done(self, tmp_path, monkeypatch):
        process = Tracker.process

        def interrupted(tracker, frame, timestamp):
            if timestamp > 100:
                raise KeyboardInterrupt
            return process(tracker, frame, timestamp)

        monkeypatch.setattr(Tracker, "process", interrupted)
        clip = str(ROOT / "tests/media/intel__milk.mkv")
        job = Job(clip, tmp_path / "a.json", "json", tmp_path / "a.webm")
        with pytest.raises(KeyboardInterrupt):
            track(job, replace(OPTIONS, parts=("face",)))
        names = ["a.incomplete.json", "a.incomplete.webm"]
        assert sorted(path.name for path in tmp_path.iterdir()) == names
        assert len(json.loads((tmp_path / names[0]).read_text())["frames"]) == 4
        assert len(list(Source(str(tmp_path / names[1])))) == 4

    def test_a_missing_model_is_nobodys_broken_file(self, folder, tmp_path):
        (job,) = jobs([str(folder / "z.png")], tmp_path / "o", "json", None)
        with pytest.raises(ModelError, match="put it there"):
            attempt(job, replace(OPTIONS, models=str(tmp_path)))

    def test_jobs_do_not_remember_one_another(self, tmp_path):
        picture = str(ROOT / "tests" / "media" / "signing.jpg")
        people = []
        for name in ("first.json", "second.json"):
            job = Job(picture, tmp_path / name, "json")
            attempt(job, OPTIONS)
            people.append(json.loads(job.out.read_text())["frames"][0]["people"])
        assert people[0][0]["pose"] == people[1][0]["pose"]
        assert people[0][0]["left_hand"] == people[1][0]["left_hand"]
