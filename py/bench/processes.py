"""What a tree of processes costs: CPU time and memory."""

from collections import Counter

import psutil

from bench import SkippedError


def find_root(marker: str) -> psutil.Process:
    """The first process below us that has ``marker`` in its command line."""
    below = psutil.Process().children(recursive=True)
    found = [process for process in below if marker in " ".join(_command(process))]
    if not found:
        raise SkippedError(f"no process has {marker} in its command line")
    return min(found, key=psutil.Process.create_time)


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


def memory(root: psutil.Process) -> float:
    """Megabytes of the tree: a page shared by n processes counts as 1/n in each."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6


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
