"""Drawing landmarks into BGR pictures by Pillow, and into three dimensions by matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, TypeVar

import numpy as np

from holistic.compat.mediapipe.messages import Landmark, LandmarkList

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

    color: tuple[int, int, int] = WHITE_COLOR
    thickness: int = 2
    circle_radius: int = 2


def _visible(landmark: Landmark) -> bool:
    return all(
        getattr(landmark, name) >= _LEAST
        for name in ("visibility", "presence")
        if landmark.HasField(name)
    )


def _pixel(landmark: Landmark, width: int, height: int) -> tuple[int, int] | None:
    """The pixel of a landmark, or None where it is not to be drawn."""
    if not _visible(landmark):
        return None
    if not (0 <= landmark.x <= 1 and 0 <= landmark.y <= 1):
        return None
    return min(floor(landmark.x * width), width - 1), min(floor(landmark.y * height), height - 1)


def draw_landmarks(
    image: np.ndarray,
    landmark_list: LandmarkList | None,
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
    from PIL import Image, ImageDraw  # noqa: PLC0415 - Pyodide's other solutions have no Pillow

    if not landmark_list:
        return
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("Input image must contain three channel bgr data.")
    height, width = image.shape[:2]
    positions = [_pixel(landmark, width, height) for landmark in landmark_list.landmark]
    picture = Image.fromarray(image)
    pen = ImageDraw.Draw(picture)
    for connection in connections or ():
        start, end = _ends(connection, positions)
        if start and end and connection_drawing_spec:
            line = _of(connection_drawing_spec, connection)
            pen.line((*start, *end), tuple(line.color), line.thickness)
    if is_drawing_landmarks and landmark_drawing_spec:
        for index, position in enumerate(positions):
            if position:
                dot = _of(landmark_drawing_spec, index)
                border = max(dot.circle_radius + 1, int(dot.circle_radius * 1.2))
                _circle(pen, position, border, WHITE_COLOR, dot.thickness)
                _circle(pen, position, dot.circle_radius, dot.color, dot.thickness)
    image[:] = np.asarray(picture)


def _circle(
    pen: Any, position: tuple[int, int], radius: int, color: tuple[int, ...], thickness: int
) -> None:
    """A circle whose line lies to both sides of the radius; a negative thickness fills it.

    A line that is as thick as the circle leaves no hole.
    """
    filled = thickness < 0 or radius <= thickness
    reach = radius + max(thickness, 0) // 2
    x, y = position
    pen.ellipse(
        (x - reach, y - reach, x + reach, y + reach),
        fill=tuple(color) if filled else None,
        outline=tuple(color),
        width=max(thickness, 1),
    )


def plot_landmarks(
    landmark_list: LandmarkList | None,
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
