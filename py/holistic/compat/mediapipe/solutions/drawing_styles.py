"""The styles that MediaPipe's examples draw with: a specification for each point or line."""

from __future__ import annotations

from collections.abc import Iterable

from holistic.compat.mediapipe import topology
from holistic.compat.mediapipe.solutions.drawing_utils import DrawingSpec
from holistic.shared.landmarks import POSE

LineStyle = dict[tuple[int, int], DrawingSpec]
PointStyle = dict[int, DrawingSpec]

_RED, _GREEN, _BLUE = (48, 48, 255), (48, 255, 48), (192, 101, 21)
_YELLOW, _PURPLE, _PEACH = (0, 204, 255), (128, 64, 128), (180, 229, 255)
_CYAN, _MAGENTA = (192, 255, 48), (192, 48, 255)
_GRAY, _WHITE = (128, 128, 128), (224, 224, 224)
_LEFT_BODY, _RIGHT_BODY = (0, 138, 255), (231, 217, 0)

_FINGERS = (_PEACH, _PURPLE, _YELLOW, _GREEN, _BLUE)  # thumb to little finger


def _lines(
    groups: Iterable[tuple[topology.Connections, tuple[int, int, int]]], thickness: int
) -> LineStyle:
    return {
        connection: DrawingSpec(color, thickness)
        for connections, color in groups
        for connection in connections
    }


def get_default_hand_landmarks_style() -> PointStyle:
    """The palm red, and a colour for each finger."""
    dots = {point: DrawingSpec(_RED, -1, 5) for point in (0, 1, 5, 9, 13, 17)}
    for finger, color in enumerate(_FINGERS):
        first = 2 + 4 * finger
        dots |= {point: DrawingSpec(color, -1, 5) for point in range(first, first + 3)}
    return dots


def get_default_hand_connections_style() -> LineStyle:
    """The palm grey and thick, and a colour for each finger."""
    fingers = (
        topology.HAND_THUMB_CONNECTIONS,
        topology.HAND_INDEX_FINGER_CONNECTIONS,
        topology.HAND_MIDDLE_FINGER_CONNECTIONS,
        topology.HAND_RING_FINGER_CONNECTIONS,
        topology.HAND_PINKY_FINGER_CONNECTIONS,
    )
    palm = _lines([(topology.HAND_PALM_CONNECTIONS, _GRAY)], 3)
    return palm | _lines(zip(fingers, _FINGERS, strict=True), 2)


def get_default_face_mesh_contours_style(i: int = 0) -> LineStyle:
    """The left side green and the right side red, or, with ``i`` 1, a colour for each part."""
    lips, eye, brow, other_eye, other_brow = (
        (_BLUE, _CYAN, _GREEN, _MAGENTA, _RED) if i == 1 else (_WHITE, _GREEN, _GREEN, _RED, _RED)
    )
    groups = [
        (topology.FACEMESH_LIPS, lips),
        (topology.FACEMESH_LEFT_EYE, eye),
        (topology.FACEMESH_LEFT_EYEBROW, brow),
        (topology.FACEMESH_RIGHT_EYE, other_eye),
        (topology.FACEMESH_RIGHT_EYEBROW, other_brow),
        (topology.FACEMESH_FACE_OVAL, _WHITE),
    ]
    if i == 1:
        groups.append((topology.FACEMESH_NOSE, _YELLOW))
    return _lines(groups, 2)


def get_default_face_mesh_tesselation_style() -> DrawingSpec:
    """Thin and grey."""
    return DrawingSpec(_GRAY, 1)


def get_default_face_mesh_iris_connections_style() -> LineStyle:
    """The left iris green, the right one red."""
    left, right = topology.FACEMESH_LEFT_IRIS, topology.FACEMESH_RIGHT_IRIS
    return _lines([(left, _GREEN), (right, _RED)], 2)


def get_default_pose_landmarks_style() -> PointStyle:
    """The left side orange, the right side blue, the nose white."""
    colors = [_LEFT_BODY if "left" in name else _RIGHT_BODY for name in POSE]
    colors[0] = _WHITE
    return {point: DrawingSpec(color) for point, color in enumerate(colors)}
