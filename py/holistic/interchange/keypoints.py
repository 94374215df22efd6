"""Pose and hands as one list of key points in pixels, as animal trackers keep them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.interchange import tracks
from holistic.results import tables
from holistic.results.readers import Recording
from holistic.shared import landmarks
from holistic.shared.connections import BODY, HAND

PARTS = ("pose", "left_hand", "right_hand")
"""What the list holds; a face's mesh would make ten thousand columns of a table."""

NAMES = (
    *landmarks.POSE,
    *(f"left_hand_{name}" for name in landmarks.HAND),
    *(f"right_hand_{name}" for name in landmarks.HAND),
)
"""The 75 points' names."""

_STARTS = (0, len(landmarks.POSE), len(landmarks.POSE) + len(landmarks.HAND))
LINES = np.concatenate(
    [
        np.reshape(ends, (-1, 2)) + start
        for ends, start in zip((BODY, HAND, HAND), _STARTS, strict=True)
    ]
)
"""(lines, 2): the points that a line joins."""


class Keypoints(NamedTuple):
    """All people's key points.

    Attributes:
        ids: the people's track ids.
        xy: (frames, people, 75, 2) in pixels, NaN where a part is absent.
        likelihood: (frames, people, 75), 0 to 1, NaN where a part is absent: a pose point's
            visibility, and 1 for a hand's points.
    """

    ids: list[int]
    xy: np.ndarray
    likelihood: np.ndarray


def keypoints(recording: Recording) -> Keypoints:
    """The key points of a recording.

    Raises:
        ValueError: the frames' size is not known.
    """
    ids, parts = tables.stack(recording.results)
    shape = (len(recording.results), len(ids), len(NAMES))
    xy = np.full((*shape, 2), np.nan, np.float32)
    likelihood = np.full(shape, np.nan, np.float32)
    for part, start in zip(PARTS, _STARTS, strict=True):
        if part in parts:
            values = parts[part]
            rows = slice(start, start + values.shape[2])
            xy[:, :, rows] = values[..., :2] * tracks.size(recording)
            absent = np.isnan(values[..., 0])
            sure = values[..., 3] if part == "pose" else np.float32(1)
            likelihood[:, :, rows] = np.where(absent, np.nan, sure)
    return Keypoints(ids, xy, likelihood)
