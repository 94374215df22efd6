"""TRC files, the marker files of OpenSim and Pose2Sim: text, tab-separated, in metres.

One person's markers with x forward, y up and z to the right, as OpenSim has them; see ``markers``.
An absent marker's cells are empty. Millimetres are read too.

Source: OpenSim's "Marker (.trc) Files"; the layout, without an empty line below the heads of
columns, is that of Pose2Sim's ``make_trc``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from holistic.interchange.markers import Markers, markers
from holistic.interchange.markers import recording as recording_of
from holistic.results.readers import Recording

AXES = "y up"
_METRES = {"m": 1.0, "mm": 0.001}
_HEAD = (
    *("DataRate", "CameraRate", "NumFrames", "NumMarkers"),
    *("Units", "OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"),
)
_DECIMALS = 6


def write(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write the markers of a person, or of the one person that there is.

    Raises:
        ValueError: see ``markers.markers``.
        OSError: the file cannot be written.
    """
    found = markers(recording, AXES, person)
    frames, rate = len(found.times), f"{found.rate:g}"
    values = (rate, rate, str(frames), str(len(found.names)), "m", rate, "1", str(frames))
    numbers = range(1, len(found.names) + 1)
    lines = [
        ("PathFileType", "4", "(X/Y/Z)", path.name),
        _HEAD,
        values,
        ("Frame#", "Time", *(cell for name in found.names for cell in (name, "", ""))),
        ("", "", *(f"{axis}{number}" for number in numbers for axis in "XYZ")),
        *_lines(found),
    ]
    path.write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")


def _lines(found: Markers) -> list[tuple[str, ...]]:
    """The cells of each frame."""
    return [
        (
            str(number),
            f"{time:.{_DECIMALS}f}",
            *("" if np.isnan(x) else f"{x:.{_DECIMALS}f}" for x in frame.ravel()),
        )
        for number, (time, frame) in enumerate(
            zip(found.times, found.positions, strict=True), start=1
        )
    ]


def read(path: Path) -> Recording:
    """The recording in a TRC file whose markers are named as ours.

    Raises:
        ValueError: it is none, it is damaged, or its markers have other names.
        OSError: it cannot be read.
    """
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    if not lines or lines[0][0] != "PathFileType":
        raise ValueError("its first line does not begin with PathFileType")
    head = dict(zip(lines[1], lines[2], strict=False))
    if head["Units"] not in _METRES:
        raise ValueError(f"its units are {head['Units']!r}, not m or mm")
    names = [name for name in lines[3][2:] if name]
    rows = [line for line in lines[5:] if any(cell.strip() for cell in line)]
    cells = np.full((len(rows), 3 * len(names)), np.nan)
    for row, line in zip(cells, rows, strict=True):
        values = [float(cell) if cell.strip() else np.nan for cell in line[2:]]
        row[: len(values)] = values[: len(row)]
    times = np.array([float(line[1]) for line in rows])
    positions = cells.reshape(len(rows), len(names), 3) * _METRES[head["Units"]]
    return recording_of(Markers(names, times, float(head["DataRate"]), positions), AXES)
