"""Writing results to a file, frame by frame, as JSON, CSV or NPZ.

A file appears under its name when it is complete, never before: ``replaced`` writes beside it and
renames.
"""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from math import prod
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from holistic.results.result import CSV_COLUMNS, HANDEDNESS, SHAPES, Result
from holistic.shared.layout import IRIS_POINTS, PARTS

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


def incomplete(path: Path) -> Path:
    """Where what could be done of the file ``path`` is kept: ``a.json`` as ``a.incomplete.json``.

    A file under its own name is complete.
    """
    return path.with_suffix(f".incomplete{path.suffix}")


@contextmanager
def replaced(path: Path, kept_after: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """A name to write to, in the same folder, that becomes ``path`` when all went well.

    After one of the errors ``kept_after`` it becomes ``incomplete(path)``. After any other
    nothing is left. What was at ``path`` before is still there in both cases.

    Raises:
        OSError: the folder is missing or cannot be written to.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}.{_PARTIAL}{path.suffix}")
    partial.touch()
    try:
        yield partial
        partial.replace(path)
        incomplete(path).unlink(missing_ok=True)
    except kept_after:
        partial.replace(incomplete(path))
        raise
    finally:
        partial.unlink(missing_ok=True)


class Head(NamedTuple):
    """What a file says of its source: its name, frame size in pixels and frames a second."""

    source: str
    width: int
    height: int
    fps: float | None


class Writer(AbstractContextManager["Writer"]):
    """Writes results as they come, so that a long video needs no memory.

    Entering the context opens the file; leaving it completes the file, also after an error or an
    interruption.
    """

    def __init__(self, path: Path, head: Head) -> None:
        self._path = path
        self._head = head

    @abstractmethod
    def write(self, result: Result) -> None:
        """Add the next frame."""

    @abstractmethod
    def close(self) -> None:
        """Complete the file."""

    def __exit__(self, *_: object) -> None:
        self.close()


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

    def close(self) -> None:
        """Complete the file."""
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

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


class _Column:
    """The rows of one array, in a temporary file until the archive is written."""

    def __init__(self, shape: tuple[int, ...], dtype: str = "<f4") -> None:
        self._shape = shape  # of a row
        self._dtype = np.dtype(dtype)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by save
        self._count = 0

    def add(self, rows: np.ndarray) -> None:
        """Add (n, ...) rows of the column's shape, or with fewer points, which get NaN ones."""
        missing = [
            (0, full - given) for full, given in zip(self._shape, rows.shape[1:], strict=True)
        ]
        if any(after for _, after in missing):
            rows = np.pad(rows, [(0, 0), *missing], constant_values=np.nan)
        self._file.write(rows.astype(self._dtype).tobytes())
        self._count += len(rows)

    def save(self, archive: zipfile.ZipFile, name: str, points: int | None = None) -> None:
        """Write the array into the archive, of each row the first ``points`` only."""
        kept = (points or self._shape[0], *self._shape[1:]) if self._shape else ()
        header = {
            "descr": self._dtype.str,
            "fortran_order": False,
            "shape": (self._count, *kept),
        }
        length, kept_length = (prod(shape) * self._dtype.itemsize for shape in (self._shape, kept))
        with self._file, archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
            np.lib.format.write_array_header_2_0(entry, header)
            self._file.seek(0)
            while row := self._file.read(length):
                entry.write(row[:kept_length])


class NpzWriter(Writer):
    """NumPy arrays for ``numpy.load``: one row for each person in each frame.

    - "timestamps" (frames,) in milliseconds; "size" (2,), width and height;
    - "frame" (rows,), "id" (rows,): whose row it is;
    - for each name of ``result.SHAPES`` (rows, points, values), "left_handedness" and
      "right_handedness" (rows,), "scores" (rows, 4) of layout.PARTS: NaN where a part is absent;
    - "mask" (rows, height, width) uint8, 255 where the person is, if there are masks.
    """

    def __enter__(self) -> NpzWriter:
        points, values = SHAPES["face"]
        self._timestamps: list[float] = []
        self._face = points
        self._columns = {
            **{name: _Column((), "<i8") for name in ("frame", "id")},
            **{name: _Column(shape) for name, shape in SHAPES.items()},
            "face": _Column((points + IRIS_POINTS, values)),
            **{name: _Column(()) for name in HANDEDNESS.values()},
            "scores": _Column((len(PARTS),)),
        }
        return self

    def write(self, result: Result) -> None:
        """Add the next frame.

        Raises:
            ValueError: it has masks and another size than the first one.
        """
        arrays = result.to_numpy()
        arrays["frame"] = np.full(len(result.people), len(self._timestamps))
        self._timestamps.append(result.timestamp)
        self._face = max(self._face, arrays["face"].shape[1])
        if "mask" in arrays:
            arrays["mask"] = self._checked(arrays["mask"])
            if "mask" not in self._columns:
                self._columns["mask"] = _Column(arrays["mask"].shape[1:], "|u1")
        for name, column in self._columns.items():
            if name in arrays:
                column.add(arrays[name])

    def _checked(self, masks: np.ndarray) -> np.ndarray:
        """Masks as bytes."""
        height, width = masks.shape[1:]
        if (width, height) != (self._head.width, self._head.height):
            raise ValueError(
                f"the frames change from {self._head.width} x {self._head.height} to "
                f"{width} x {height} pixels: their masks do not fit into one array"
            )
        return (masks * 255).round()

    def close(self) -> None:
        """Complete the file."""
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in (
                ("timestamps", np.array(self._timestamps, np.float64)),
                ("size", np.array((self._head.width, self._head.height))),
            ):
                with archive.open(f"{name}.npy", "w") as entry:
                    np.lib.format.write_array(entry, array)
            for name, column in self._columns.items():
                column.save(archive, name, self._face if name == "face" else None)


WRITERS: dict[str, type[Writer]] = {"json": JsonWriter, "csv": CsvWriter, "npz": NpzWriter}
"""The formats by their names, which are their files' suffixes too."""
