"""Folders of pictures and videos: what becomes of which, and one broken file among many."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic import ModelError
from holistic.batch.jobs import CorpusError, Job, Outcome, attempt, jobs
from holistic.inference import model_files
from holistic.options import Options

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)
OPTIONS = Options(complexity=0)


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

    def test_a_missing_model_is_nobodys_broken_file(self, folder, tmp_path):
        (job,) = jobs([str(folder / "z.png")], tmp_path / "o", "json", None)
        with pytest.raises(ModelError, match=r"build\.py models"):
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
