"""Regions of interest and the plane geometry around them.

A region is a rotated square in frame pixels: what a network gets to see. All functions here work
in pixels, x to the right and y down, so a positive angle turns clockwise on the screen. A single
point or region is plain floats, which for a handful of numbers is much faster than an array; a
landmark list is an array.

The rules are those of MediaPipe's graphs (``detections_to_rects``, ``alignment_points_to_rects``,
``rect_transformation`` and ``landmark_projection`` calculators). MediaPipe keeps rectangles as
fractions of the frame; every rectangle that Holistic uses is a square in pixels, where both
notations give the same landmarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, floor, hypot, pi, sin
from typing import NamedTuple

import numpy as np

UPRIGHT = pi / 2
"""Target angle of an axis that points up in an upright region (hips to shoulders)."""
LEVEL = 0.0
"""Target angle of an axis that points right in an upright region (right eye to left eye)."""
UPSIDE_DOWN = -pi / 2
"""Target angle of an axis that points down in an upright region."""


class Region(NamedTuple):
    """A rotated square: centre and side in pixels, angle in radians."""

    x: float
    y: float
    size: float
    angle: float


def wrapped(angle: float) -> float:
    """``angle`` brought into -pi to pi."""
    return angle - 2 * pi * floor((angle + pi) / (2 * pi))


def axis_angle(start: Sequence[float], end: Sequence[float], target: float) -> float:
    """By how much to turn an upright region so that start -> end has the direction ``target``."""
    return wrapped(target - atan2(start[1] - end[1], end[0] - start[0]))


def roi_from_rect(
    x: float, y: float, width: float, height: float, angle: float, *, scale: float, shift: float
) -> Region:
    """The square region around a rectangle: shifted, then squared, then scaled.

    ``shift`` moves the centre along the rectangle's own y axis, in heights of the rectangle
    before it is squared.
    """
    down = shift * height
    return Region(x - sin(angle) * down, y + cos(angle) * down, max(width, height) * scale, angle)


def roi_from_alignment_points(
    centre: Sequence[float],
    tip: Sequence[float],
    target: float,
    *,
    scale: float,
    shift: float = 0.0,
) -> Region:
    """The region around ``centre`` that reaches to ``tip``, before it grows by scale and shift."""
    size = 2 * hypot(tip[0] - centre[0], tip[1] - centre[1])
    angle = axis_angle(centre, tip, target)
    return roi_from_rect(centre[0], centre[1], size, size, angle, scale=scale, shift=shift)


def extent(points: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the (n, 2 or more) ``points``."""
    columns = points[:, :2].T.copy()  # side by side: four times as fast for a face
    left, top = np.minimum.reduce(columns, axis=1).tolist()
    right, bottom = np.maximum.reduce(columns, axis=1).tolist()
    return left, top, right, bottom


def landmark_extent(points: np.ndarray) -> tuple[float, float, float, float]:
    """``extent`` as MediaPipe computes it for landmark lists, where the maxima start at 0.

    It matters only for a part that lies wholly to the left of the frame or above it.
    """
    left, top, right, bottom = extent(points)
    return left, top, max(right, 0.0), max(bottom, 0.0)


def roi_from_box(
    box: tuple[float, float, float, float], angle: float, *, scale: float, shift: float = 0.0
) -> Region:
    """The region around an upright box (left, top, right, bottom), turned by ``angle``."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    return roi_from_rect(x, y, right - left, bottom - top, angle, scale=scale, shift=shift)


def rotation(angle: float) -> np.ndarray:
    """The (2, 2) matrix that turns row vectors by ``angle``."""
    c, s = cos(angle), sin(angle)
    return np.array(((c, s), (-s, c)))


def from_frame_matrix(region: Region, size: int) -> np.ndarray:
    """Where the pixels of a crop come from: a (2, 3) matrix from (u, v, 1) to frame pixels.

    Pixel u of a crop of ``size`` pixels lies at the fraction u / size of the region: MediaPipe
    takes no half pixel on either side.
    """
    step = region.size / size
    half = region.size / 2
    c, s = cos(region.angle), sin(region.angle)
    return np.array(
        (
            (c * step, -s * step, region.x - (c - s) * half),
            (s * step, c * step, region.y - (s + c) * half),
        )
    )


def to_frame(points: np.ndarray, region: Region) -> np.ndarray:
    """Project (n, 2 or 3) points from fractions of the region into frame pixels, z included."""
    c, s = cos(region.angle) * region.size, sin(region.angle) * region.size
    x, y = region.x - (c - s) / 2, region.y - (s + c) / 2
    matrix = np.array(((c, s, 0), (-s, c, 0), (0, 0, region.size)))
    values = points.shape[1]
    return np.asarray(points @ matrix[:values, :values] + (x, y, 0)[:values])


def turned(world: np.ndarray, region: Region) -> np.ndarray:
    """(n, 3) world landmarks, seen upright in the region, turned into the frame's directions."""
    c, s = cos(region.angle), sin(region.angle)
    upright_to_frame = np.array(((c, s, 0), (-s, c, 0), (0, 0, 1)))
    return np.asarray(world @ upright_to_frame)
