"""The machine under the benchmark: what it is, and how busy. Standard library only, Linux."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, object]:
    """The machine, for the report."""
    system = os.uname()
    return {
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gb": round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1e6, 1),
        "system": f"{system.sysname} {system.release} {system.machine}",
    }


def load() -> float:
    """Load average of the last minute."""
    return os.getloadavg()[0]


def busy_seconds() -> float:
    """CPU seconds that everything on the machine has used so far."""
    words = Path("/proc/stat").read_text("ascii").split()
    user, nice, system, _idle, _wait, irq, softirq = map(int, words[1:8])
    return (user + nice + system + irq + softirq) / _TICKS


def own_memory() -> float:
    """This process's proportional set size, megabytes."""
    return int(_field("/proc/self/smaps_rollup", "Pss").split()[0]) * 1024 / 1e6


def _field(path: str, name: str) -> str:
    """The first value under a name in a file of lines ``name: value``."""
    for line in Path(path).read_text("utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"
