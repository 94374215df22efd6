"""A minute of random starts, stops and changes; ``build.py bench -- --soak 20`` makes it twenty."""

from pathlib import Path

from bench import CLIP, browser, clip, processes, soak
from holistic.shared import layout

MOST_GROWTH = 1.5
"""The memory's largest share of its first value: what leaks with every start soon exceeds it."""


def test_whatever_is_started_and_stopped_memory_and_workers_do_not_pile_up(
    site: str, tmp_path: Path
) -> None:
    camera = clip.camera_file(CLIP, tmp_path, clip.Format(640, 480, 6))
    with browser.launch(camera) as chromium:
        blank = processes.memory(chromium.root)
        visit = soak.hold(chromium, blank, f"{site}?src=camera", 1, seed=6, pause=(0.5, 2))
    memory = [step.memory_mb for step in visit.steps]
    assert visit.complaints == []
    assert len(memory) > 5
    assert max(step.workers for step in visit.steps) == layout.WORKERS
    assert max(memory) < MOST_GROWTH * memory[0]
