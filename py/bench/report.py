"""A record as Markdown: the tables, the comparison by rounds, processor time by thread."""

import re
from collections.abc import Iterable

from bench import measures
from bench.columns import COST, FRAMES, SPEED, SWEEP, Column
from bench.peers import CAMERA, COMPLEXITIES, native_peer
from bench.processes import CAMERA_LANE
from bench.record import BUSY_CORES, Record, Row
from holistic.shared.model_sets import AUTO, SETS

SPEED_NOTES = """\
Medians over the rounds. *Frames/s*: frames with all their landmarks, per second. *Latency*: from
the camera's time stamp of a frame to its landmarks on the page (natively: the call). *CPU*: all
processes of the browser but the one that plays the camera. *Block*: tasks of 50 ms or more on the
page's main thread. Then the share of frames in which each part was found, and the cores that
everything else on the machine used meanwhile: figures with much of that are not to be trusted.
*Load*: the load average of the minute before the run.
People in the clip move at their natural speed, whatever the camera's rate; native peers see each
frame of it once.
"""
COST_NOTES = """\
*First*: from opening the page with an empty cache (*cold*), or again (*warm*), to the first
landmarks of a whole frame; natively from the start of the process. *Pose*: to the first pose, which
our page shows before faces and hands can be computed. *Sent*: bytes over the wire from a host that
compresses with Brotli; *gzipped*: what the same files would be from one that uses gzip. *Storing*:
ms of a core in which service worker and network service keep our page for later visits, once; speed
is measured after that. *Memory*: proportional set size above a blank page, or above a Python with
the clip in memory.
"""
THREAD_NOTES = """\
Milliseconds of a core per frame with all its landmarks, medians over the rounds. Threads are
Chromium's: a *worker* runs one Web Worker, *thread pool* converts the camera's frames and draws.
Playing the camera's file is no part of the other tables.
"""
BUSY_MS = 1.0
"""Lanes that take less in every row are added up."""


def markdown(record: Record) -> str:
    """The whole page of one session."""
    return f"# Benchmark\n\n{facts(record)}\n{tables(record, '##', SPEED_NOTES, COST_NOTES)}"


def tables(record: Record, level: str, speed_notes: str = "", cost_notes: str = "") -> str:
    """All tables of a record under headings of a level; with what the columns mean, if told."""
    sections = [
        _measured(record.main, SPEED),
        speed_notes,
        f"{level} Start and memory\n",
        _measured(record.main, COST),
        cost_notes,
        _under(f"{level} Processor time by thread", threads(record)),
        _comparison(record, level),
        _auto(record, level),
        _under(f"{level} Other cameras: sizes, rates, people", _sweep(record)),
        _under(f"{level} Not measured, or not in every round", _missing(record)),
    ]
    return "\n".join(section for section in sections if section)


def facts(record: Record) -> str:
    """What the figures are of, and what one should know of them, as a paragraph each."""
    machine, told = record.facts["machine"], record.facts
    system = ", ".join(
        str(fact)
        for fact in (f"{machine['memory_gb']} GB", machine.get("features"), machine["system"])
        if fact
    )
    lines = [
        f"{told['begun']}, {record.rounds} rounds of {told['seconds']:g} s on {told['clip']} by a "
        f"camera of {record.camera}; {machine['cores']} cores of {machine['processor']}, "
        f"{system}; {told['chromium']}."
    ]
    if record.busy_cores > BUSY_CORES:
        lines.append(
            f"**Other work used {record.busy_cores:.1f} cores meanwhile**: compare figures of one "
            "round, by the ratios, and trust no figure alone."
        )
    if "versions" in told:
        lines.append(", ".join(f"{name} {version}" for name, version in told["versions"].items()))
        lines[-1] += "."
    return "\n\n".join([*lines, *record.notes]) + "\n"


def table(heading: list[str], rows: Iterable[list[str]]) -> str:
    """A table whose first column is text, and the others numbers."""
    lines = [heading, ["---", *["---:"] * (len(heading) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(value: float | None, form: str) -> str:
    """A number as a cell of a table; empty without one."""
    return "" if value is None else f"{value:{form}}"


def best_site(record: Record) -> Row | None:
    """The fastest row of our site, on the usual camera at full complexity."""
    ours = [row for row in record.main if row.peer.startswith("site-") and "-c1-" in row.peer]
    return max(ours, key=lambda row: row.median(FRAMES.name) or 0.0, default=None)


def threads(record: Record) -> str:
    """Processor time of each page by lane of threads; empty if that was not noted."""
    rows = {
        row.title: _lanes(row) for row in record.main if row.threads and row.peer != CAMERA.name
    }
    if not rows:
        return ""
    every = dict.fromkeys(lane for lanes in rows.values() for lane in lanes)
    busy = [lane for lane in every if max(row.get(lane, 0.0) for row in rows.values()) >= BUSY_MS]
    shown = sorted(busy, key=lambda lane: (lane == CAMERA_LANE, not lane.startswith("page"), lane))
    cells = (
        [
            title,
            *(cell(lanes.get(lane), ".1f") for lane in shown),
            cell(sum(time for lane, time in lanes.items() if lane not in shown), ".1f"),
        ]
        for title, lanes in rows.items()
    )
    return table(["", *shown, "the rest"], cells) + f"\n{THREAD_NOTES}"


def _lanes(row: Row) -> dict[str, float]:
    return {lane: measures.spread(times).median for lane, times in row.threads.items()}


def _measured(rows: list[Row], columns: list[Column]) -> str:
    """A table of those of the columns that any row has."""
    shown = [column for column in columns if any(column.name in row.values for row in rows)]
    return table(["", *(column.heading for column in shown)], (_cells(r, shown) for r in rows))


def _cells(row: Row, shown: list[Column]) -> list[str]:
    return [row.title, *(cell(row.median(column.name), column.form) for column in shown)]


def _comparison(record: Record, level: str) -> str:
    """Our best page's frames per second over every other peer's, round by round."""
    best = best_site(record)
    others = [row for row in record.main if best and row.peer not in (best.peer, CAMERA.name)]
    if best is None:
        return ""
    heading = f"{level} Frames per second of {best.title} over others', by rounds"
    return _under(heading, _ratios(best, {row.title: row for row in others}))


def _auto(record: Record, level: str) -> str:
    """Frames per second of the native ``auto`` over those of each variant, round by round."""
    found = ""
    for complexity in COMPLEXITIES:
        auto = record.row(native_peer(AUTO, complexity).name)
        others = {
            f"{variant}, complexity {complexity}": row
            for variant in SETS
            if (row := record.row(native_peer(variant, complexity).name))
        }
        lines = _ratios(auto, others) if auto else ""
        found += "".join(lines.splitlines(keepends=True)[2:]) if found else lines
    return _under(f"{level} Frames per second of the native `auto` over other variants'", found)


def _ratios(ours: Row, others: dict[str, Row]) -> str:
    """One row's frames per second over those of others, by the rounds that both have."""
    rows = []
    for title, row in others.items():
        pairs = measures.paired_ratios(ours.by_round(FRAMES.name), row.by_round(FRAMES.name))
        if pairs:
            found = measures.spread(list(pairs.values()))
            rows.append([title, *(f"{v:.2f}" for v in (found.median, found.low, found.high))])
    return table(["", "median", "lowest", "highest"], rows) if rows else ""


def _sweep(record: Record) -> str:
    """What other cameras cost those peers that were measured with them."""
    swept = {row.peer for row in record.rows if row.camera != record.camera}
    rows = [[row.camera, *_cells(row, SWEEP)] for row in record.rows if row.peer in swept]
    rows.sort(key=lambda cells: _order(cells[0]))
    if len({cells[0] for cells in rows}) < 2:
        return ""
    return table(["camera", "", *(column.heading for column in SWEEP)], rows)


def _order(camera: str) -> list[int]:
    """The numbers of a camera: size of the picture, rate, people."""
    return [int(number) for number in re.findall(r"\d+", camera)]


def _missing(record: Record) -> str:
    return "".join(f"- {name}: {reason}\n" for name, reason in record.problems.items())


def _under(heading: str, content: str) -> str:
    return f"{heading}\n\n{content}" if content else ""
