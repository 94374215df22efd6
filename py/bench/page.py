"""The figures in the documentation, made from the records in docs/benchmark.

``python build.py bench -- --page`` writes them between markers into the benchmark's page, and the
table of frames a second into the page of performance too, and the avatar's into its page. The rest
of them is written by hand.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from bench import avatar, kernels, record, report
from bench.columns import FRAMES, LATE, LATENCY
from bench.record import BUSY_CORES, Record, Row
from builder import ROOT

DOCS = ROOT / "docs"
BEGIN = "<!-- figures: {}; `build.py bench -- --page` makes them from docs/benchmark -->"
END = "<!-- end of figures -->"

HEADLINES = {
    "site-auto-c1-w3": "our page, `auto`, three workers",
    "site-auto-c0-w3": "our page, `auto`, three workers, light networks",
    "site-auto-c1-w2": "our page, `auto`, two workers",
    "site-auto-c0-w2": "our page, `auto`, two workers, light networks",
    "site-pruned_int8-c1-w3": "our page, `pruned_int8`, three workers",
    "site-pruned_int8-c1-w2": "our page, `pruned_int8`, two workers",
    "site-int8-c1-w3": "our page, `int8`, three workers",
    "site-int8-c1-w2": "our page, `int8`, two workers",
    "site-float-c1-w3": "our page, `float`, three workers",
    "site-float-c1-w2": "our page, `float`, two workers",
    "tasks-c1": "MediaPipe's page, tasks-vision",
    "legacy-c1": "MediaPipe's page, legacy",
    "litert-c1": "a page with LiteRT.js and MediaPipe's networks",
    "human-c1": "a page with @vladmandic/human",
    "native-auto-c1": "our tracker, native, `auto`",
    "native-auto-c0": "our tracker, native, `auto`, light networks",
    "native-float-c1": "our tracker, native, `float`",
    "mediapipe-c1": "MediaPipe, native, `mp.solutions.holistic`",
}
"""The peers of the first table, and what they are called there."""


def write(docs: Path = DOCS) -> list[Path]:
    """Put the figures into the pages of a folder; returns the pages' paths."""
    pages = made(docs)
    for path, text in pages.items():
        path.write_text(text, "utf-8")
    return list(pages)


def made(docs: Path = DOCS) -> dict[Path, str]:
    """The pages' texts with the figures of the records in the folder ``benchmark`` beside them.

    Raises:
        ValueError: a page lacks its markers, or a record is none.
    """
    records = record.read(docs / "benchmark")
    profiles = kernels.read(docs / "benchmark" / "kernels")
    benchmark, performance = docs / "benchmark.md", docs / "performance.md"
    avatars = docs / "avatars.md"
    figures = avatar.markdown(avatar.read(docs / "benchmark" / "avatar"))
    text = _filled(benchmark, benchmark.read_text("utf-8"), "overview", overview(records))
    text = _filled(benchmark, text, "machines", sections(records))
    text = _filled(benchmark, text, "kernels", kernels.markdown(profiles))
    speed = _filled(performance, performance.read_text("utf-8"), "speed", pace(records))
    drawn = _filled(avatars, avatars.read_text("utf-8"), "avatar", figures)
    return {benchmark: text, performance: speed, avatars: drawn}


def overview(records: Sequence[Record]) -> str:
    """Frames a second of the most important peers, a column a record."""
    return report.table(["", *map(_heading, records)], _headlines(records, _frames))


def pace(records: Sequence[Record]) -> str:
    """The same with the latency and its 95th percentile."""
    heading = [word for each in records for word in (f"{_heading(each)}: frames/s", "ms (p95)")]
    return report.table(["", *heading], _headlines(records, _frames_and_latency))


def sections(records: Sequence[Record]) -> str:
    """All tables, a section a record."""
    return "\n".join(
        f"## {_heading(each)}\n\n{report.facts(each)}\n{report.tables(each, '###')}"
        for each in records
    )


def _heading(each: Record) -> str:
    busy = " (not quiet)" if each.busy_cores > BUSY_CORES else ""
    return f"{each.name}, {each.date}{busy}"


def _headlines(
    records: Sequence[Record], cells: Callable[[Row | None], list[str]]
) -> list[list[str]]:
    """A row for each headline that any record has."""
    found = {peer: [each.row(peer) for each in records] for peer in HEADLINES}
    return [
        [HEADLINES[peer], *(cell for row in rows for cell in cells(row))]
        for peer, rows in found.items()
        if any(rows)
    ]


def _frames(row: Row | None) -> list[str]:
    return [report.cell(row.median(FRAMES.name) if row else None, FRAMES.form)]


def _frames_and_latency(row: Row | None) -> list[str]:
    if row is None:
        return ["", ""]
    median, late = (report.cell(row.median(c.name), c.form) for c in (LATENCY, LATE))
    return [*_frames(row), f"{median} ({late})"]


def _filled(path: Path, text: str, name: str, content: str) -> str:
    """A page's text with other content between the markers of this name."""
    begin = BEGIN.format(name)
    head, found, rest = text.partition(begin)
    _, ended, tail = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"{path} has no '{begin}' with '{END}' after it")
    return f"{head}{begin}\n\n{content.strip()}\n\n{END}{tail}"
