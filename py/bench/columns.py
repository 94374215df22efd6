"""The columns of the benchmark's tables: what each says of a run, in which unit."""

from collections.abc import Callable
from typing import NamedTuple

from bench import measures
from bench.results import PARTS, Case, Results, Run, Start

Value = Callable[[Run], float | None]
"""A number in a run; None where it has none."""


class Column(NamedTuple):
    """A column: its name in the data, its heading, its number and how that is written."""

    name: str
    heading: str
    value: Value
    form: str


def cold(value: Callable[[Start], float | None]) -> Value:
    """A number of the first visit."""
    return lambda run: value(run.cold) if run.cold else None


def warm(value: Callable[[Start], float | None]) -> Value:
    """A number of the second visit."""
    return lambda run: value(run.warm) if run.warm else None


def first_pose(start: Start) -> float | None:
    """Seconds to the first pose, with the rest or without."""
    mark = start.marks_ms.get("pose")
    return None if mark is None else mark / 1000


def found(part: str) -> Value:
    """Percentage of the frames in which a part was found."""
    return lambda run: run.found[part] * 100


def blocked(run: Run) -> float | None:
    """Percentage of the time in which the main thread was held."""
    return None if run.blocked_share is None else run.blocked_share * 100


def ratio(run: Run) -> float:
    """The 95th percentile of the latency over its median."""
    return run.latency_p95_ms / (run.latency_median_ms or 1)


FRAMES = Column("frames/s", "frames/s", lambda run: run.frames_per_second, ".1f")
LATENCY = Column("latency ms", "latency ms", lambda run: run.latency_median_ms, ".0f")
LATE = Column("latency p95 ms", "p95", lambda run: run.latency_p95_ms, ".0f")
LOAD = Column("load", "load", lambda run: run.load_before, ".1f")
OTHERS = Column("others' cores", "others' cores", lambda run: run.cores_used_by_others, ".2f")

SPEED: list[Column] = [
    FRAMES,
    LATENCY,
    LATE,
    Column("p95/median", "p95/median", ratio, ".2f"),
    Column("CPU ms/frame", "CPU ms/frame", lambda run: run.cpu_ms_per_frame, ".0f"),
    Column("cores", "cores", lambda run: run.cores_used, ".2f"),
    Column("longest block ms", "longest block ms", lambda run: run.longest_block_ms, ".0f"),
    Column("blocked %", "blocked %", blocked, ".0f"),
    *(Column(f"{part} %", f"{part} %", found(part), ".0f") for part in (*PARTS, "all")),
    OTHERS,
    LOAD,
]
COST: list[Column] = [
    Column("first s, cold", "first s, cold", lambda run: run.first_landmarks_ms / 1000, ".2f"),
    Column("first s, warm", "warm", warm(lambda start: start.first_landmarks_ms / 1000), ".2f"),
    Column("pose s, cold", "pose s, cold", cold(first_pose), ".2f"),
    Column("pose s, warm", "warm", warm(first_pose), ".2f"),
    Column("MB sent, cold", "MB sent, cold", cold(lambda start: start.bytes_sent / 1e6), ".1f"),
    Column("MB gzipped, cold", "gzipped", cold(lambda start: start.bytes_gzipped / 1e6), ".1f"),
    Column("MB sent, warm", "warm", warm(lambda start: start.bytes_sent / 1e6), ".2f"),
    Column("storing ms", "storing ms", lambda run: run.storing_ms, ".0f"),
    Column("memory MB", "memory MB", lambda run: run.memory_mb, ".0f"),
]
SWEEP: list[Column] = [
    column
    for column in SPEED
    if column.name in ("frames/s", "latency ms", "latency p95 ms", "CPU ms/frame", "all %")
]


def middle(results: Results, case: Case, value: Value) -> float | None:
    """Median over the rounds; None where the case has no such value."""
    numbers = (value(run) for run in results.runs[case.name].values())
    values = [number for number in numbers if number is not None]
    return measures.spread(values).median if values else None
