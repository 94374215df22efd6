"""A folder of OpenPose's JSON files: one a frame, with BODY_25, 70 face points and 21 of each hand.

Each list of key points is flat: x, y in pixels and a confidence, three zeros where a point is
absent. A body point's confidence is its visibility, that of a face or a hand 1.

- MediaPipe has no neck and no middle of the hips: they are halfway between the two shoulders and
  the two hips, as sure as the less sure of them. It has no small toes: they are absent.
  ``foot_index`` stands for the big toe.
- Face points 68 and 69 are the pupils: absent unless the face has irises.
- ``person_id`` is the track id.

Such a folder cannot be read back: it lacks points of the pose, and most of the face.

Source: OpenPose's documentation, "Output": version 1.3 of its JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from holistic.interchange import tracks
from holistic.interchange.face68 import PUPILS, face68
from holistic.results.named_points import PosePoints
from holistic.results.readers import Recording
from holistic.results.result import Person
from holistic.shared import layout

VERSION = 1.3

BODY_25: tuple[tuple[str, ...], ...] = (
    ("nose",),
    ("left_shoulder", "right_shoulder"),  # neck
    ("right_shoulder",),
    ("right_elbow",),
    ("right_wrist",),
    ("left_shoulder",),
    ("left_elbow",),
    ("left_wrist",),
    ("left_hip", "right_hip"),  # middle of the hips
    ("right_hip",),
    ("right_knee",),
    ("right_ankle",),
    ("left_hip",),
    ("left_knee",),
    ("left_ankle",),
    ("right_eye",),
    ("left_eye",),
    ("right_ear",),
    ("left_ear",),
    ("left_foot_index",),
    (),  # left small toe
    ("left_heel",),
    ("right_foot_index",),
    (),  # right small toe
    ("right_heel",),
)
"""The pose points whose mean stands for each of BODY_25's."""

_UNUSED = (
    "pose_keypoints_3d",
    "face_keypoints_3d",
    "hand_left_keypoints_3d",
    "hand_right_keypoints_3d",
)


def body_25(pose: PosePoints, size: tuple[int, int]) -> np.ndarray:
    """(25, 3): x and y in pixels, confidence."""
    found = np.zeros((len(BODY_25), 3))
    for row, names in enumerate(BODY_25):
        if names:
            points = pose[tuple(names)]
            found[row] = (*points[:, :2].mean(axis=0) * size, points[:, 3].min())
    return found


def _face_70(face: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(70, 3): the 68 points and the pupils."""
    refined = len(face) > layout.FACE_POINTS
    pupils = tracks.in_pixels(face[list(PUPILS)], size) if refined else np.zeros((len(PUPILS), 3))
    return np.concatenate([tracks.in_pixels(face68(face), size), pupils])


def _person(person: Person, size: tuple[int, int]) -> dict[str, Any]:
    """A person's entry in a file."""
    found = {
        "pose_keypoints_2d": None if person.pose is None else body_25(person.pose, size),
        "face_keypoints_2d": None if person.face is None else _face_70(person.face, size),
        "hand_left_keypoints_2d": _hand(person.left_hand, size),
        "hand_right_keypoints_2d": _hand(person.right_hand, size),
    }
    flat = {
        name: [] if points is None else np.round(points, 3).ravel().tolist()
        for name, points in found.items()
    }
    return {"person_id": [person.id], **flat, **{name: [] for name in _UNUSED}}


def _hand(hand: np.ndarray | None, size: tuple[int, int]) -> np.ndarray | None:
    return None if hand is None else tracks.in_pixels(np.asarray(hand), size)


def write(recording: Recording, path: Path) -> None:
    """Write ``NAME_000000000000_keypoints.json`` and so on into the folder ``path``.

    NAME is the source's name without its ending, or the folder's.

    Raises:
        ValueError: the frames' size is not known.
        OSError: the folder is there already, or cannot be written.
    """
    size = tracks.size(recording)
    name = Path(recording.source).stem if recording.source else path.name
    path.mkdir()
    for frame, result in enumerate(recording.results):
        content = {"version": VERSION, "people": [_person(each, size) for each in result.people]}
        (path / f"{name}_{frame:012d}_keypoints.json").write_text(json.dumps(content), "utf-8")
