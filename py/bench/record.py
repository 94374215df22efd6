"""A session's results as they are kept: one file of JSON a machine and date, in docs/benchmark.

A record has each column's number of every round, from which the documentation's page is made
(:mod:`bench.page`). Records of tables that were kept before there were such files have medians
only, which their notes say.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench import columns, measures
from bench.results import Case, Results
from builder import ROOT

FOLDER = ROOT / "docs" / "benchmark"
FACTS = ("begun", "ended", "machine", "chromium", "versions", "clip", "seconds")
BUSY_CORES = 0.25
"""A machine on which others used more than this was not quiet."""

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Row:
    """A peer on a camera: numbers by column, and processor time by lane of threads, by round."""

    peer: str
    title: str
    camera: str
    rounds: list[int]
    """The rounds' indices; empty where only the median is known."""
    values: dict[str, list[float]]
    threads: dict[str, list[float]] = field(default_factory=dict)
    """ms of a core a frame; a lane that a round has not is 0 there."""

    def median(self, column: str) -> float | None:
        """The median over the rounds; None without any."""
        values = self.values.get(column)
        return measures.spread(values).median if values else None

    def by_round(self, column: str) -> dict[int, float]:
        """The numbers by round; empty where only the median is known."""
        return dict(zip(self.rounds, self.values.get(column, []), strict=False))


@dataclass(frozen=True)
class Record:
    """What was found on one machine at one time."""

    name: str
    """What people call the machine."""
    facts: dict[str, Any]
    camera: str
    """The camera that the main table is measured with."""
    rounds: int
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    """What the reader should know, as sentences: what is missing, what was in the way."""
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def date(self) -> str:
        """The day, as year-month-day."""
        return str(self.facts["begun"]).partition(" ")[0]

    @property
    def main(self) -> list[Row]:
        """The rows of the main table."""
        return [row for row in self.rows if row.camera == self.camera]

    @property
    def busy_cores(self) -> float:
        """How many cores everything else used meanwhile: the median over the main table's rows."""
        numbers = [row.median(columns.OTHERS.name) for row in self.main]
        known = [number for number in numbers if number is not None]
        return measures.spread(known).median if known else 0.0

    def row(self, peer: str) -> Row | None:
        """The main table's row of a peer, if it was measured."""
        return next((row for row in self.main if row.peer == peer), None)

    def save(self, folder: Path = FOLDER) -> Path:
        """Write it to a folder, each row on a line; returns the path."""
        return write(folder, asdict(self), "rows")


def write(folder: Path, content: dict[str, Any], rows: str) -> Path:
    """Write what is kept of a machine to a folder; returns the path.

    The file is called by the machine's ``name`` and the day that it was ``begun`` among the
    ``facts``. It is JSON, whose last value is the list called ``rows``, each of them on a line.
    """
    head = {key: value for key, value in content.items() if key != rows}
    words = re.sub(r"[^a-z0-9]+", "-", content["name"].lower()).strip("-")
    path = folder / f"{content['facts']['begun'].partition(' ')[0]}-{words}.json"
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    listed = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in content[rows])
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{text},\n "{rows}": [\n  {listed}\n ]\n}}\n', "utf-8")
    return path


def of(results: Results, name: str = "") -> Record:
    """The record of a session; the machine is called by its processor unless told otherwise."""
    return Record(
        name or str(results.facts["machine"]["processor"]),
        {fact: results.facts[fact] for fact in FACTS if fact in results.facts},
        str(results.camera),
        max((len(runs) for runs in results.runs.values()), default=0),
        [_row(results, case) for case in results.cases if case.name in results.runs],
        problems=dict(results.problems),
    )


def read(folder: Path = FOLDER) -> list[Record]:
    """The records of a folder, the newest first.

    Raises:
        ValueError: a file is not a record; the message names it.
    """
    return kept(folder, _record, "record of the benchmark")


def kept(folder: Path, made: Callable[[dict[str, Any]], Kept], what: str) -> list[Kept]:
    """``made`` of what :func:`write` has written to a folder, the newest first.

    Raises:
        ValueError: a file is not ``what`` it should be; the message names it.
    """
    found = []
    for path in folder.glob("*.json"):
        try:
            content = json.loads(path.read_text("utf-8"))
            found.append((str(content["facts"]["begun"]), made(content)))
        except (TypeError, ValueError, KeyError) as error:
            raise ValueError(f"{path} is no {what}: {error}") from error
    return [each for _, each in sorted(found, key=lambda dated: dated[0], reverse=True)]


def _record(content: dict[str, Any]) -> Record:
    return Record(**{**content, "rows": [Row(**row) for row in content["rows"]]})


def _row(results: Results, case: Case) -> Row:
    rounds = dict(sorted(results.runs[case.name].items()))
    values = {}
    for column in (*columns.SPEED, *columns.COST):
        numbers = [column.value(run) for run in rounds.values()]
        if None not in numbers:
            values[column.name] = [round(number or 0.0, 4) for number in numbers]
    lanes = dict.fromkeys(lane for run in rounds.values() for lane in run.cpu_ms_by_thread)
    threads = {
        lane: [round(run.cpu_ms_by_thread.get(lane, 0.0), 3) for run in rounds.values()]
        for lane in lanes
    }
    return Row(case.peer.name, case.peer.title, str(case.camera), list(rounds), values, threads)
