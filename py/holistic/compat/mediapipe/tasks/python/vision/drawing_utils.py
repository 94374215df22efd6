"""Drawing what the landmarkers find, as in MediaPipe's solutions, and a head's axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from holistic.compat.mediapipe import messages
from holistic.compat.mediapipe.results import Message
from holistic.compat.mediapipe.solutions import drawing_utils as solutions
from holistic.compat.mediapipe.solutions.drawing_utils import (
    BLACK_COLOR,
    BLUE_COLOR,
    GREEN_COLOR,
    RED_COLOR,
    WHITE_COLOR,
    DrawingSpec,
    draw_axis,
)
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.vision.core.connections import Connection

__all__ = [
    "BLACK_COLOR",
    "BLUE_COLOR",
    "GREEN_COLOR",
    "RED_COLOR",
    "WHITE_COLOR",
    "DrawingSpec",
    "draw_axis",
    "draw_landmarks",
    "plot_landmarks",
]


def _message(landmark: Landmark | NormalizedLandmark) -> Message:
    """The landmark of a solution; what is hardly visible or present is hardly visible there."""
    x, y, z = (value or 0.0 for value in (landmark.x, landmark.y, landmark.z))
    given = [value for value in (landmark.visibility, landmark.presence) if value is not None]
    message = messages.NormalizedLandmark(x=x, y=y, z=z)
    if given:
        message.visibility = min(given)
    return message


def _messages(landmarks: Iterable[Landmark | NormalizedLandmark]) -> Message:
    return messages.NormalizedLandmarkList(landmark=[_message(each) for each in landmarks])


def _pairs(
    connections: Iterable[Connection | tuple[int, int]] | None,
) -> list[tuple[int, int]] | None:
    """Lines as pairs of points."""
    if connections is None:
        return None
    return [
        (each.start, each.end) if isinstance(each, Connection) else (each[0], each[1])
        for each in connections
    ]


def draw_landmarks(
    image: np.ndarray,
    landmark_list: Sequence[NormalizedLandmark],
    connections: Iterable[Connection | tuple[int, int]] | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = DrawingSpec(  # noqa: B008
        color=RED_COLOR
    ),
    connection_drawing_spec: (
        DrawingSpec | Mapping[tuple[int, int], DrawingSpec] | None
    ) = DrawingSpec(),  # noqa: B008
    is_drawing_landmarks: bool = True,
) -> None:
    """Draw lines, then points, into a picture (H, W, 3), in place.

    Points that are hardly visible or outside of the picture are left out. A specification is for
    all points or lines, or one for each; without one they are not drawn. An empty list draws
    nothing.

    Raises:
        ValueError: the picture has not three channels, or a line ends at no point.
    """
    if not landmark_list:
        return
    solutions.draw_landmarks(
        image,
        _messages(landmark_list),
        _pairs(connections),
        landmark_drawing_spec,
        connection_drawing_spec,
        is_drawing_landmarks,
    )


def plot_landmarks(
    landmark_list: Sequence[Landmark | NormalizedLandmark],
    connections: Iterable[Connection | tuple[int, int]] | None = None,
    landmark_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR, thickness=5),  # noqa: B008
    connection_drawing_spec: DrawingSpec = DrawingSpec(  # noqa: B008
        color=BLACK_COLOR, thickness=5
    ),
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Show landmarks and lines in three dimensions, by matplotlib, and wait as it does.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: a line ends at no point.
    """
    if not landmark_list:
        return
    solutions.plot_landmarks(
        _messages(landmark_list),
        _pairs(connections),
        landmark_drawing_spec,
        connection_drawing_spec,
        elevation,
        azimuth,
    )
