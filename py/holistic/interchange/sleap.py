"""SLEAP's analysis file, HDF5, through h5py (BSD): tracks of the 75 points of ``keypoints``.

``tracks`` (tracks, 2, nodes, frames) in pixels, NaN where a part is absent; ``track_occupancy``
(frames, tracks); ``point_scores``, ``instance_scores`` and ``tracking_scores``; and the names of
nodes, edges and tracks. A track is a person.

Such a file cannot be read back: it has no depth.

Source: SLEAP's documentation, "Analysis HDF5", and ``sleap_io.io.analysis_h5``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from holistic.interchange.keypoints import LINES, NAMES, Keypoints, keypoints
from holistic.results.optional import library
from holistic.results.readers import Recording

EXTRA = "sleap"


def write(recording: Recording, path: Path) -> None:
    """Write the analysis file.

    Raises:
        MissingLibraryError: h5py is not installed.
        ValueError: the frames' size is not known.
        OSError: the file cannot be written.
    """
    h5py = library("h5py", EXTRA)
    found = keypoints(recording)
    there = ~np.isnan(found.likelihood)
    scores = instance_scores(found)
    arrays = {
        "tracks": found.xy.astype(np.float64).transpose(1, 3, 2, 0),
        "track_occupancy": there.any(axis=2).astype(np.uint8),
        "point_scores": found.likelihood.astype(np.float64).transpose(1, 2, 0),
        "instance_scores": scores.T,
        "tracking_scores": np.where(np.isnan(scores.T), np.nan, 1.0),
        "edge_inds": LINES,
    }
    texts = {
        "node_names": NAMES,
        "track_names": track_names(found),
        "edge_names": [(NAMES[start], NAMES[end]) for start, end in LINES],
    }
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values, compression="gzip" if values.size else None)
        for name, names in texts.items():
            file.create_dataset(name, data=np.array(names, "S"))
        for name, value in (("labels_path", ""), ("video_path", recording.source or "")):
            file.create_dataset(name, data=value)
        file.create_dataset("video_ind", data=0)
        file.create_dataset("provenance", data="{}")


def track_names(found: Keypoints) -> list[str]:
    """The people's names: their track ids."""
    return [f"person{number}" for number in found.ids]


def instance_scores(found: Keypoints) -> np.ndarray:
    """(frames, people): the mean likelihood of somebody's points, NaN where nobody is."""
    there = ~np.isnan(found.likelihood)
    sums = np.nansum(found.likelihood, axis=2)
    return np.where(there.any(axis=2), sums / np.maximum(there.sum(axis=2), 1), np.nan)
