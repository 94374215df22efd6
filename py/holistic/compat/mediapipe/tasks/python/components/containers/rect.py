"""Rectangles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Rect:
    """A rectangle in pixels, from the picture's top left corner."""

    left: int
    top: int
    bottom: int
    right: int


@dataclass
class RectF:
    """A rectangle, from 0 to 1 across the picture."""

    left: float
    top: float
    bottom: float
    right: float


@dataclass
class NormalizedRect:
    """A turned rectangle, from 0 to 1 across the picture; ``rotation`` is clockwise, in radians."""

    x_center: float
    y_center: float
    width: float
    height: float
    rotation: float | None = 0.0
    rect_id: int | None = None
