"""Decoded frames of a video as a page's ``<video>`` shows them.

Turned and mirrored by the display matrix, with square pixels, on white, in the colours that the
file tells (matrix and range).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from holistic.batch.orientation import upright

_HIGH = 720  # rows from which colours that nothing is told of are those of HDTV


def shown(frame: Any, aspect: Fraction | None) -> np.ndarray:
    """A frame of PyAV as it is shown: RGB (H, W, 3), uint8, upright.

    ``aspect`` is the width of its pixels by their height, None where the file does not tell it.
    """
    matrix = _display_matrix(frame)
    width, height = _square(frame, aspect or Fraction(1))
    told = frame.colorspace not in (2, 3)  # unspecified, reserved
    guess = "ITU709" if frame.height >= _HIGH else "ITU601"
    alpha = any(component.is_alpha for component in frame.format.components)
    picture: np.ndarray = frame.reformat(
        width=width,
        height=height,
        format="rgba" if alpha else "rgb24",
        src_colorspace=None if told or frame.format.is_rgb else guess,
        interpolation="BICUBIC",
    ).to_ndarray()
    if alpha:
        opacity = picture[..., 3:] / np.float32(255)
        white = picture[..., :3] * opacity + 255 * (1 - opacity)
        picture = white.round().astype(np.uint8)
    return picture if matrix is None else upright(picture, matrix)


def _square(frame: Any, aspect: Fraction) -> tuple[int, int]:
    """Width and height where pixels are square: browsers enlarge one side."""
    if aspect > 1:
        return round(frame.width * aspect), frame.height
    if 0 < aspect < 1:
        return frame.width, round(frame.height / aspect)
    return frame.width, frame.height


def _display_matrix(frame: Any) -> np.ndarray | None:
    """The (2, 2) part of the display matrix that turns and mirrors, None if there is none."""
    try:
        content = bytes(frame.side_data["DISPLAYMATRIX"])
    except KeyError:
        return None
    return np.frombuffer(content, "<i4").reshape(3, 3)[:2, :2] / 65536.0
