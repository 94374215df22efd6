"""What the avatar costs: threads by what they do, and the tables of a machine's figures."""

import json

import pytest

from bench import avatar
from bench.avatar import AVATAR, BOTH, COMPOSITING, PAGE, PAINTING, REST, TRACKER, WORKERS
from bench.processes import Thread

FACTS = {"begun": "2026-12-01 10:00:00", "machine": {}, "load": 0.1, "chromium": "Chromium 1"}


def course(way, tracked, painted, **cpu_ms):
    named = {"page": PAGE, "painting": PAINTING, "workers": WORKERS}
    return avatar.Course(
        way, tracked, painted, [768, 480], {named[lane]: ms for lane, ms in cpu_ms.items()}, 0.1
    )


def figures():
    return avatar.Figures(
        "My machine",
        FACTS,
        [
            course(BOTH, 20.0, 15.0, page=90, painting=150, workers=900),
            course(TRACKER, 24.0, 0.0, page=30, workers=1000),
            course(AVATAR, 0.0, 30.0, page=90, painting=300),
            course(BOTH, 22.0, 17.0, page=110, painting=170, workers=1000),
        ],
    )


def test_threads_are_counted_by_what_they_do():
    spent = {
        Thread("renderer", 10, 10, "chromium"): 1.0,
        Thread("renderer", 10, 11, "DedicatedWorker"): 2.0,
        Thread("renderer", 10, 12, "DedicatedWorker"): 3.0,
        Thread("renderer", 10, 13, "Compositor"): 0.25,
        Thread("gpu-process", 20, 21, "VizCompositorTh"): 0.5,
        Thread("gpu-process", 20, 22, "Thread<00>"): 4.0,
        Thread("gpu-process", 20, 23, "Thread<01>"): 5.0,
        Thread("browser", 30, 30, "chromium"): 0.125,
        Thread("video_capture", 40, 40, "chromium"): 9.0,
    }
    assert avatar.lanes(spent) == {
        PAGE: 1.0,
        PAINTING: 9.0,
        COMPOSITING: 0.75,
        WORKERS: 5.0,
        REST: 0.125,
    }


def test_figures_come_back_as_they_were_kept(tmp_path):
    kept = figures()
    assert kept.save(tmp_path).name == "2026-12-01-my-machine.json"
    assert avatar.read(tmp_path) == [kept]


def test_another_file_is_named(tmp_path):
    (tmp_path / "x.json").write_text(json.dumps({"facts": FACTS}), "utf-8")
    with pytest.raises(ValueError, match=r"x\.json is no file of the avatar's figures"):
        avatar.read(tmp_path)


def test_the_tables_have_medians_and_what_a_picture_costs():
    text = avatar.markdown([figures()])
    assert "**My machine, 2026-12-01**" in text
    assert "| tracker alone | 24.0 |  | 1.03 | 0.10 |" in text
    assert "| tracker and avatar | 21.0 | 16.0 | 1.21 | 0.10 |" in text
    assert f"| {PAGE} | 3.0 |" in text
    assert f"| {PAINTING} | 10.0 |" in text
    assert "| together | 13.0 |" in text
    assert avatar.markdown([]) == ""
