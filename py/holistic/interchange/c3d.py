"""C3D files, the exchange format of motion capture, through the library ezc3d (MIT).

One person's markers in millimetres with x forward, y to the left and z up, as most laboratories
have them (POINT:X_SCREEN +X, POINT:Y_SCREEN +Z); see ``markers``. An absent marker has the residual
-1, and NaN as ezc3d reads it. Frames have a constant rate, which the file has in place of time
stamps.

Source: the C3D user guide, c3d.org; ezc3d 1.7.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from holistic.interchange.markers import Markers, markers
from holistic.interchange.markers import recording as recording_of
from holistic.results.optional import library
from holistic.results.readers import Recording

EXTRA = "c3d"
AXES = "z up"
_METRES = {"m": 1.0, "mm": 0.001}
_MILLIMETRES = 1000
_ABSENT = -1.0  # as a residual
_MOST_FRAMES = 0xFFFF  # that the head of a file can count


def write(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write the markers of a person, or of the one person that there is.

    Raises:
        MissingLibraryError: ezc3d is not installed.
        ValueError: there are more frames than such a file can count, or see ``markers.markers``.
        OSError: the file cannot be written.
    """
    if len(recording.results) > _MOST_FRAMES:
        raise ValueError(
            f"a C3D file holds up to {_MOST_FRAMES} frames, and the recording has "
            f"{len(recording.results)}: write a .trc file"
        )
    found = markers(recording, AXES, person)
    points = np.ones((4, len(found.names), len(found.times)))
    points[:3] = found.positions.transpose(2, 1, 0) * _MILLIMETRES
    file = library("ezc3d", EXTRA).c3d()
    parameters = file["parameters"]["POINT"]
    parameters["RATE"]["value"] = [found.rate]
    parameters["UNITS"]["value"] = ["mm"]
    parameters["LABELS"]["value"] = found.names
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
    file["data"]["points"] = points
    file["data"]["meta_points"]["residuals"] = np.where(np.isnan(points[:1]), _ABSENT, 0.0)
    file.write(str(path))


def read(path: Path) -> Recording:
    """The recording in a C3D file whose markers are named as ours.

    Raises:
        MissingLibraryError: ezc3d is not installed.
        ValueError: it is damaged, its units are not known, or its markers have other names.
        OSError: it cannot be read.
    """
    path.open("rb").close()  # ezc3d does not tell a missing file from a damaged one
    try:
        file = library("ezc3d", EXTRA).c3d(str(path))
    except (OSError, RuntimeError) as error:
        raise ValueError(str(error)) from error
    parameters = file["parameters"]["POINT"]
    units = parameters["UNITS"]["value"][0]
    if units not in _METRES:
        raise ValueError(f"its units are {units!r}, not m or mm")
    rate = float(parameters["RATE"]["value"][0])
    positions = file["data"]["points"][:3].transpose(2, 1, 0) * _METRES[units]
    first = file["header"]["points"]["first_frame"]
    times = (first + np.arange(len(positions))) / rate
    names = [str(name) for name in parameters["LABELS"]["value"]]
    return recording_of(Markers(names, times, rate, positions), AXES)
