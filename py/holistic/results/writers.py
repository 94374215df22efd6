"""Writing results into a file, frame by frame, as JSON, CSV or NPZ."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from math import prod
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from holistic.results.result import ASKED_FOR, CSV_COLUMNS, HANDEDNESS, SHAPES, Result
from holistic.shared.layout import IRIS_POINTS, PARTS

FORMAT = "holistic-landmarks-1"


class Head(NamedTuple):
    """What a file says of its source: its name, frame size in pixels and frames a second."""

    source: str | None
    width: int
    height: int
    fps: float | None


_OFF = 0.1
"""By what part of it the mean rate of a video's frames may differ from the one that it tells."""


def confirmed_rate(fps: float | None, frames: int, lasts: float) -> float | None:
    """``fps``, or None where the frames' own time stamps are of another rate.

    Matroska and WebM tell a rate that their frames need not have.

    Args:
        fps: frames a second, as the source tells; None where it does not.
        frames: how many time stamps there are.
        lasts: milliseconds from the first of them to the last.
    """
    if not fps or frames < 2:
        return fps
    return fps if abs(lasts * fps / 1000 / (frames - 1) - 1) < _OFF else None


class Writer(AbstractContextManager["Writer"]):
    """Writes results as they come, so that a long video needs no memory.

    Entering the context begins the document; leaving it completes it, also after an error or an
    interruption. The file is open for writing bytes, need not be seekable, and stays open.
    """

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._file = file
        self._head = head

    @abstractmethod
    def write(self, result: Result) -> None:
        """Add the next frame."""

    @abstractmethod
    def close(self) -> None:
        """Complete the file."""

    def __exit__(self, *_: object) -> None:
        self.close()


class TextWriter(Writer):
    """A writer of text; whoever reads a stream at its other end gets every frame at once."""

    def __enter__(self) -> TextWriter:
        self._text = io.TextIOWrapper(self._file, encoding="utf-8", newline="")
        return self

    def _frame_is_written(self) -> None:
        if not self._file.seekable():
            self._text.flush()

    def close(self) -> None:
        """Hand over what is not written yet."""
        self._text.detach()


class JsonWriter(TextWriter):
    """JSON in the format "holistic-landmarks-1".

    The document is ``{format, source, width, height, frames: [{index, timestamp, people}], fps}``
    with time stamps in milliseconds; see ``Result.to_dict`` for people, and for ``still`` and
    ``skipped``, which a frame has where they say something. ``fps`` comes last, because only all
    time stamps tell whether it holds.
    """

    def __enter__(self) -> JsonWriter:
        super().__enter__()
        self._index, self._first, self._last = 0, 0.0, 0.0
        head = {"format": FORMAT, **self._head._asdict()}
        del head["fps"]
        self._text.write(json.dumps(head)[:-1] + ', "frames": [')
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        content = result.to_dict()
        if not self._index:
            self._first = result.timestamp
        self._last = result.timestamp
        told = ("timestamp", "still", "skipped", "people")
        frame = {"index": self._index, **{name: content[name] for name in told if name in content}}
        self._text.write((",\n" if self._index else "\n") + json.dumps(frame))
        self._index += 1
        self._frame_is_written()

    def close(self) -> None:
        """Complete the document."""
        fps = confirmed_rate(self._head.fps, self._index, self._last - self._first)
        self._text.write(f'\n], "fps": {json.dumps(fps and round(fps, 3))}}}\n')
        super().close()


class CsvWriter(TextWriter):
    """CSV, one line a landmark, with ``result.CSV_COLUMNS`` as the first line.

    A frame without people has no lines.
    """

    def __enter__(self) -> CsvWriter:
        super().__enter__()
        self._lines = csv.writer(self._text, lineterminator="\n")
        self._lines.writerow(CSV_COLUMNS)
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        self._lines.writerows(result.rows())
        self._frame_is_written()


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
    - "rotations" (rows, 54, 4) and "hips_position" (rows, 3), if there are rotations;
    - "blendshapes" (rows, 52), NaN where there are none, if anybody has them;
    - "blendshapes_approximate" (rows,), 1 where they are and else NaN, if anybody's are;
    - "mask" (rows, height, width) uint8, 255 where the person is, if there are masks.
    """

    def __enter__(self) -> NpzWriter:
        points, values = SHAPES["face"]
        self._timestamps: list[float] = []
        self._face = points
        self._rows = 0
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
        for name, shape in ASKED_FOR.items():
            if name in arrays and name not in self._columns:  # it was not there so far
                self._columns[name] = _Column(shape)
                self._columns[name].add(np.full((self._rows, *shape), np.nan))
        for name, column in self._columns.items():
            if name in arrays:
                column.add(arrays[name])
            elif name in ASKED_FOR:
                column.add(np.full((len(result.people), *ASKED_FOR[name]), np.nan))
        self._rows += len(result.people)

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
        """Write the archive."""
        with zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED) as archive:
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


def write_file(writer: type[Writer], head: Head, results: Iterable[Result], path: Path) -> None:
    """Write results that are there already.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("wb") as file, writer(file, head) as opened:
        for result in results:
            opened.write(result)
