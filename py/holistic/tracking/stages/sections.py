"""Reading and writing people's sections of a record, with coordinates in frame pixels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from holistic.inference.landmarkers import HandEstimate, PoseEstimate
from holistic.results import record as records
from holistic.shared import layout
from holistic.shared.schedule import HANDS


def _frame_scale(frame: np.ndarray, values: int = 3) -> np.ndarray:
    """Pixels per unit of a record's x, y and z, and 1 for other values of a point."""
    height, width = frame.shape[:2]
    return _scale(height, width, values)


@lru_cache(maxsize=8)
def _scale(height: int, width: int, values: int) -> np.ndarray:
    return np.array((width, height, width, 1, 1)[:values], np.float64)


def bodies(frame: np.ndarray, record: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """All people with a pose: track id, section, and pose (33, 5) with x, y and z in pixels."""
    scale = _frame_scale(frame, layout.POSE_VALUES)
    for person in records.people(record):
        if records.found(person, "pose"):
            yield int(person[layout.PERSON_ID]), person, records.pose_points(person) * scale


def everybody(record: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Track id and section of all people that a record has room for, found or not."""
    for person in records.people(record):
        yield int(person[layout.PERSON_ID]), person


def hands(frame: np.ndarray, record: np.ndarray) -> list[np.ndarray]:
    """The (21, 3) points in pixels of all hands that a record has."""
    return [
        records.hand_points(person, side) * _frame_scale(frame)
        for person in records.people(record)
        for side in HANDS
        if records.found(person, side)
    ]


def write_pose(frame: np.ndarray, person: np.ndarray, pose: PoseEstimate) -> None:
    """Write a pose with points in pixels into a person's section."""
    records.section(person, "pose")[records.SCORE] = pose.score
    records.pose_points(person)[:] = pose.points / _frame_scale(frame, layout.POSE_VALUES)
    records.pose_world(person)[:] = pose.world


def write_face(
    frame: np.ndarray,
    person: np.ndarray,
    score: float,
    points: np.ndarray,
    blendshapes: np.ndarray | None = None,
) -> None:
    """Write a face with (468 or 478, 3) points in pixels into a person's section."""
    records.section(person, "face")[records.SCORE] = score
    records.face_and_irises(person)[: len(points)] = points / _frame_scale(frame)
    if blendshapes is not None:
        records.blendshapes(person)[:] = blendshapes


def write_hand(frame: np.ndarray, person: np.ndarray, side: str, hand: HandEstimate) -> None:
    """Write a hand with (21, 3) points in pixels into a person's section.

    A hand whose score is 0 is one that is carried on.
    """
    section = records.section(person, side)
    section[records.SCORE] = hand.score
    section[layout.HAND_PREDICTED] = hand.score == 0
    section[layout.HAND_HANDEDNESS] = hand.left
    records.hand_points(person, side)[:] = hand.points / _frame_scale(frame)
    records.hand_world(person, side)[:] = hand.world
