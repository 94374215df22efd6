"""Where a head is: MediaPipe's facial transformation matrix.

It takes the canonical face, whose coordinates are centimetres to the head's left, up and forward,
to the face that a camera with a vertical field of view of 63 degrees sees. The camera is in the
origin and looks along -z; x is to the right of the picture and y up.

Source: MediaPipe's face geometry module (Apache-2.0): its method, and the table below.
"""

from __future__ import annotations

from math import radians, tan

import numpy as np

from holistic.shared.layout import FACE_POINTS

_FIELD_OF_VIEW = radians(63)
_NEAR = 1.0  # centimetres from the camera to the plane that the picture is thought to be on

_MIDLINE = (
    (4, 0.070909940, (0.0, -0.463170, 7.586580)),
    (6, 0.032100145, (0.0, 2.473255, 5.788627)),
    (10, 0.008446551, (0.0, 8.261778, 4.481535)),
)
"""Point, weight, and its place in the canonical face in centimetres."""

_PAIRS = (
    (33, 263, 0.058724169, (-4.445859, 2.663991, 3.173422)),
    (54, 284, 0.007667080, (-6.279331, 6.615427, 1.425850)),
    (67, 297, 0.009078059, (-3.523964, 8.005976, 3.729163)),
    (117, 346, 0.009791938, (-5.258659, 0.945811, 2.974312)),
    (119, 348, 0.014565368, (-3.300681, 0.861641, 3.872784)),
    (121, 350, 0.018591361, (-1.820731, 1.467954, 4.224124)),
    (127, 356, 0.005197994, (-7.743095, 2.364999, -2.005167)),
    (129, 358, 0.120625205, (-1.785794, -0.978284, 4.850470)),
    (132, 361, 0.005560019, (-7.270895, -2.890917, -2.252455)),
    (133, 362, 0.053286184, (-1.856432, 2.585245, 3.757904)),
    (136, 365, 0.066890456, (-5.085276, -7.178590, 0.714711)),
    (143, 372, 0.014816548, (-6.407571, 2.236021, 1.560843)),
    (147, 376, 0.014262834, (-6.234883, -1.944430, 1.663542)),
    (198, 420, 0.025462192, (-1.246815, 0.230297, 5.681036)),
    (205, 425, 0.047252279, (-3.832928, -1.537326, 4.137731)),
)
"""A point of the right side and the left one that mirrors it, and as above."""

_ROWS = [point for point, *_ in _MIDLINE] + [point for pair in _PAIRS for point in pair[:2]]
_WEIGHTS = np.array(
    [weight for _, weight, _ in _MIDLINE] + [pair[2] for pair in _PAIRS for _ in range(2)]
)
_CANONICAL = np.array(
    [place for *_, place in _MIDLINE]
    + [(side * x, y, z) for *_, (x, y, z) in _PAIRS for side in (1, -1)]
)


def facial_transformation_matrix(face: np.ndarray, width: int, height: int) -> np.ndarray:
    """The (4, 4) float32 matrix of a face in a picture of that size in pixels.

    ``face`` are its points (468 or more, 3), x and y from 0 to 1 across the picture and z in
    picture widths. The matrix is for column vectors: a rotation and, in its last column, a
    translation in centimetres.
    """
    seen = _on_near_plane(np.asarray(face[:FACE_POINTS], np.float64), width / height)
    depth = seen[:, 2].mean()
    points = seen[_ROWS]
    first = _scale(_similarity(points * (1, 1, -1)))
    second = _scale(_similarity(_unprojected(points, depth, first)))
    matrix = _similarity(_unprojected(points, depth, first * second))
    return np.asarray(matrix, np.float32)


def _on_near_plane(face: np.ndarray, aspect: float) -> np.ndarray:
    """The points on the near plane, in centimetres, y up; z grows into the picture."""
    high = 2 * _NEAR * tan(_FIELD_OF_VIEW / 2)
    wide = high * aspect
    middle = np.array((0.5, 0.5, 0.0))
    return np.asarray((face - middle) * (wide, -high, wide))


def _unprojected(points: np.ndarray, depth: float, scale: float) -> np.ndarray:
    """Points of the near plane where the camera sees them, with the face's ``depth`` in mind."""
    z = (points[:, 2] - depth + _NEAR) / scale
    return np.stack((points[:, 0] * z / _NEAR, points[:, 1] * z / _NEAR, -z), axis=1)


def _scale(similarity: np.ndarray) -> float:
    return float(np.linalg.norm(similarity[:3, 0]))


def _similarity(targets: np.ndarray) -> np.ndarray:
    """The (4, 4) similarity that takes the canonical points nearest to ``targets`` (33, 3).

    Nearest is by weighted least squares: the extended orthogonal Procrustes problem.
    """
    weights = _WEIGHTS[:, None]
    source_middle = (weights * _CANONICAL).sum(axis=0) / _WEIGHTS.sum()
    sources = _CANONICAL - source_middle
    left, _, right = np.linalg.svd((weights * targets).T @ sources)
    if np.linalg.det(left @ right) < 0:
        left[:, -1] *= -1  # a rotation, and no mirror
    rotation = left @ right
    turned = sources @ rotation.T
    scale = (weights * turned * targets).sum() / (weights * sources * _CANONICAL).sum()
    matrix = np.eye(4)
    matrix[:3, :3] = scale * rotation
    rest = targets - _CANONICAL @ matrix[:3, :3].T
    matrix[:3, 3] = (weights * rest).sum(axis=0) / _WEIGHTS.sum()
    return matrix
