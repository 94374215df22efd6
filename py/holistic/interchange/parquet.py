"""The long table as a Parquet file, through pyarrow (Apache-2.0): one row a landmark.

Columns are those of ``tables.COLUMNS``; null stands where one does not apply. The frames' size and
time stamps, the rate and the source's name are JSON in the schema's metadata, under ``holistic``,
so that frames without people are kept and the recording is read back as it was, without masks.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from holistic.results import tables
from holistic.results.optional import library
from holistic.results.readers import Recording, person_of
from holistic.results.result import HANDEDNESS, SHAPES, Person, Result
from holistic.shared import layout

EXTRA = "parquet"
FORMAT = "holistic-table-1"
_METADATA = b"holistic"
_TEXTS = ("part", "name")


def write(recording: Recording, path: Path) -> None:
    """Write the table of all people.

    Raises:
        MissingLibraryError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    pyarrow = library("pyarrow", EXTRA)
    columns = {
        name: pyarrow.array(values, from_pandas=True)
        if name not in _TEXTS
        else pyarrow.array(values, pyarrow.string()).dictionary_encode()
        for name, values in tables.long_table(recording.results).items()
    }
    head = {
        "format": FORMAT,
        "source": recording.source,
        "width": recording.width,
        "height": recording.height,
        "fps": recording.fps,
        "timestamps": [result.timestamp for result in recording.results],
    }
    table = pyarrow.table(columns).replace_schema_metadata({_METADATA: json.dumps(head)})
    library("pyarrow.parquet", EXTRA).write_table(table, path)


def read(path: Path) -> Recording:
    """The recording in a Parquet file that ``write`` wrote.

    Raises:
        MissingLibraryError: pyarrow is not installed.
        ValueError: it is another table, or damaged.
        OSError: it cannot be read.
    """
    table = library("pyarrow.parquet", EXTRA).read_table(path)
    metadata = table.schema.metadata or {}
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
            if part == tables.BLENDSHAPES:
                found[part] = values[:, -1]
                continue
            found[part] = values[:, : SHAPES[part][1]]
            handedness, score = values[0, -2:].tolist()
            if part in HANDEDNESS and not np.isnan(handedness):
                found[HANDEDNESS[part]] = handedness
            if part in layout.PARTS and not np.isnan(score):
                found["scores"][part] = score
        yield frame, person_of(found)
