"""The machine under the benchmark: what it is, and how busy. Standard library only, Linux."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


_TELLING = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "asimddp")
"""Features that decide which kernels the networks run with."""


def describe() -> dict[str, object]:
    """The machine, for the report."""
    system = os.uname()
    return {
        "processor": _field("/proc/cpuinfo", "model name"),
        "features": _features(_fields("/proc/cpuinfo")),
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


def memory(process: int | str = "self") -> dict[str, float]:
    """A process's memory, megabytes: Pss, of which Pss_Anon, Pss_File and Pss_Shmem; and others.

    Raises OSError where there is no such process.
    """
    sizes = _fields(f"/proc/{process}/smaps_rollup").items()
    return {name: int(size[:-3]) * 1024 / 1e6 for name, size in sizes if size.endswith(" kB")}


def _features(fields: dict[str, str]) -> str:
    """Which generation a processor is of, since clouds hide its name, and what it can do."""
    flags = fields.get("flags", fields.get("Features", "")).split()
    numbers = [
        f"{word.removeprefix('cpu ')} {fields[word]}"
        for word in ("cpu family", "model")
        if word in fields
    ]
    return ", ".join([*numbers, *(feature for feature in _TELLING if feature in flags)])


def _field(path: str, name: str) -> str:
    return _fields(path).get(name, "unknown")


def _fields(path: str) -> dict[str, str]:
    """What stands under each name, first, in a file of lines ``name: value``."""
    lines = (line.partition(":") for line in Path(path).read_text("utf-8").splitlines())
    return {key.strip(): value.strip() for key, _, value in reversed(list(lines))}
