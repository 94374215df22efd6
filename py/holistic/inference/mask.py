"""The segmentation mask: where in the frame a person is.

The pose's network gives the mask of its region; here it is brought into the frame and held steady
over time.

Sources: MediaPipe's ``warp_affine`` and ``segmentation_smoothing`` calculators.
"""

from __future__ import annotations

from math import ceil, floor

import numpy as np

from holistic.inference.landmarkers import RegionMask
from holistic.inference.roi import extent, from_frame_matrix

STEADINESS = 0.7
"""How much of the mask before stays where the new one is quite unsure (0.5)."""


def in_frame(mask: RegionMask, height: int, width: int) -> np.ndarray:
    """The mask of a region as a mask of the frame: float32 (height, width).

    It is bilinear, and 0 outside of the region.
    """
    values, region = mask
    size = len(values)
    whole = np.zeros((height, width), np.float32)
    matrix = from_frame_matrix(region, size)
    corners = np.array(((-1, -1, 1), (-1, size, 1), (size, -1, 1), (size, size, 1))) @ matrix.T
    left, top, right, bottom = extent(corners)
    rows = np.arange(max(floor(top), 0), min(ceil(bottom) + 1, height))
    columns = np.arange(max(floor(left), 0), min(ceil(right) + 1, width))
    if not (len(rows) and len(columns)):
        return whole
    back = np.linalg.inv(matrix[:, :2]).astype(np.float32)
    offset = -back @ matrix[:, 2].astype(np.float32)
    x = back[0, 0] * columns + (back[0, 1] * rows + offset[0])[:, None]
    y = back[1, 0] * columns + (back[1, 1] * rows + offset[1])[:, None]
    # A border of zeros lets pixels at the region's edge blend with what is outside.
    padded = np.pad(values.astype(np.float32), 1).ravel()
    x, y = (x + 1).clip(0, size + 0.999), (y + 1).clip(0, size + 0.999)
    column, row = x.astype(np.int32), y.astype(np.int32)
    x -= column
    y -= row
    first = row * (size + 2) + column
    upper = padded[first] * (1 - x) + padded[first + 1] * x
    lower = padded[first + size + 2] * (1 - x) + padded[first + size + 3] * x
    whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = upper * (1 - y) + lower * y
    return whole


class MaskFilter:
    """Holds a person's mask steady: the less sure a pixel is, the more of the last mask stays."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next mask passes unchanged."""
        self._last: np.ndarray | None = None

    def __call__(self, mask: np.ndarray) -> np.ndarray:
        """The smoothed ``mask`` (H, W); after a change of the frame's size it starts anew."""
        if self._last is not None and self._last.shape == mask.shape:
            mask = mask + (self._last - mask) * (STEADINESS * uncertainty(mask))
        self._last = mask
        return mask


def uncertainty(mask: np.ndarray) -> np.ndarray:
    """How unsure probabilities are, 1 at a half and 0 at 0 and 1.

    It is the square of their binary entropy, by MediaPipe's polynomial.
    """
    q = (mask - np.float32(0.5)) ** 2
    certainty = np.zeros_like(q)
    for coefficient in (-624.717, 291.309, -57.8051, -0.748699, 5.68842):
        certainty = (certainty + np.float32(coefficient)) * q
    return np.asarray(1 - certainty.clip(max=1))
