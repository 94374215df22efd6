"""Where a person's hips are, as far as one camera tells."""

from __future__ import annotations

import numpy as np

from holistic.motion.body import AXES, VISIBLE
from holistic.results.result import Person
from holistic.shared import landmarks

FOCAL_LENGTH = 1.0
"""In longer sides of the frame: that of a camera that sees 53 degrees, as many webcams."""

_TRUNK = [
    landmarks.POSE.index(f"{side}_{name}")
    for name in ("shoulder", "hip", "ear")
    for side in ("left", "right")
]
_HIPS = [landmarks.POSE.index(f"{side}_hip") for side in ("left", "right")]


def hips_position(person: Person, width: int, height: int) -> np.ndarray:
    """(3,) metres from the camera to the left, up and to the camera; NaN where it is not known.

    The pose in metres beside the pose in pixels tells how large a pixel is where the person
    stands, and so how far away that is. Towards the camera it is rough, and a camera of another
    focal length makes it longer or shorter.
    """
    if person.pose is None or person.pose_world is None:
        return np.full(3, np.nan)
    pixels = person.pose.pixels(width, height)
    rows = [row for row in _TRUNK if person.pose.visibility[row] >= VISIBLE]
    if len(rows) < 3:
        return np.full(3, np.nan)
    size = float(np.ptp(pixels[rows, :2], axis=0).max())
    metres = float(np.hypot(*person.pose_world[rows, :2].std(axis=0)))
    spread = float(np.hypot(*pixels[rows, :2].std(axis=0)))
    if not (size > 1 and metres > 0):
        return np.full(3, np.nan)
    metres_a_pixel = metres / spread
    x, y = pixels[_HIPS, :2].mean(axis=0) - (width / 2, height / 2)
    distance = FOCAL_LENGTH * max(width, height)
    return np.asarray(np.array((x, y, distance)) * metres_a_pixel * AXES)
