"""What a tree of processes costs: CPU time and memory."""

from collections import Counter, defaultdict

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
