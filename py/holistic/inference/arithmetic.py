"""Which arithmetic is fastest on this machine, of integers or of floats: measured, and remembered.

What a processor says of itself does not decide it: virtual machines hide instructions, and what
LiteRT makes of them differs by version and by threads. So one hand network is run in both
arithmetics, a few times, when "auto" is first asked for. The user's cache folder keeps the answer
for this processor, LiteRT and number of threads; where it cannot be written, every process measures
anew, which takes a few tenths of a second.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from holistic.inference import runtime
from holistic.inference.model_files import ModelError, load
from holistic.shared.model_sets import AUTO, AUTO_IN_FLOAT

NETWORK = "hand_landmarks"
"""The network that is measured: there is one of the same layers in both arithmetics."""
_ROUNDS = 8

Measure = Callable[[int], dict[str, float]]


def fastest(threads: int) -> str:
    """The variant that "auto" is on this machine: AUTO itself, of integers, or AUTO_IN_FLOAT.

    In WebAssembly integers always win, with our kernels.
    """
    return AUTO if runtime.IN_PYODIDE else _told.get(threads) or _remembered(threads)


_told: dict[int, str] = {}


def take_over(threads: int, choice: str) -> None:
    """Believe what another process of this machine has measured, or remembers."""
    _told[threads] = choice


def measured(threads: int) -> dict[str, float]:
    """The shortest time of a run in milliseconds, for the variants AUTO and AUTO_IN_FLOAT.

    They run in turns, so that whatever else the machine does slows both.

    Raises:
        ModelError: the networks are not there, or are one and the same, or damaged.
        ValueError, RuntimeError: they do not run.
    """
    contents = {variant: load(NETWORK, variant=variant) for variant in (AUTO, AUTO_IN_FLOAT)}
    if len(set(contents.values())) == 1:
        raise ModelError(f"{NETWORK} is there in one variant only")
    networks = {name: runtime.interpreter(content, threads) for name, content in contents.items()}
    times = dict.fromkeys(networks, float("inf"))
    for _ in range(_ROUNDS):
        for variant, network in networks.items():
            network.invoke()  # another network's run emptied the processor's caches
            started = perf_counter()
            network.invoke()
            times[variant] = min(times[variant], (perf_counter() - started) * 1000)
    return times


def choose(threads: int, file: Path, measure: Measure = measured) -> str:
    """The variant that ``file`` remembers for this machine; else it is measured and noted there.

    A file that cannot be read or written does no harm. Where the networks are not there to be
    measured, it is AUTO, which says so when it loads them.
    """
    notes, machine = _notes(file), _machine(threads)
    if (known := notes.get(machine)) in (AUTO, AUTO_IN_FLOAT):
        return str(known)
    try:
        times = measure(threads)
    except (ModelError, ValueError, RuntimeError):
        return AUTO
    choice = min(times, key=lambda variant: times[variant])
    with suppress(OSError):
        _write(file, {**notes, machine: choice})
    return choice


def cache_file() -> Path:
    """Where the choice is remembered: in the user's cache folder, as this system has it."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "holistic-tracking" / "fastest-variant.json"


@cache
def _remembered(threads: int) -> str:
    try:
        file = cache_file()
    except RuntimeError:  # the user has no home
        file = Path(os.devnull) / "none"
    return choose(threads, file)


def _machine(threads: int) -> str:
    """What the choice depends on, as one short key."""
    facts = (platform.machine(), _processor(), _litert(), str(threads))
    return sha256("\n".join(facts).encode()).hexdigest()[:32]


def _litert() -> str:
    import ai_edge_litert  # noqa: PLC0415 - not in Pyodide

    return str(ai_edge_litert.__version__)


def _processor() -> str:
    """The processor's name and what it says that it can do."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        told = ("model name", "flags", "Features", "CPU implementer", "CPU part")
        return "\n".join(dict.fromkeys(line for line in lines if line.startswith(told)))
    return platform.processor()


def _notes(file: Path) -> dict[str, object]:
    try:
        notes = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _write(file: Path, notes: dict[str, object]) -> None:
    """Write the file whole: another process sees the old notes or the new ones.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with open(handle, "w", encoding="utf-8") as part:
            json.dump(notes, part, indent=1)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
