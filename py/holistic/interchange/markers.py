"""One person's points in metres as markers, for files of motion capture.

The tracker's world landmarks have the frame's axes: x to the picture's right, y down, z away from
the camera. Their origin is between the hips in every frame, so a marker file shows how a person
moves, not where to. Hands have an origin of their own: here each is moved so that its wrist is the
pose's.

A person who faces the camera looks along the first axis of both ``AXES``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.interchange import tracks
from holistic.results import tables
from holistic.results.readers import Recording, person_of
from holistic.results.result import Person, Result
from holistic.shared import landmarks

PARTS = ("pose_world", "left_hand_world", "right_hand_world")
"""What markers hold."""

AXES = {
    "y up": np.array([[0, 0, -1], [0, -1, 0], [-1, 0, 0]], np.float64),
    "z up": np.array([[0, 0, -1], [1, 0, 0], [0, -1, 0]], np.float64),
}
"""Rotations (3, 3) from the frame's axes.

To forward, up and right, as OpenSim has them; or to forward, left and up, as most laboratories.
"""

_WRISTS = {"left_hand_world": "left_wrist", "right_hand_world": "right_wrist"}


class Markers(NamedTuple):
    """Markers over time.

    Attributes:
        names: the markers' names: the pose's, and for the hands ``left_hand_wrist`` and so on.
        times: (frames,), in seconds.
        rate: frames a second.
        positions: (frames, markers, 3) in metres, NaN where a marker is absent.
    """

    names: list[str]
    times: np.ndarray
    rate: float
    positions: np.ndarray


def _names(part: str) -> list[str]:
    if part == "pose_world":
        return list(landmarks.POSE)
    return [f"{part.removesuffix('_world')}_{name}" for name in landmarks.HAND]


def markers(recording: Recording, axes: str, person: int | None = None) -> Markers:
    """The markers of a person, or of the one person that there is, under ``AXES[axes]``.

    Raises:
        ValueError: the recording has no pose in metres, no such person, or several to choose from.
    """
    chosen = tracks.only_person(recording, person)
    ids, stacked = tables.stack(recording.results)
    found = {
        part: stacked[part][:, ids.index(chosen)].astype(np.float64)
        for part in PARTS
        if part in stacked
    }
    pose = found.get("pose_world")
    if pose is None:
        raise ValueError("markers are in metres, and the recording has no pose in metres")
    for part, wrist in _WRISTS.items():
        if part in found:
            found[part] += (pose[:, landmarks.POSE.index(wrist)] - found[part][:, 0])[:, None]
    times = np.array([result.timestamp for result in recording.results]) / 1000
    positions = np.concatenate(list(found.values()), axis=1) @ AXES[axes].T
    names = [name for part in found for name in _names(part)]
    return Markers(names, times, tracks.rate(recording), positions)


def recording(found: Markers, axes: str) -> Recording:
    """The recording with the markers that are named as ours; others are left out.

    A part of which a marker is absent in a frame is absent there. A hand's origin is the middle of
    its points. The frames' size is not known: it is 0.

    Raises:
        ValueError: no part has all its markers.
    """
    where = {name: column for column, name in enumerate(found.names)}
    columns = {
        part: [where[name] for name in _names(part)]
        for part in PARTS
        if where.keys() >= set(_names(part))
    }
    if not columns:
        raise ValueError(f"none of its markers are {landmarks.POSE[0]}, {landmarks.POSE[1]}, ...")
    positions = found.positions @ AXES[axes]
    results = tuple(
        Result(float(time) * 1000, 0, 0, _people(frame, columns))
        for time, frame in zip(found.times, positions, strict=True)
    )
    return Recording(results, 0, 0, fps=found.rate)


def _people(frame: np.ndarray, columns: dict[str, list[int]]) -> tuple[Person, ...]:
    """The person in the markers (markers, 3) of a frame, if a part is there."""
    parts = {part: frame[rows] for part, rows in columns.items()}
    parts = {part: points for part, points in parts.items() if not np.isnan(points).any()}
    for part in _WRISTS.keys() & parts.keys():
        parts[part] = parts[part] - parts[part].mean(axis=0)
    return (person_of({"id": 0, **parts, "scores": {}}),) if parts else ()
