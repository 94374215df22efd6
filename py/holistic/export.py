"""Writing results to a file, frame by frame, as JSON, CSV or NPZ.

A file appears under its name when it is complete, never before: ``replaced`` writes beside it and
renames.
"""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple
from uuid import uuid4

import numpy as np

from holistic.result import CSV_COLUMNS, SHAPES, Result

FORMAT = "holistic-landmarks-1"
_PARTIAL = "partial"


def sweep(path: Path) -> None:
    """Remove what attempts to write ``path`` left behind when their processes were killed.

    Nobody may be writing it now.
    """
    prefix, suffix = f".{path.name}.", f".{_PARTIAL}{path.suffix}"
    with suppress(OSError):
        for file in path.parent.iterdir():
            if file.name.startswith(prefix) and file.name.endswith(suffix):
                file.unlink(missing_ok=True)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A name to write to, in the same folder, that becomes ``path`` when all went well.

    After an error nothing is left, and what was at ``path`` before is still there.

    Raises:
        OSError: the folder is missing or cannot be written to.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}.{_PARTIAL}{path.suffix}")
    partial.touch()
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class Head(NamedTuple):
    """What a file says of its source: its name, frame size in pixels and frames a second."""

    source: str
    width: int
    height: int
    fps: float | None


class Writer(ABC):
    """Writes results as they come, so that a long video needs no memory.

    Leaving the context completes the file, also after an error or an interruption.
    """

    def __init__(self, path: Path, head: Head) -> None:
        self._path = path
        self._head = head

    @abstractmethod
    def __enter__(self) -> Writer: ...

    @abstractmethod
    def write(self, result: Result) -> None:
        """Add the next frame."""

    @abstractmethod
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class JsonWriter(Writer):
    """JSON in the format "holistic-landmarks-1".

    The document is ``{format, source, width, height, fps, frames: [{index, timestamp, people}]}``
    with time stamps in milliseconds; see ``Result.to_dict`` for people.
    """

    def __enter__(self) -> JsonWriter:
        self._file = self._path.open("w", encoding="utf-8")
        self._index = 0
        head = {"format": FORMAT, **self._head._asdict()}
        head["fps"] = head["fps"] and round(head["fps"], 3)
        self._file.write(json.dumps(head)[:-1] + ', "frames": [')
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        content = result.to_dict()
        frame = {
            "index": self._index,
            "timestamp": content["timestamp"],
            "people": content["people"],
        }
        self._file.write((",\n" if self._index else "\n") + json.dumps(frame))
        self._index += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.write("\n]}\n")
        self._file.close()


class CsvWriter(Writer):
    """CSV, one line a landmark, with ``result.CSV_COLUMNS`` as the first line.

    A frame without people has no lines.
    """

    def __enter__(self) -> CsvWriter:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._lines = csv.writer(self._file, lineterminator="\n")
        self._lines.writerow(CSV_COLUMNS)
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        self._lines.writerows(result.rows())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class NpzWriter(Writer):
    """NumPy arrays for ``numpy.load``: one row for each person in each frame.

    - "timestamps" (frames,) in milliseconds; "size" (2,), width and height;
    - "frame" (rows,), "id" (rows,): whose row it is;
    - for each name of ``result.SHAPES`` (rows, points, values), NaN where a part is absent.
    """

    _FACE = SHAPES["face"][0] + 10  # rows have room for the irises

    def __enter__(self) -> NpzWriter:
        self._timestamps: list[float] = []
        self._frames: list[int] = []
        self._ids: list[int] = []
        self._rows: dict[str, IO[bytes]] = {
            name: tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit
            for name in SHAPES
        }
        self._face = SHAPES["face"][0]
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        arrays = result.to_numpy()
        self._frames += [len(self._timestamps)] * len(result.people)
        self._ids += arrays["id"].tolist()
        self._timestamps.append(result.timestamp)
        self._face = max(self._face, arrays["face"].shape[1])
        room = ((0, 0), (0, self._FACE - arrays["face"].shape[1]), (0, 0))
        arrays["face"] = np.pad(arrays["face"], room, constant_values=np.nan)
        for name, file in self._rows.items():
            file.write(arrays[name].astype("<f4").tobytes())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        small = {
            "timestamps": np.array(self._timestamps, np.float64),
            "size": np.array((self._head.width, self._head.height)),
            "frame": np.array(self._frames, np.int64),
            "id": np.array(self._ids, np.int64),
        }
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in small.items():
                with archive.open(f"{name}.npy", "w") as entry:
                    np.lib.format.write_array(entry, array)
            for name, file in self._rows.items():
                with file, archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    self._copy(name, file, entry)

    def _copy(self, name: str, rows: IO[bytes], entry: IO[bytes]) -> None:
        """Copy the rows of an array behind its header; a face's without room for no irises."""
        points, values = SHAPES[name]
        room, kept = (self._FACE, self._face) if name == "face" else (points, points)
        shape = (len(self._ids), kept, values)
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_2_0(entry, header)
        rows.seek(0)
        while row := rows.read(room * values * 4):
            entry.write(row[: kept * values * 4])


WRITERS: dict[str, type[Writer]] = {"json": JsonWriter, "csv": CsvWriter, "npz": NpzWriter}
"""The formats by their names, which are their files' suffixes too."""
