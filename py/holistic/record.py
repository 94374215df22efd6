"""Reading and writing a frame's record, the flat array that stages and page share.

``layout`` says where everything is; here are the named views of it. A record is float32
(RECORD_FLOATS,). In it x and y run from 0 to 1 across the frame and z is in frame widths; a part
that was not found has the score 0.
"""

from __future__ import annotations

import numpy as np

from holistic import layout

SCORE = 0  # offset of the score in every section


def section(record: np.ndarray, part: str) -> np.ndarray:
    """The part's section: its score and then its numbers."""
    start, end = layout.SECTIONS[part]
    return record[start:end]


def found(record: np.ndarray, part: str) -> bool:
    """Whether the part was found."""
    return bool(section(record, part)[SCORE] > 0)


def pose_points(record: np.ndarray) -> np.ndarray:
    """(33, 5): x, y, z, visibility, presence."""
    return record[layout.POSE_LANDMARKS : layout.POSE_WORLD].reshape(-1, layout.POSE_VALUES)


def pose_world(record: np.ndarray) -> np.ndarray:
    """(33, 3) in metres."""
    return record[layout.POSE_WORLD : layout.FACE].reshape(-1, 3)


def face_points(record: np.ndarray) -> np.ndarray:
    """(468, 3)."""
    return record[layout.FACE_LANDMARKS : layout.LEFT_HAND].reshape(-1, 3)


def hand_points(record: np.ndarray, side: str) -> np.ndarray:
    """(21, 3) of "left_hand" or "right_hand"."""
    return section(record, side)[layout.HAND_LANDMARKS : layout.HAND_WORLD].reshape(-1, 3)


def hand_world(record: np.ndarray, side: str) -> np.ndarray:
    """(21, 3) in metres."""
    return section(record, side)[layout.HAND_WORLD :].reshape(-1, 3)


def times(record: np.ndarray, part: str) -> np.ndarray:
    """(3,) milliseconds that the part took: in all, in warps, in networks."""
    start = layout.TIMES + layout.PARTS.index(part) * layout.TIME_VALUES
    return record[start : start + layout.TIME_VALUES]
