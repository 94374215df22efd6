"""Drawing figures into pictures: with OpenCV where it is installed, as MediaPipe does, or Pillow.

Both draw the same figures; OpenCV draws them pixel for pixel as MediaPipe's users know them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import atan2, cos, hypot, pi, sin
from typing import Any, Protocol

import numpy as np

Pixel = tuple[int, int]
Color = tuple[int, int, int]

_TIP = 0.1  # of an arrow's length


class Pen(Protocol):
    """Draws in one picture; a negative thickness fills circles and rectangles."""

    def line(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        """A line."""

    def arrow(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        """A line with a tip at its end."""

    def circle(self, centre: Pixel, radius: int, color: Color, thickness: int) -> None:
        """A circle."""

    def rectangle(self, corner: Pixel, opposite: Pixel, color: Color, thickness: int) -> None:
        """An upright rectangle."""


@contextmanager
def pen(image: np.ndarray) -> Iterator[Pen]:
    """A pen for a picture (H, W, 3), uint8; what it drew is in the picture at the end."""
    canvas = np.ascontiguousarray(image)
    try:
        import cv2  # noqa: PLC0415 - perhaps it is not there
    except ImportError:
        pillow = _PillowPen(canvas)
        yield pillow
        image[:] = pillow.picture
    else:
        yield _OpenCvPen(cv2, canvas)
        if canvas is not image:
            image[:] = canvas


class _OpenCvPen:
    def __init__(self, cv2: Any, image: np.ndarray) -> None:
        self._cv2 = cv2
        self._image = image

    def line(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        self._cv2.line(self._image, start, end, color, thickness)

    def arrow(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        self._cv2.arrowedLine(self._image, start, end, color, thickness, tipLength=_TIP)

    def circle(self, centre: Pixel, radius: int, color: Color, thickness: int) -> None:
        self._cv2.circle(self._image, centre, radius, color, thickness)

    def rectangle(self, corner: Pixel, opposite: Pixel, color: Color, thickness: int) -> None:
        self._cv2.rectangle(self._image, corner, opposite, color, thickness)


class _PillowPen:
    def __init__(self, image: np.ndarray) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - Pyodide's other solutions have no Pillow

        self.picture = Image.fromarray(image)
        self._draw = ImageDraw.Draw(self.picture)

    def line(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        self._draw.line((*start, *end), tuple(color), thickness)

    def arrow(self, start: Pixel, end: Pixel, color: Color, thickness: int) -> None:
        self.line(start, end, color, thickness)
        (x, y), back = end, atan2(start[1] - end[1], start[0] - end[0])
        size = _TIP * hypot(start[0] - end[0], start[1] - end[1])
        for angle in (back + pi / 4, back - pi / 4):
            side = (round(x + size * cos(angle)), round(y + size * sin(angle)))
            self.line(side, end, color, thickness)

    def circle(self, centre: Pixel, radius: int, color: Color, thickness: int) -> None:
        # The line lies to both sides of the radius; one as thick as the circle leaves no hole.
        filled = thickness < 0 or radius <= thickness
        reach = radius + max(thickness, 0) // 2
        x, y = centre
        self._draw.ellipse(
            (x - reach, y - reach, x + reach, y + reach),
            fill=tuple(color) if filled else None,
            outline=tuple(color),
            width=max(thickness, 1),
        )

    def rectangle(self, corner: Pixel, opposite: Pixel, color: Color, thickness: int) -> None:
        half = max(thickness, 0) // 2
        left, right = sorted((corner[0], opposite[0]))
        top, bottom = sorted((corner[1], opposite[1]))
        self._draw.rectangle(
            (left - half, top - half, right + half, bottom + half),
            fill=tuple(color) if thickness < 0 else None,
            outline=tuple(color),
            width=max(thickness, 1),
        )
