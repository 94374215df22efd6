"""What has arrived of the site's files, and when a ring's memory can be used again."""

from state.progress import Progress
from state.rings import RetiredRings


def test_a_file_counts_once_by_whoever_is_furthest() -> None:
    progress = Progress()
    assert progress.note("a.wasm", "runtime", 10, 100) == (10, 100)
    assert progress.note("b.wasm", "runtime", 5, 50) == (15, 150)
    assert progress.note("a.wasm", "runtime", 7, 100) is None, "by another worker"
    assert progress.note("m.gz", "models", 1, 2) == (1, 2), "each part for itself"
    assert progress.loaded == 16
    assert progress.files() == ["a.wasm", "b.wasm", "m.gz"]


def test_memory_comes_back_when_all_who_were_told_work_on_a_later_generation() -> None:
    rings = RetiredRings()
    rings.add("ring", 1, 2)
    assert rings.reclaim(1, 2) == []
    assert rings.reclaim(2, 2) == ["ring"]
    assert rings.reclaim(3, 2) == [], "once"


def test_a_worker_that_is_asked_no_more_may_still_look_into_a_ring() -> None:
    rings = RetiredRings()
    rings.add("ring", 1, 2)
    assert rings.reclaim(2, 1) == []
