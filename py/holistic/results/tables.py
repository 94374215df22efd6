"""Many results as one table or one stack of arrays, for pandas, xarray and formats of files.

A *long table* has a row for each landmark, a *stack* an array for each part over all frames and
people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from holistic.results.named_points import KINDS, Points
from holistic.results.optional import library
from holistic.shared import layout
from holistic.shared.blendshapes import NAMES

if TYPE_CHECKING:
    from holistic.results.result import Person, Result

EXTRA = "tables"
"""The extra that brings pandas and xarray."""

IDENTITY = {"frame": "i8", "timestamp": "f8", "person": "i8", "part": "O", "point": "i8"}
MEASURES = ("x", "y", "z", "visibility", "presence", "handedness", "score")
BLENDSHAPES = "blendshapes"
"""The part that the rows of blendshapes are of."""
APPROXIMATE = "blendshapes_approximate"
"""What says that they are rough; the part that the rows are of then."""
COLUMNS = (*IDENTITY, "name", *MEASURES)
"""Columns of the long table: those of CSV files, after the number of the frame."""


def point_names(part: str, count: int) -> list[str | None]:
    """The names of a part's ``count`` points, None where a point has none."""
    names = {row: name for name, row in KINDS[part].names.items()}
    return [names.get(row) for row in range(count)]


def stack(results: Sequence[Result]) -> tuple[list[int], dict[str, np.ndarray]]:
    """The track ids, ascending, and (frames, people, points, values) float32 for each part.

    Values are NaN where a person or a part is absent. A part that is nowhere is left out.
    """
    ids = sorted({person.id for result in results for person in result.people})
    parts: dict[str, np.ndarray] = {}
    for frame, result in enumerate(results):
        for person in result.people:
            for part, points in person.parts():
                whole = _with_room(parts.get(part), (len(results), len(ids), *points.shape))
                whole[frame, ids.index(person.id), : len(points)] = points
                parts[part] = whole
    return ids, parts


def _with_room(array: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """``array``, or a copy with more points: faces with irises may follow faces without."""
    if array is not None and array.shape[2] >= shape[2]:
        return array
    grown = np.full(shape, np.nan, np.float32)
    if array is not None:
        grown[:, :, : array.shape[2]] = array
    return grown


def _blendshapes(results: Sequence[Result], ids: list[int]) -> np.ndarray:
    """(frames, people, 52) float32, NaN where somebody has none."""
    found = np.full((len(results), len(ids), len(NAMES)), np.nan, np.float32)
    for frame, result in enumerate(results):
        for person in result.people:
            if person.blendshapes is not None:
                found[frame, ids.index(person.id)] = person.blendshapes
    return found


def blendshapes_part(person: Person) -> str:
    """The part that the rows of a person's blendshapes are of."""
    return APPROXIMATE if person.blendshapes_approximate else BLENDSHAPES


def _approximate(results: Sequence[Result], ids: list[int]) -> np.ndarray:
    """(frames, people) bool, whether somebody's blendshapes are approximate."""
    found = np.zeros((len(results), len(ids)), bool)
    for frame, result in enumerate(results):
        for person in result.people:
            found[frame, ids.index(person.id)] = person.blendshapes_approximate
    return found


def long_table(results: Sequence[Result], first: int = 0) -> dict[str, np.ndarray]:
    """The columns ``COLUMNS``, each (rows,): one row a landmark, in the results' order.

    ``first`` is the number of the first frame. Blendshapes have rows too, with nothing but a score.

    NaN, or None for a name, stands where a column does not apply. A frame without people has no
    rows.
    """
    pieces: dict[str, list[np.ndarray]] = {name: [np.empty(0, _dtype(name))] for name in COLUMNS}
    for frame, result in enumerate(results, first):
        for person in result.people:
            for rows in _rows_of(frame, result.timestamp, person):
                for name, values in rows.items():
                    pieces[name].append(np.broadcast_to(values, len(rows["point"])))
    return {name: np.concatenate(found).astype(_dtype(name)) for name, found in pieces.items()}


def _dtype(column: str) -> str:
    return IDENTITY.get(column, "f4" if column in MEASURES else "O")


def _rows_of(frame: int, timestamp: float, person: Person) -> Iterator[dict[str, np.ndarray]]:
    """The pieces of each column, part by part."""
    for part, points in person.parts():
        yield _rows(frame, timestamp, person, part, points)
    if person.blendshapes is not None:
        part = blendshapes_part(person)
        row = {"frame": frame, "timestamp": timestamp, "person": person.id, "part": part}
        yield {
            **{name: np.array([np.nan], "f4") for name in MEASURES},
            **{name: np.array([value], _dtype(name)) for name, value in row.items()},
            "point": np.arange(len(NAMES)),
            "name": np.array(NAMES, object),
            "score": np.asarray(person.blendshapes),
        }


def _rows(
    frame: int, timestamp: float, person: Person, part: str, points: Points
) -> dict[str, np.ndarray]:
    """One part's piece of each column: an array of its points, or of one value for all."""
    values = np.full((len(points), layout.POSE_VALUES), np.nan, np.float32)
    values[:, : points.shape[1]] = points
    found = part.removesuffix("_world")
    hand = found.endswith("hand")
    handedness = getattr(person, found.replace("hand", "handedness")) if hand else None
    row = {
        "frame": frame,
        "timestamp": timestamp,
        "person": person.id,
        "part": part,
        "handedness": np.nan if handedness is None else handedness,
        "score": person.scores.get(found, np.nan),
    }
    columns = {name: np.array([value], _dtype(name)) for name, value in row.items()}
    columns["point"] = np.arange(len(points))
    columns["name"] = np.array(point_names(part, len(points)), object)
    return columns | dict(zip(MEASURES, values.T, strict=False))


def to_pandas(results: Sequence[Result]) -> Any:
    """``long_table`` as a pandas.DataFrame.

    Raises:
        MissingLibraryError: pandas is not installed.
    """
    pandas = library("pandas", EXTRA)
    frame = pandas.DataFrame(long_table(results))
    return frame.astype({"part": "category", "name": "category"})


def to_xarray(results: Sequence[Result], attributes: dict[str, Any]) -> Any:
    """``stack`` as an xarray.Dataset with a variable for each part that there is.

    The dimensions are ``time`` (the time stamps, in milliseconds), ``person`` (the track ids),
    ``pose_point``, ``face_point`` or ``hand_point`` (the names, or the numbers of a face), and
    ``space`` (x, y, z). The pose's visibility and presence are variables of their own, and so are
    ``blendshapes``, by the dimension ``blendshape`` (the names), if anybody has them, and
    ``blendshapes_approximate`` if anybody's are.

    Raises:
        MissingLibraryError: xarray is not installed.
    """
    xarray = library("xarray", EXTRA)
    ids, parts = stack(results)
    variables: dict[str, Any] = {}
    points: dict[str, Any] = {}
    for part, values in parts.items():
        kind = "face_point" if part == "face" else "pose_point" if "pose" in part else "hand_point"
        named = point_names(part, values.shape[2])
        points[kind] = list(range(len(named))) if None in named else named
        variables[part] = (("time", "person", kind, "space"), values[..., :3])
        if part == "pose":
            for name, column in (("pose_visibility", 3), ("pose_presence", 4)):
                variables[name] = (("time", "person", kind), values[..., column])
    expressions = _blendshapes(results, ids)
    if not np.isnan(expressions).all():
        points["blendshape"] = list(NAMES)
        variables[BLENDSHAPES] = (("time", "person", "blendshape"), expressions)
    rough = _approximate(results, ids)
    if rough.any():
        variables[APPROXIMATE] = (("time", "person"), rough)
    coordinates = {
        "time": [result.timestamp for result in results],
        "person": ids,
        "space": ["x", "y", "z"],
        **points,
    }
    told = {name: value for name, value in attributes.items() if value is not None}
    return xarray.Dataset(variables, coordinates, told)
