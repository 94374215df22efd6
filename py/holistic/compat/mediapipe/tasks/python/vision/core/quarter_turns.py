"""Pictures that lie on their side or upside down, and what is found in them, turned back.

A quarter turn is clockwise, and its count is taken modulo four.
"""

from __future__ import annotations

import numpy as np

_BACK = (
    np.array(((1.0, 0.0), (0.0, 1.0))),
    np.array(((0.0, -1.0), (1.0, 0.0))),
    np.array(((-1.0, 0.0), (0.0, -1.0))),
    np.array(((0.0, 1.0), (-1.0, 0.0))),
)
"""By quarter turns: what takes row vectors (x to the right, y down) of the turned picture back."""


def quarter_turns(rotation_degrees: int) -> int:
    """How many quarter turns a rotation is; raises ValueError where it is not a whole number."""
    if rotation_degrees % 90:
        raise ValueError(f"Expected rotation to be a multiple of 90°, not {rotation_degrees}.")
    return int(rotation_degrees // 90) % 4


def turned(picture: np.ndarray, turns: int) -> np.ndarray:
    """The picture (H, W, ...) after clockwise quarter turns; negative ones turn it back."""
    return np.ascontiguousarray(np.rot90(picture, -turns)) if turns else picture


def image_points_back(points: np.ndarray, turns: int, width: int, height: int) -> np.ndarray:
    """Image landmarks (n, 3 or more) of a turned picture in the picture as it came.

    x and y go from 0 to 1, z is in picture widths; ``width`` and ``height`` are those of the
    picture as it came.
    """
    if not turns:
        return points
    back = points.copy()
    back[:, :2] = (points[:, :2] - 0.5) @ _BACK[turns] + 0.5
    if turns % 2:
        back[:, 2] *= height / width
    return back


def world_points_back(points: np.ndarray, turns: int) -> np.ndarray:
    """World landmarks (n, 3) of a turned picture along the axes of the picture as it came."""
    if not turns:
        return points
    back = points.copy()
    back[:, :2] = points[:, :2] @ _BACK[turns]
    return back
