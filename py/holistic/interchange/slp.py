"""SLEAP's project file, HDF5, through h5py (BSD): the 75 points of ``keypoints`` as predictions.

Tables of frames, of instances (a person in a frame) and of their points in pixels, one after the
other, each with the rows of the next that belong to it; the skeleton, the video and the tracks as
JSON. A track is a person, a frame without people is not in the file. SLEAP and sleap-io look for
the video beside the file if it is not at the name that the recording has of it.

Such a file cannot be read back: it has no depth.

Source: ``sleap_io.io.slp`` (BSD); version 1.2 of the format is the first with tracking scores.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from holistic.interchange import tracks
from holistic.interchange.keypoints import LINES, NAMES, Keypoints, keypoints
from holistic.interchange.sleap import EXTRA, instance_scores, track_names
from holistic.results.optional import library
from holistic.results.readers import Recording

FORMAT = 1.2

_FRAMES = {"frame_id": "u8", "video": "u4", "frame_idx": "u8"}
_FRAMES |= {"instance_id_start": "u8", "instance_id_end": "u8"}
_INSTANCES = {"instance_id": "i8", "instance_type": "u1", "frame_id": "u8", "skeleton": "u4"}
_INSTANCES |= {"track": "i4", "from_predicted": "i8", "score": "f4"}
_INSTANCES |= {"point_id_start": "u8", "point_id_end": "u8", "tracking_score": "f4"}
_POINTS = {"x": "f8", "y": "f8", "visible": "?", "complete": "?"}
_PREDICTED = _POINTS | {"score": "f8"}

_IS_PREDICTED = 1  # and 0 what a person has labelled
_NONE = -1


def write(recording: Recording, path: Path) -> None:
    """Write the project file.

    Raises:
        MissingLibraryError: h5py is not installed.
        ValueError: the frames' size is not known.
        OSError: the file cannot be written.
    """
    h5py = library("h5py", EXTRA)
    found = keypoints(recording)
    texts: dict[str, list[Any]] = {
        "videos_json": [_video(recording)],
        "tracks_json": [[0, name] for name in track_names(found)],  # 0: where it began, not used
        "suggestions_json": [],
    }
    with h5py.File(path, "w") as file:
        metadata = file.create_group("metadata")
        metadata.attrs["format_id"] = FORMAT
        metadata.attrs["json"] = np.bytes_(json.dumps(_metadata()))
        for name, rows in texts.items():
            file.create_dataset(name, data=np.array([json.dumps(row) for row in rows], "S"))
        for name, table in _tables(found).items():
            file.create_dataset(name, data=table)


def _metadata() -> dict[str, Any]:
    """The skeleton, as the JSON of networkx and jsonpickle that SLEAP began with."""
    kind = {"py/reduce": [{"py/type": "sleap.skeleton.EdgeType"}, {"py/tuple": [1]}]}
    links = [
        {
            "edge_insert_idx": number,
            "key": 0,
            "source": int(start),
            "target": int(end),
            "type": {"py/id": 1} if number else kind,
        }
        for number, (start, end) in enumerate(LINES)
    ]
    skeleton = {
        "directed": True,
        "graph": {"name": "holistic", "num_edges_inserted": len(links)},
        "links": links,
        "multigraph": True,
        "nodes": [{"id": number} for number in range(len(NAMES))],
    }
    return {
        "version": "2.0.0",
        "skeletons": [skeleton],
        "nodes": [{"name": name, "weight": 1.0} for name in NAMES],
        **{name: [] for name in ("videos", "tracks", "suggestions")},
        "negative_anchors": {},
        "provenance": {},
    }


def _video(recording: Recording) -> dict[str, Any]:
    width, height = tracks.size(recording)
    name = recording.source or ""
    return {
        "filename": name,
        "backend": {
            "type": "MediaVideo",
            "shape": [len(recording.results), height, width, 3],
            "filename": name,
            "grayscale": False,
            "bgr": True,
            "dataset": "",
            "input_format": "",
            "fps": tracks.rate(recording),
        },
    }


def _tables(found: Keypoints) -> dict[str, np.ndarray]:
    """The tables of frames, instances and points."""
    frame, person = np.nonzero(~np.isnan(found.likelihood).all(axis=2))
    frames, counts = np.unique(frame, return_counts=True)
    ends = np.cumsum(counts)
    instance = np.arange(len(frame))
    points_ends = (instance + 1) * len(NAMES)
    xy = found.xy[frame, person].reshape(-1, 2)
    likelihood = found.likelihood[frame, person].reshape(-1)
    there = ~np.isnan(likelihood)
    numbers = np.arange(len(frames))
    return {
        "frames": _table(_FRAMES, numbers, 0, frames, ends - counts, ends),
        "instances": _table(
            _INSTANCES,
            instance,
            _IS_PREDICTED,
            np.repeat(numbers, counts),
            0,
            person,
            _NONE,
            instance_scores(found)[frame, person],
            points_ends - len(NAMES),
            points_ends,
            1,
        ),
        "points": np.empty(0, list(_POINTS.items())),
        "pred_points": _table(_PREDICTED, *xy.T, there, there, np.nan_to_num(likelihood)),
    }


def _table(columns: dict[str, str], *values: Any) -> np.ndarray:
    """(rows,) with fields: the first column's rows, and of each other column as many."""
    table = np.empty(len(values[0]), list(columns.items()))
    for name, column in zip(columns, values, strict=True):
        table[name] = column
    return table
