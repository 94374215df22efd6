"""What the tracker found: people, and their landmarks as named arrays.

In all image landmarks x and y run from 0 to 1 across the frame (and past it where a part leaves
it), and z is in frame widths, smaller is nearer. World landmarks are in metres along the frame's
axes; their origin is between the hips, or the hand's centre. Left is the person's left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from holistic import layout
from holistic import record as records

DECIMALS = 5
"""Digits kept in exported numbers: a hundredth of a pixel in a frame 1000 px wide."""


def rounded(points: np.ndarray | None) -> list[list[float]] | None:
    """An array as nested lists of short numbers; None stays None."""
    return None if points is None else np.round(points.astype(np.float64), DECIMALS).tolist()


@dataclass(frozen=True, eq=False)
class Person:
    """One person. A part that was not found is None.

    Attributes:
        id: the same number for the same person from frame to frame.
        pose: (33, 5): x, y, z, visibility and presence (0 to 1).
        pose_world: (33, 3).
        face: (468, 3) or None.
        left_hand, right_hand: (21, 3) or None.
        left_hand_world, right_hand_world: (21, 3) or None.
        left_handedness, right_handedness: how much the hand in that place looks like a left
            hand, 0 to 1, or None.
    """

    id: int
    pose: np.ndarray
    pose_world: np.ndarray
    face: np.ndarray | None = None
    left_hand: np.ndarray | None = None
    right_hand: np.ndarray | None = None
    left_hand_world: np.ndarray | None = None
    right_hand_world: np.ndarray | None = None
    left_handedness: float | None = None
    right_handedness: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The image landmarks and the body's world landmarks as plain lists."""
        return {
            "id": self.id,
            "pose": rounded(self.pose),
            "pose_world": rounded(self.pose_world),
            "face": rounded(self.face),
            "left_hand": rounded(self.left_hand),
            "right_hand": rounded(self.right_hand),
        }


@dataclass(frozen=True, eq=False)
class Result:
    """One frame: its time stamp (ms), its size in pixels and the people in it."""

    timestamp: float
    width: int
    height: int
    people: tuple[Person, ...]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain numbers, lists and dictionaries."""
        return {
            "timestamp": round(self.timestamp, 3),
            "width": self.width,
            "height": self.height,
            "people": [person.to_dict() for person in self.people],
        }

    def to_json(self) -> str:
        """The result as JSON text."""
        return json.dumps(self.to_dict())


def person_from_record(record: np.ndarray, number: int = 0) -> Person | None:
    """The person in a frame's record (layout.RECORD_FLOATS,), copied; None without a pose."""
    if not records.found(record, "pose"):
        return None
    hands: dict[str, Any] = {}
    for side in ("left", "right"):
        part = f"{side}_hand"
        if records.found(record, part):
            hands[part] = records.hand_points(record, part).copy()
            hands[f"{part}_world"] = records.hand_world(record, part).copy()
            hands[f"{side}_handedness"] = float(
                records.section(record, part)[layout.HAND_HANDEDNESS]
            )
    return Person(
        id=number,
        pose=records.pose_points(record).copy(),
        pose_world=records.pose_world(record).copy(),
        face=records.face_points(record).copy() if records.found(record, "face") else None,
        **hands,
    )
