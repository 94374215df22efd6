"""The points' names as enums, and the lines between points as sets of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise

from holistic.shared.connections import BODY, FACE, HAND
from holistic.shared.landmarks import FACE_REGIONS
from holistic.shared.landmarks import HAND as HAND_NAMES
from holistic.shared.landmarks import POSE as POSE_NAMES

Connections = frozenset[tuple[int, int]]


def _enum(title: str, names: Sequence[str]) -> type[IntEnum]:
    members = {name.upper(): index for index, name in enumerate(names)}
    return IntEnum(title, members)  # type: ignore[return-value]


def _pairs(ends: Sequence[int]) -> Connections:
    return frozenset(zip(ends[::2], ends[1::2], strict=True))


def _chain(points: Sequence[int]) -> Connections:
    return frozenset(pairwise(points))


def _loop(region: str) -> Connections:
    points = FACE_REGIONS[region]
    return _chain((*points, points[0]))


def _corner_to_corner(region: str) -> Connections:
    points = FACE_REGIONS[region]  # from one corner along the lower edge to the other, and back
    other = len(points) // 2
    return _chain(points[: other + 1]) | _chain((points[0], *points[: other - 1 : -1]))


def _brow(region: str) -> Connections:
    points = FACE_REGIONS[region]  # its lower edge outwards in, then its upper one inwards out
    return _chain(points[:5]) | _chain(points[:4:-1])


PoseLandmark = _enum("PoseLandmark", POSE_NAMES)
HandLandmark = _enum("HandLandmark", HAND_NAMES)

POSE_CONNECTIONS: Connections = frozenset((min(pair), max(pair)) for pair in _pairs(BODY))

HAND_PALM_CONNECTIONS: Connections = frozenset(((0, 1), (0, 5), (9, 13), (13, 17), (5, 9), (0, 17)))
HAND_THUMB_CONNECTIONS = _chain((1, 2, 3, 4))
HAND_INDEX_FINGER_CONNECTIONS = _chain((5, 6, 7, 8))
HAND_MIDDLE_FINGER_CONNECTIONS = _chain((9, 10, 11, 12))
HAND_RING_FINGER_CONNECTIONS = _chain((13, 14, 15, 16))
HAND_PINKY_FINGER_CONNECTIONS = _chain((17, 18, 19, 20))
HAND_CONNECTIONS = _pairs(HAND)

FACEMESH_LIPS = _corner_to_corner("lips_outer") | _corner_to_corner("lips_inner")
FACEMESH_LEFT_EYE = _corner_to_corner("left_eye_contour")
FACEMESH_RIGHT_EYE = _corner_to_corner("right_eye_contour")
FACEMESH_LEFT_EYEBROW = _brow("left_eyebrow")
FACEMESH_RIGHT_EYEBROW = _brow("right_eyebrow")
FACEMESH_LEFT_IRIS = _loop("left_iris_contour")
FACEMESH_RIGHT_IRIS = _loop("right_iris_contour")
FACEMESH_IRISES = FACEMESH_LEFT_IRIS | FACEMESH_RIGHT_IRIS
FACEMESH_FACE_OVAL = _loop("face_oval")
FACEMESH_NOSE = _chain((168, 6, 197, 195, 5, 4, 1, 19, 94, 2)) | _chain(
    (98, 97, 2, 326, 327, 294, 278, 344, 440, 275, 4, 45, 220, 115, 48, 64, 98)
)
FACEMESH_CONTOURS = (
    FACEMESH_LIPS
    | FACEMESH_LEFT_EYE
    | FACEMESH_LEFT_EYEBROW
    | FACEMESH_RIGHT_EYE
    | FACEMESH_RIGHT_EYEBROW
    | FACEMESH_FACE_OVAL
)
FACE_CONNECTIONS = FACEMESH_CONTOURS
"""What MediaPipe called it before 0.8.8, and tutorials do to this day."""
FACEMESH_TESSELATION = _pairs(FACE)
"""Every edge of the mesh once (MediaPipe has most of them in both directions)."""
FACEMESH_NUM_LANDMARKS = 468
FACEMESH_NUM_LANDMARKS_WITH_IRISES = 478
