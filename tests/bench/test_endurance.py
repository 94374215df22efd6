"""The tracker's memory over a long video: it stays as it is after the first seconds."""

import gc
import json
import shutil
import tracemalloc

import numpy as np
import pytest

from bench import endurance
from bench.tracking_loop import watch
from builder import ROOT, site
from holistic import Tracker
from holistic.inference import model_files

CLIP = ROOT / "tests" / "media" / "intel__book.mkv"

pytestmark = pytest.mark.skipif(
    not model_files.find("pose_landmarks_lite").exists(),
    reason="the float models are not there: run `python build.py models`",
)

IN_PYODIDE = pytest.param(
    "pyodide",
    marks=pytest.mark.skipif(
        shutil.which("node") is None or not site.PYODIDE.is_dir(),
        reason="Node.js or the built site is missing: run `python build.py build`",
    ),
)


@pytest.fixture(scope="module")
def frames():
    return endurance.clip_frames(CLIP, 120)


class TestTheTracker:
    """A hundred frames after the first sixty: what a frame leaves behind would add up."""

    @pytest.mark.parametrize("settings", [{}, {"max_people": 3}], ids=["one", "several"])
    def test_holds_its_memory(self, frames, settings):
        sizes = []
        tracemalloc.start()
        try:
            with Tracker(0, variant="float", **settings) as tracker:
                for index in range(160):
                    tracker.process(frames[index % len(frames)], index * 33.0)
                    if index in (59, 159):
                        gc.collect()  # what Python has yet to collect is not held
                        sizes.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
        warm, later = sizes
        assert later - warm < 30_000  # a frame's landmarks alone are 14 kB

    def test_lets_the_memory_go_when_it_is_closed(self, frames):
        with Tracker(0, variant="float") as tracker:
            tracker.process(frames[0], 0)
        assert not tracker.submodels


class TestTheCommand:
    """``python build.py endurance``."""

    @pytest.mark.parametrize("where", ["native", IN_PYODIDE])
    def test_writes_samples_and_a_curve(self, where, tmp_path, capsys):
        arguments = [where, "--minutes", "2.5", "--fps", "0.1", "--height", "120"]
        assert endurance.main([*arguments, "--complexity", "0", "--out", str(tmp_path)]) == 0
        content = json.loads((tmp_path / f"endurance-{where}.json").read_text())
        minutes, counts = zip(*(sample[:2] for sample in content["samples"]), strict=True)
        assert minutes == (0, 1, 2, 2.5)
        assert counts == (0, 6, 12, 15)
        assert content["samples"][-1][-1][0] > 10  # poses
        assert all(sample[2] > 50 for sample in content["samples"])  # megabytes
        assert (tmp_path / f"endurance-{where}.svg").read_text().startswith("<?xml")
        assert "15 frames" in capsys.readouterr().out

    def test_growth_is_of_the_warm_part(self):
        samples = [
            endurance.Sample(minute, 0, 100.0 if minute == 0 else 200 + minute, 0.0, 0, ())
            for minute in range(20)
        ]
        assert endurance.growth(samples) == pytest.approx(60)

    def test_what_is_no_video_is_named(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(endurance, "CLIP", tmp_path / "none.mkv")
        assert endurance.main(["--out", str(tmp_path)]) == 1
        assert "none.mkv is not a video" in capsys.readouterr().err


def test_the_clip_goes_forwards_and_backwards(monkeypatch):
    shown = []

    class Remembering:
        def __init__(self, **_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def process(self, frame, time):
            shown.append((int(frame[0, 0, 0]), time))
            return type("Result", (), dict.fromkeys(("pose", "face", "left_hand", "right_hand")))

    monkeypatch.setattr("bench.tracking_loop.Tracker", Remembering)
    frames = np.arange(3, dtype=np.uint8)[:, None, None, None]
    *_, last = watch(frames, 0.1, 1.0, lambda: (1.0, 2.0))
    assert [value for value, _ in shown] == [0, 1, 2, 1, 0, 1]
    assert [time for _, time in shown] == [0, 1000, 2000, 3000, 4000, 5000]
    assert (last.frames, last.megabytes, last.heap, last.found) == (6, 1.0, 2.0, (0, 0, 0, 0))
