"""Everything that was measured, as the report's tables, plots and sentences read it.

Rows are those of :mod:`compress.measure.accuracy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from compress.measure.frame_cost import CLOCKS, Row


@dataclass(frozen=True)
class Figures:
    """A row for each model and variant, and bytes of memory by the name of a frame's set.

    ``dynamic`` has a row for each model whose dynamic-range form was tried, ``curve`` one for each
    recipe and setting that :mod:`compress.curve` measured. ``processors`` has, by the processor's
    name and in the order in which they were measured, times by the file's path, ``native`` and
    ``browser``, bytes of a worker's ``heap`` by the name of a frame's set, and the ``date`` and the
    ``load`` of the measurement. One with ``part`` timed single models.
    """

    models: list[Row]
    dynamic: list[Row] = field(default_factory=list)
    curve: list[Row] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    processors: dict[str, Row] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """The processor on which all models were measured last, if there is any."""
        whole = [name for name, found in self.processors.items() if not found.get("part")]
        return whole[-1] if whole else ""

    @property
    def heap(self) -> dict[str, int]:
        """Bytes of a worker's heap by the name of a frame's set, on the newest processor."""
        return dict(self.processors.get(self.newest, {}).get("heap", {}))

    def rows(self) -> list[Row]:
        """The models' rows, with their times on the newest processor.

        A row with other times has their ``processor``: the last one that has any.
        """
        rows = _timed(self.models, self.processors.get(self.newest, {}))
        return [row if row.keys() & {*CLOCKS} else self._elsewhere(row) for row in rows]

    def _elsewhere(self, row: Row) -> Row:
        """A row that the newest processor did not time, with the times of the last other."""
        for name, times in reversed(self.processors.items()):
            (timed,) = _timed([row], times)
            if timed.keys() & {*CLOCKS}:
                return {**timed, "processor": name}
        return row

    def by_processor(self) -> dict[str, list[Row]]:
        """The models' rows with their times on each processor, by its name."""
        return {name: _timed(self.models, times) for name, times in self.processors.items()}

    def measurement(self, processor: str) -> str:
        """A processor's name with the day and the load at which it was measured."""
        found = self.processors[processor]
        return f"{processor} ({found['date']}, load {found['load']:.1f})"


def _timed(rows: list[Row], times: Row) -> list[Row]:
    """Rows with their times on one processor, if they have any."""
    files = {kind: times.get(kind, {}) for kind in CLOCKS}
    return [
        row | {kind: found[row["path"]] for kind, found in files.items() if row["path"] in found}
        for row in rows
    ]
