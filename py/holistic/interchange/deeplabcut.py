"""DeepLabCut's tables of tracks, as CSV and as HDF5 (``df_with_missing``, through pandas).

A row a frame; heads of columns in four lines, scorer, individuals, bodyparts and coords, and in
three, without individuals, where there is one person. Coords are x, y in pixels and the likelihood;
cells are empty where a part is absent. Body parts are the 75 of ``keypoints``.

Such a file cannot be read back: it has no depth.

Source: DeepLabCut's documentation, "What are the output files", and its ``analyze_videos``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from holistic.interchange.keypoints import NAMES, Keypoints, keypoints
from holistic.results.optional import library
from holistic.results.readers import Recording

EXTRA = "deeplabcut"
SCORER = "holistic"
KEY = "df_with_missing"
_COORDS = ("x", "y", "likelihood")
_MOST_HEADS = 2048
"""Columns of a table of PyTables, whose heads HDF5 keeps in 64 KiB."""


def _columns(found: Keypoints) -> tuple[list[str], list[tuple[str, ...]]]:
    """The names of the heads' lines, and each column's heads."""
    several = len(found.ids) > 1
    levels = ["scorer", *(["individuals"] if several else []), "bodyparts", "coords"]
    people = [(f"individual{number}",) if several else () for number in found.ids or [0]]
    heads = [
        (SCORER, *person, name, coord) for person in people for name in NAMES for coord in _COORDS
    ]
    return levels, heads


def _table(found: Keypoints) -> np.ndarray:
    """(frames, columns)."""
    frames, people = found.xy.shape[:2]
    if not people:
        return np.full((frames, len(NAMES) * len(_COORDS)), np.nan)
    values = np.concatenate([found.xy, found.likelihood[..., None]], axis=-1)
    return values.reshape(frames, -1)


def write_csv(recording: Recording, path: Path) -> None:
    """Write the CSV file.

    Raises:
        ValueError: the frames' size is not known.
        OSError: the file cannot be written.
    """
    found = keypoints(recording)
    levels, heads = _columns(found)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerows(zip(levels, *heads, strict=True))
        for frame, row in enumerate(_table(found)):
            lines.writerow((frame, *("" if np.isnan(cell) else f"{cell:.4f}" for cell in row)))


def write_h5(recording: Recording, path: Path) -> None:
    """Write the HDF5 file.

    Raises:
        MissingLibraryError: pandas or tables is not installed.
        ValueError: the frames' size is not known.
        OSError: the file cannot be written.
    """
    pandas = library("pandas", EXTRA)
    library("tables", EXTRA)
    found = keypoints(recording)
    levels, heads = _columns(found)
    columns = pandas.MultiIndex.from_tuples(heads, names=levels)
    frame = pandas.DataFrame(_table(found).astype(np.float64), columns=columns)
    # DeepLabCut writes a table; what fits into none, or into no row, is read in the same way.
    fits = len(frame) > 0 and len(heads) <= _MOST_HEADS
    frame.to_hdf(path, key=KEY, mode="w", format="table" if fits else "fixed")
