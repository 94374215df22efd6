"""Drawing what was found into BGR pictures, and landmarks into three dimensions by matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isclose
from typing import Any, TypeVar

import numpy as np

from holistic.compat.mediapipe.messages import LocationData
from holistic.compat.mediapipe.pens import Color, Pixel, pen
from holistic.compat.mediapipe.results import Message

WHITE_COLOR = (224, 224, 224)
BLACK_COLOR = (0, 0, 0)
RED_COLOR = (0, 0, 255)
GREEN_COLOR = (0, 128, 0)
BLUE_COLOR = (255, 0, 0)

Position = TypeVar("Position")

_LEAST = 0.5  # visibility and presence of points that are drawn


@dataclass
class DrawingSpec:
    """Colour (BGR), line thickness (-1 fills) and radius in pixels of what is drawn."""

    color: Color = WHITE_COLOR
    thickness: int = 2
    circle_radius: int = 2


def _visible(landmark: Message) -> bool:
    return all(
        getattr(landmark, name) >= _LEAST
        for name in ("visibility", "presence")
        if landmark.HasField(name)
    )


def _normalized_to_pixel_coordinates(
    normalized_x: float, normalized_y: float, image_width: int, image_height: int
) -> Pixel | None:
    """The pixel at fractions of a picture, or None outside of it."""
    if not all(
        0 <= value <= 1 or isclose(value, 0) or isclose(value, 1)
        for value in (normalized_x, normalized_y)
    ):
        return None
    return (
        min(floor(normalized_x * image_width), image_width - 1),
        min(floor(normalized_y * image_height), image_height - 1),
    )


def _pixel(landmark: Message, width: int, height: int) -> Pixel | None:
    """The pixel of a landmark, or None where it is not to be drawn."""
    if not _visible(landmark):
        return None
    return _normalized_to_pixel_coordinates(landmark.x, landmark.y, width, height)


def _check_bgr(image: np.ndarray) -> None:
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("Input image must contain three channel bgr data.")


def draw_detection(
    image: np.ndarray,
    detection: Message,
    keypoint_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR),  # noqa: B008
    bbox_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw a detection's points and box into a picture (H, W, 3), in place.

    Points outside of the picture are left out; a box that is partly outside ends at its border.

    Raises:
        ValueError: the picture has not three channels, or the detection is not in fractions of it.
    """
    location = detection.location_data
    _check_bgr(image)
    if location.format != LocationData.RELATIVE_BOUNDING_BOX:
        raise ValueError("LocationData must be relative for this drawing function to work.")
    height, width = image.shape[:2]
    dot = keypoint_drawing_spec
    with pen(image) as drawing:
        for point in location.relative_keypoints:
            position = _normalized_to_pixel_coordinates(point.x, point.y, width, height)
            if position:
                drawing.circle(position, dot.circle_radius, dot.color, dot.thickness)
        if location.HasField("relative_bounding_box"):
            box = location.relative_bounding_box
            near = _inside(box.xmin, box.ymin, width, height)
            far = _inside(box.xmin + box.width, box.ymin + box.height, width, height)
            drawing.rectangle(near, far, bbox_drawing_spec.color, bbox_drawing_spec.thickness)


def _inside(x: float, y: float, width: int, height: int) -> Pixel:
    """The pixel of the picture that is nearest to these fractions of it."""
    return (
        min(max(floor(x * width), 0), width - 1),
        min(max(floor(y * height), 0), height - 1),
    )


def draw_axis(
    image: np.ndarray,
    rotation: np.ndarray,
    translation: np.ndarray,
    focal_length: tuple[float, float] = (1.0, 1.0),
    principal_point: tuple[float, float] = (0.0, 0.0),
    axis_length: float = 0.1,
    axis_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw the axes of an object, x red, y green and z blue, into a picture, in place.

    ``rotation`` is (3, 3) and ``translation`` (3,), from the object to a camera that looks along
    -z; ``focal_length`` and ``principal_point`` are in half widths and half heights.

    Raises:
        ValueError: the picture has not three channels.
    """
    _check_bgr(image)
    ends = np.vstack((np.zeros(3), axis_length * np.eye(3)))
    x, y, z = rotation @ ends.T + np.asarray(translation)[:, None]
    away = z + 1e-5  # never 0
    across = (-focal_length[0] * x / away + principal_point[0]).clip(-1, 1)
    up = (-focal_length[1] * y / away + principal_point[1]).clip(-1, 1)
    height, width = image.shape[:2]
    columns = ((1 + across) * width / 2).astype(int).tolist()
    rows = ((1 - up) * height / 2).astype(int).tolist()
    origin, *tips = zip(columns, rows, strict=True)
    with pen(image) as drawing:
        for tip, color in zip(tips, (RED_COLOR, GREEN_COLOR, BLUE_COLOR), strict=True):
            drawing.arrow(origin, tip, color, axis_drawing_spec.thickness)


def draw_landmarks(
    image: np.ndarray,
    landmark_list: Message | None,
    connections: Iterable[tuple[int, int]] | None = None,
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
    all points or lines, or one for each; without one they are not drawn. None for the landmarks
    draws nothing, so that results can be handed on as they are.

    Raises:
        ValueError: the picture has not three channels, or a line ends at no point.
    """
    if not landmark_list:
        return
    _check_bgr(image)
    height, width = image.shape[:2]
    positions = [_pixel(landmark, width, height) for landmark in landmark_list.landmark]
    with pen(image) as drawing:
        for connection in connections or ():
            start, end = _ends(connection, positions)
            if start and end and connection_drawing_spec:
                line = _of(connection_drawing_spec, connection)
                drawing.line(start, end, line.color, line.thickness)
        if not (is_drawing_landmarks and landmark_drawing_spec):
            return
        for index, position in enumerate(positions):
            if position:
                dot = _of(landmark_drawing_spec, index)
                border = max(dot.circle_radius + 1, int(dot.circle_radius * 1.2))
                drawing.circle(position, border, WHITE_COLOR, dot.thickness)
                drawing.circle(position, dot.circle_radius, dot.color, dot.thickness)


def plot_landmarks(
    landmark_list: Message | None,
    connections: Iterable[tuple[int, int]] | None = None,
    landmark_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR, thickness=5),  # noqa: B008
    connection_drawing_spec: DrawingSpec = DrawingSpec(  # noqa: B008
        color=BLACK_COLOR, thickness=5
    ),
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Show landmarks and lines in three dimensions, by matplotlib, and wait as it does.

    Points that are hardly visible are left out. None for the landmarks shows nothing.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: a line ends at no point.
    """
    if not landmark_list:
        return
    try:
        from matplotlib import pyplot  # noqa: PLC0415 - nothing else needs it
    except ImportError as error:
        raise ImportError("plot_landmarks needs matplotlib: pip install matplotlib") from error
    landmarks = landmark_list.landmark
    # The plot's axes: into the picture, to the right, and up.
    positions = [(-each.z, each.x, -each.y) if _visible(each) else None for each in landmarks]
    pyplot.figure(figsize=(10, 10))
    axes: Any = pyplot.axes(projection="3d")  # Axes3D, which its types do not tell
    axes.view_init(elev=elevation, azim=azimuth)
    for position in filter(None, positions):
        axes.scatter3D(
            *([value] for value in position),
            color=_plotted(landmark_drawing_spec.color),
            linewidth=landmark_drawing_spec.thickness,
        )
    for connection in connections or ():
        start, end = _ends(connection, positions)
        if start and end:
            axes.plot3D(
                *zip(start, end, strict=True),
                color=_plotted(connection_drawing_spec.color),
                linewidth=connection_drawing_spec.thickness,
            )
    pyplot.show()


def _plotted(bgr: tuple[int, int, int]) -> tuple[float, ...]:
    """A colour as matplotlib has it."""
    return tuple(value / 255 for value in reversed(bgr))


def _ends(connection: tuple[int, int], positions: Sequence[Position]) -> tuple[Position, Position]:
    """Where a line begins and ends."""
    if not all(0 <= end < len(positions) for end in connection):
        raise ValueError(
            f"Landmark index is out of range: the connection {tuple(connection)} does not fit "
            f"{len(positions)} landmarks."
        )
    return positions[connection[0]], positions[connection[1]]


def _of(
    spec: DrawingSpec | Mapping[int, DrawingSpec] | Mapping[tuple[int, int], DrawingSpec],
    key: int | tuple[int, int],
) -> DrawingSpec:
    return spec[key] if isinstance(spec, Mapping) else spec  # type: ignore[index]
