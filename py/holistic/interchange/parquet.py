"""The long table as a Parquet file, through pyarrow (Apache-2.0): one row a landmark.

Columns are those of ``tables.COLUMNS``; null stands where one does not apply. The frames' size and
time stamps, the rate and the source's name are JSON in the file's metadata, under ``holistic``,
so that frames without people are kept and the recording is read back as it was, without masks.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from holistic.interchange import tracks
from holistic.results import tables, writers
from holistic.results.optional import library
from holistic.results.readers import Recording, person_of
from holistic.results.result import HANDEDNESS, SHAPES, Person, Result
from holistic.shared import layout

EXTRA = "parquet"
FORMAT = "holistic-table-1"
ROWS = 1 << 17
"""Rows that are written at once, of about 200 frames with one person."""
_METADATA = b"holistic"
_TEXTS = ("part", "name")


class ParquetWriter(writers.Writer):
    """Writes the table in row groups of about ROWS rows as results come.

    What it keeps of the frames before them is eight bytes a frame, their time stamps.
    """

    def __enter__(self) -> ParquetWriter:
        """Begin the table.

        Raises:
            MissingLibraryError: pyarrow is not installed.
        """
        self._pyarrow = library("pyarrow", EXTRA)
        self._waiting: list[Result] = []
        self._rows = 0
        self._timestamps: list[float] = []
        schema = self._table([], 0).schema
        self._table_file = library("pyarrow.parquet", EXTRA).ParquetWriter(self._file, schema)
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        self._waiting.append(result)
        self._timestamps.append(result.timestamp)
        for person in result.people:
            self._rows += sum(len(points) for _, points in person.parts())
        if self._rows >= ROWS:
            self._write_group()

    def _write_group(self) -> None:
        first = len(self._timestamps) - len(self._waiting)
        table = self._table(self._waiting, first)
        self._table_file.write_table(table, max(1, len(table)))
        self._waiting.clear()
        self._rows = 0

    def _table(self, results: Sequence[Result], first: int) -> Any:
        """A pyarrow.Table of results, the first of which has this number."""
        pyarrow = self._pyarrow
        columns = {
            name: pyarrow.array(values, from_pandas=True)
            if name not in _TEXTS
            else pyarrow.array(values, pyarrow.string()).dictionary_encode()
            for name, values in tables.long_table(results, first).items()
        }
        return pyarrow.table(columns)

    def close(self) -> None:
        """Complete the file."""
        self._write_group()
        times = self._timestamps
        head = {"format": FORMAT, **self._head._asdict(), "timestamps": times}
        lasts = times[-1] - times[0] if times else 0.0
        head["fps"] = writers.confirmed_rate(self._head.fps, len(times), lasts)
        self._table_file.add_key_value_metadata({_METADATA: json.dumps(head)})
        self._table_file.close()


def write(recording: Recording, path: Path) -> None:
    """Write the table of all people.

    Raises:
        MissingLibraryError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    writers.write_file(ParquetWriter, tracks.head(recording), recording.results, path)


def read(path: Path) -> Recording:
    """The recording in a Parquet file that ``write`` wrote.

    Raises:
        MissingLibraryError: pyarrow is not installed.
        ValueError: it is another table, or damaged.
        OSError: it cannot be read.
    """
    with library("pyarrow.parquet", EXTRA).ParquetFile(path) as file:
        table = file.read()
        metadata = file.metadata.metadata or {}
    if _METADATA not in metadata:
        raise ValueError("it is a table without the head of a recording")
    head = json.loads(metadata[_METADATA])
    if head["format"] != FORMAT:
        raise ValueError(f"its format is {head['format']!r}, not {FORMAT!r}")
    columns = {
        name: np.asarray(table.column(name).to_numpy(zero_copy_only=False))
        for name in tables.COLUMNS
    }
    people: list[list[Person]] = [[] for _ in head["timestamps"]]
    for frame, person in _people(columns):
        people[frame].append(person)
    size = head["width"], head["height"]
    results = tuple(
        Result(timestamp, *size, tuple(each))
        for timestamp, each in zip(head["timestamps"], people, strict=True)
    )
    return Recording(results, *size, head["source"], head["fps"])


def _people(columns: dict[str, np.ndarray]) -> Iterator[tuple[int, Person]]:
    """All people with the numbers of their frames."""
    measures = np.stack([columns[name] for name in tables.MEASURES], axis=1).astype(np.float32)
    whose = zip(columns["frame"].tolist(), columns["person"].tolist(), strict=True)
    rows = zip(whose, columns["part"].tolist(), itertools.count(), strict=False)
    for (frame, number), person in itertools.groupby(rows, lambda row: row[0]):
        found: dict[str, Any] = {"id": number, "scores": {}}
        for part, points in itertools.groupby(person, lambda row: row[1]):
            values = measures[[row for _, _, row in points]]
            if part in (tables.BLENDSHAPES, tables.APPROXIMATE):
                found[tables.BLENDSHAPES] = values[:, -1]
                found[tables.APPROXIMATE] = part == tables.APPROXIMATE
                continue
            found[part] = values[:, : SHAPES[part][1]]
            handedness, score = values[0, -2:].tolist()
            if part in HANDEDNESS and not np.isnan(handedness):
                found[HANDEDNESS[part]] = handedness
            if part in layout.PARTS and not np.isnan(score):
                found["scores"][part] = score
        yield frame, person_of(found)
