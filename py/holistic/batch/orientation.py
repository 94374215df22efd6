"""Turning and mirroring pictures as their files ask for it."""

from __future__ import annotations

import numpy as np

_NEARLY = 0.02  # how far from a quarter turn a matrix may be


def upright(frame: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The (H, W, 3) frame, turned and mirrored by a (2, 2) matrix.

    The matrix takes row vectors (x to the right, y down) from the coded picture to the shown one,
    as in QuickTime and MP4. As browsers do, all that is no multiple of a quarter turn, mirrored or
    not, leaves the frame as it is.
    """
    scale = np.sqrt(abs(np.linalg.det(matrix)))
    if not scale or not np.isfinite(scale):
        return frame
    signs = np.rint(matrix / scale)
    quarters = np.abs(signs).tolist() in ([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    if not quarters or np.abs(matrix / scale - signs).max() > _NEARLY:
        return frame
    if signs[0, 0] == 0:  # what was across is down
        frame, signs = frame.swapaxes(0, 1), signs[::-1]
    return np.ascontiguousarray(frame[:: int(signs[1, 1]), :: int(signs[0, 0])])
