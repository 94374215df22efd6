"""What a tree of processes costs: CPU time, by process and by thread, and memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import psutil

from bench import machine

CAMERA = "video_capture"
"""The kind of process that plays the camera's file: no part of any page."""
FILES = "files"
"""Where the pages of files of all processes are counted."""


def cpu_seconds(root: psutil.Process) -> Counter[str]:
    """CPU time that ``root`` and the tree below it have used so far, by kind of process."""
    kinds: Counter[str] = Counter()
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        kinds[_kind(process)] += times.user + times.system
    return kinds


class Thread(NamedTuple):
    """A thread of a browser: its process's kind and number, its own number and name."""

    kind: str
    process: int
    number: int
    name: str

    @property
    def is_worker(self) -> bool:
        """Whether it runs a Web Worker of a page."""
        return self.name.startswith("DedicatedWorker")

    @property
    def lane(self) -> str:
        """What it does, as a row of the table says it; workers have numbers besides."""
        if self.kind != RENDERER:
            return _LANES.get(self.kind, self.kind)
        if self.number == self.process:
            return MAIN_THREAD
        return next(
            (lane for start, lane in _PAGE_LANES.items() if self.name.startswith(start)),
            "page, other threads",
        )


RENDERER = "renderer"
MAIN_THREAD = "page, main thread"
CAMERA_LANE = "camera, playing its file"
_PAGE_LANES = {
    "DedicatedWorker": "page, worker",
    "ServiceWorker": "page, service worker",
    "Compositor": "page, compositor",
    "ThreadPool": "page, thread pool",
}
"""By the beginnings of their names, which the kernel cuts after 15 letters."""
_LANES = {
    CAMERA: CAMERA_LANE,
    "browser": "browser process",
    "gpu-process": "GPU process, compositor",
    "network": "network service",
}
STORING = (_PAGE_LANES["ServiceWorker"], _LANES["network"])
"""The lanes that keep a page for later visits; the browser process's part is not told apart."""


def thread_seconds(root: psutil.Process) -> dict[Thread, float]:
    """CPU time that each thread of ``root`` and the tree below it has used so far."""
    return {
        Thread(kind, number, int(task.name), name): seconds
        for kind, number in _tree(root)
        for task in _tasks(number)
        for name, seconds in _thread_time(task)
    }


def lanes(seconds: dict[Thread, float]) -> dict[str, float]:
    """The same by lane, with a lane for each worker in the order of their threads' numbers."""
    workers = [thread for thread in sorted(seconds) if thread.is_worker and seconds[thread]]
    found: dict[str, float] = defaultdict(float)
    for thread, time in seconds.items():
        number = f" {workers.index(thread) + 1}" if thread in workers else ""
        found[thread.lane + number] += time
    return {lane: time for lane, time in sorted(found.items()) if time}


def _tree(root: psutil.Process) -> list[tuple[str, int]]:
    return [(_kind(process), process.pid) for process in [root, *root.children(recursive=True)]]


def _tasks(process: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{process}/task").iterdir())
    except OSError:  # it is gone
        return []


def _thread_time(task: Path) -> Iterable[tuple[str, float]]:
    """A thread's name and CPU seconds; nothing if it is gone."""
    try:
        name = (task / "comm").read_text("utf-8").strip()
        nanoseconds = (task / "schedstat").read_text("ascii").split()[0]
    except OSError:
        return
    yield name, int(nanoseconds) / 1e9


def memory(root: psutil.Process) -> dict[str, float]:
    """Megabytes of the tree by kind of process: a page of n processes counts as 1/n in each.

    The camera's does not count. Pages of files are a kind of their own, FILES: the browser's
    program is shared with all other Chromiums of the machine, so that what it counts here changes
    with them.
    """
    kinds: dict[str, float] = defaultdict(float)
    for process in [root, *root.children(recursive=True)]:
        kind = _kind(process)
        if kind == CAMERA:
            continue
        try:
            sizes = machine.memory(process.pid)
        except OSError:  # it is gone
            continue
        kinds[FILES] += sizes["Pss_File"]
        kinds[kind] += sizes["Pss"] - sizes["Pss_File"]
    return kinds


def memory_above(root: psutil.Process, blank: dict[str, float]) -> dict[str, float]:
    """What the tree's memory is now above what it was, ``blank``; by kind of process."""
    now = memory(root)
    return {kind: now.get(kind, 0.0) - blank.get(kind, 0.0) for kind in now | blank}


def _kind(process: psutil.Process) -> str:
    """Chromium's name for a kind of process, such as renderer; else ``browser``."""
    words = dict(word.split("=", 1) for word in _command(process) if "=" in word)
    service = words.get("--utility-sub-type", "").partition(".")[0]
    return service or words.get("--type", "browser")


def _command(process: psutil.Process) -> list[str]:
    try:
        # Chromium's children write their arguments as one string.
        return " ".join(process.cmdline()).split()
    except psutil.Error:
        return []
