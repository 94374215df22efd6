"""Processor time by thread."""

import os
import threading

import psutil

from bench import processes
from bench.processes import Thread


def test_a_process_has_its_threads_time():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        found = processes.thread_seconds(psutil.Process())
    finally:
        done.set()
        thread.join()
    mine = {one.number: seconds for one, seconds in found.items() if one.process == os.getpid()}
    assert mine[os.getpid()] > 0
    assert thread.native_id in mine


def test_lanes_say_what_threads_do():
    page = ("renderer", 10)
    seconds = {
        Thread(*page, 10, "chromium"): 5.0,
        Thread(*page, 31, "DedicatedWorker"): 2.0,
        Thread(*page, 30, "DedicatedWorker"): 1.0,
        Thread(*page, 11, "CompositorTileW"): 0.5,
        Thread(*page, 12, "ThreadPoolForeg"): 0.25,
        Thread(*page, 13, "Chrome_ChildIOT"): 0.125,
        Thread("gpu-process", 20, 21, "VizCompositorTh"): 0.5,
        Thread("video_capture", 40, 40, "chromium"): 3.0,
    }
    assert processes.lanes(seconds) == {
        "page, main thread": 5.0,
        "page, worker 1": 1.0,
        "page, worker 2": 2.0,
        "page, compositor": 0.5,
        "page, thread pool": 0.25,
        "page, other threads": 0.125,
        "GPU process, compositor": 0.5,
        "camera, playing its file": 3.0,
    }


def test_lanes_add_up_and_idle_workers_have_none():
    seconds = {
        Thread("renderer", 10, 12, "ThreadPoolForeg"): 0.25,
        Thread("renderer", 10, 14, "ThreadPoolSingl"): 0.5,
        Thread("renderer", 10, 15, "DedicatedWorker"): 0.0,
        Thread("renderer", 10, 16, "DedicatedWorker"): 1.0,
    }
    assert processes.lanes(seconds) == {"page, thread pool": 0.75, "page, worker 1": 1.0}
