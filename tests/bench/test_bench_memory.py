"""The benchmark's watch over a page's memory."""

import json
import mmap
import os

import psutil
import pytest

from bench import memory, processes


def course(*megabytes, minutes=1.0):
    found = memory.Course("a page")
    for index, size in enumerate(megabytes):
        found.note(index * minutes, {"renderer": size - 10.0, "browser": 10.0}, 100)
    return found


def test_samples_are_sums_of_all_kinds_of_processes():
    assert course(300.0).memory_mb == [300.0]
    assert course(300.0).by_process_mb == [{"renderer": 290.0, "browser": 10.0}]


def test_pages_of_files_can_be_left_out():
    found = memory.Course("a page")
    found.note(0.0, {"renderer": 300.0, processes.FILES: 50.0}, 1)
    assert found.memory_mb == [350.0]
    assert found.own_mb == [300.0]


def test_frames_add_up():
    assert course(300.0, 300.0, 300.0).frames == [100, 200, 300]


def test_growth_is_counted_after_the_first_tenth():
    sizes = [500.0, *(300.0 + minute for minute in range(1, 20))]
    assert course(*sizes).growth_mb_per_hour == pytest.approx(60.0)


def test_the_course_is_saved_whole(tmp_path):
    course(300.0, 310.0).save(tmp_path / "memory.json")
    saved = json.loads((tmp_path / "memory.json").read_text())
    assert saved["minutes"] == [0.0, 1.0]
    assert saved["memory_mb"] == [300.0, 310.0]


def test_a_process_above_itself_is_about_nothing():
    root = psutil.Process(os.getpid())
    above = processes.memory_above(root, processes.memory(root))
    assert sum(above.values()) == pytest.approx(0.0, abs=5.0)


def test_what_a_process_takes_is_counted():
    root = psutil.Process(os.getpid())
    blank = processes.memory(root)
    taken = mmap.mmap(-1, 20_000_000)  # pages of its own, not some that were freed before
    taken.write(os.urandom(20_000_000))
    assert sum(processes.memory_above(root, blank).values()) == pytest.approx(20.0, abs=5.0)
    taken.close()
