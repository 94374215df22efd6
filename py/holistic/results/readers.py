"""Reading back what ``export`` wrote, or what the page recorded: JSON, CSV or NPZ."""

from __future__ import annotations

import csv
import itertools
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from holistic.results import tables
from holistic.results.blendshapes import Blendshapes
from holistic.results.named_points import KINDS, Rotations
from holistic.results.result import (
    ASKED_FOR,
    CSV_COLUMNS,
    HANDEDNESS,
    MOTION,
    SHAPES,
    Person,
    Result,
)
from holistic.results.tables import APPROXIMATE, BLENDSHAPES
from holistic.results.writers import FORMAT
from holistic.shared import layout

_BROKEN = (
    *(KeyError, TypeError, ValueError, IndexError, EOFError, RuntimeError, OverflowError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What reading a damaged file raises."""


class UnknownSizeError(ValueError):
    """The frames' size is needed, and the file does not tell it."""


@dataclass(frozen=True, eq=False)
class Recording:
    """Results of one source, in order.

    Attributes:
        results: a ``Result`` a frame.
        width: of the frames, in pixels.
        height: of the frames, in pixels.
        source: the name of what was tracked; None where the file does not tell.
        fps: frames a second; None where the file does not tell.
    """

    results: tuple[Result, ...]
    width: int
    height: int
    source: str | None = None
    fps: float | None = None

    def to_pandas(self) -> Any:
        """All frames as one pandas.DataFrame, one row a landmark; see ``tables.to_pandas``.

        Raises:
            MissingLibraryError: pandas is not installed.
        """
        return tables.to_pandas(self.results)

    def to_xarray(self) -> Any:
        """All frames as one xarray.Dataset, a variable for each part; see ``tables.to_xarray``.

        Raises:
            MissingLibraryError: xarray is not installed.
        """
        head = {"width": self.width, "height": self.height, "source": self.source, "fps": self.fps}
        return tables.to_xarray(self.results, head)


def read(path: str | Path, size: tuple[int, int] | None = None) -> Recording:
    """The recording in a file whose suffix is .json, .csv or .npz.

    CSV tells neither the frames' size nor of frames without people: they are missing, and
    ``size``, (width, height) in pixels, has to be given. In the other formats it is not used.

    Raises:
        OSError: the file cannot be read.
        UnknownSizeError: ``size`` is missing.
        ValueError: it is no such file, or it is damaged.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path.name} must be a {', '.join(_READERS)} file")
    if reader is _read_csv and size is None:
        raise UnknownSizeError(
            "a CSV file does not tell the frames' size: give it as read(path, size=(width, height))"
        )
    try:
        return reader(path, size)
    except _BROKEN as error:
        raise ValueError(f"{path.name} holds no recording, or is damaged: {error}") from error


def _read_json(path: Path, size: tuple[int, int] | None) -> Recording:
    return recording_of(json.loads(path.read_text(encoding="utf-8")))


def recording_of(content: dict[str, Any]) -> Recording:
    """The recording in what a JSON file holds.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']!r}, not {FORMAT!r}")
    width, height = content["width"], content["height"]
    results = tuple(
        Result(
            frame["timestamp"],
            width,
            height,
            tuple(map(person_of, frame["people"])),
            still=frame.get("still", False),
            skipped=tuple(frame.get("skipped", ())),
        )
        for frame in content["frames"]
    )
    return Recording(results, width, height, content["source"], content["fps"])


def _read_csv(path: Path, size: tuple[int, int] | None) -> Recording:
    assert size is not None  # as ``read`` has checked
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        if tuple(next(lines, ())) != CSV_COLUMNS:
            raise ValueError(f"its first line is not {','.join(CSV_COLUMNS)}")
        results = tuple(
            Result(float(timestamp), *size, tuple(_people_of_lines(frame)))
            for timestamp, frame in itertools.groupby(lines, lambda line: line[0])
        )
    return Recording(results, *size)


def _people_of_lines(lines: Iterable[list[str]]) -> Iterator[Person]:
    """The people in the lines of one frame."""
    for number, person in itertools.groupby(lines, lambda line: line[1]):
        found: dict[str, Any] = {"id": int(number), "scores": {}}
        for part, points in itertools.groupby(person, lambda line: line[2]):
            lines_of_part = list(points)
            if part in (BLENDSHAPES, APPROXIMATE):
                found[BLENDSHAPES] = {line[4]: float(line[-1]) for line in lines_of_part}
                found[APPROXIMATE] = part == APPROXIMATE
                continue
            found[part] = [
                [float(value) for value in line[5:-2] if value] for line in lines_of_part
            ]
            handedness, score = lines_of_part[0][-2:]
            if part in HANDEDNESS and handedness:
                found[HANDEDNESS[part]] = float(handedness)
            if part in layout.PARTS and score:
                found["scores"][part] = float(score)
        yield person_of(found)


def _read_npz(path: Path, size: tuple[int, int] | None) -> Recording:
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    width, height = arrays["size"].tolist()
    found: list[list[Person]] = [[] for _ in arrays["timestamps"]]
    for row, (frame, number) in enumerate(zip(arrays["frame"], arrays["id"], strict=True)):
        asked = (name for name in ASKED_FOR if name in arrays)
        parts = {name: arrays[name][row] for name in (*SHAPES, *HANDEDNESS.values(), *asked)}
        there = {name: values for name, values in parts.items() if not np.isnan(values).all()}
        scores = dict(zip(layout.PARTS, arrays["scores"][row].tolist(), strict=True))
        scores = {part: score for part, score in scores.items() if not np.isnan(score)}
        if "mask" in arrays:
            there["mask"] = arrays["mask"][row].astype(np.float32) / 255
        found[frame].append(person_of({"id": int(number), **there, "scores": scores}))
    results = tuple(
        Result(float(timestamp), width, height, tuple(people))
        for timestamp, people in zip(arrays["timestamps"], found, strict=True)
    )
    return Recording(results, width, height)


def person_of(parts: dict[str, Any]) -> Person:
    """A person from what ``Person.to_dict`` gives, and a mask; lists may be arrays."""
    points = {name: _points(name, values) for name, values in parts.items() if name in SHAPES}
    hands = {name: parts.get(name) for name in HANDEDNESS.values()}
    hands = {name: None if value is None else float(value) for name, value in hands.items()}
    expression = parts.get(BLENDSHAPES)
    return Person(
        id=parts["id"],
        **points,
        **hands,
        blendshapes=None if expression is None else Blendshapes.of(expression),
        blendshapes_approximate=bool(parts.get(APPROXIMATE, False)),
        scores=parts["scores"],
        mask=parts.get("mask"),
        **_motion_of(parts),
    )


def _motion_of(parts: dict[str, Any]) -> dict[str, Any]:
    """Rotations and the hips' position, where there are any."""
    found: dict[str, Any] = {}
    for name, shape in MOTION.items():
        if parts.get(name) is not None:
            found[name] = array = np.asarray(parts[name], np.float32)
            if array.shape != shape:
                raise ValueError(f"{name} has the shape {array.shape}, not {shape}")
    if "rotations" in found:
        found["rotations"] = Rotations.of(found["rotations"])
    return found


def _points(name: str, values: Any) -> Any:
    """The array of a part; a face that has no irises has no rows for them."""
    if values is None:
        return None
    array = np.asarray(values, np.float32)
    array = array[~np.isnan(array).any(axis=1)]
    if array.shape[1:] != SHAPES[name][1:] or len(array) < SHAPES[name][0]:
        raise ValueError(f"{name} has the shape {array.shape}, not {SHAPES[name]}")
    return KINDS[name].of(array)


_READERS = {".json": _read_json, ".csv": _read_csv, ".npz": _read_npz}
