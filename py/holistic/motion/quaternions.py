"""Rotations as unit quaternions x, y, z, w, many at once.

Quaternions are arrays (..., 4) and vectors (..., 3), which broadcast. ``multiply(a, b)`` turns by
``b`` first. Formulas are those of Shoemake, "Animating rotation with quaternion curves" (1985).
"""

from __future__ import annotations

import numpy as np

IDENTITY = np.array((0.0, 0.0, 0.0, 1.0))
_TINY = 1e-9

_SQUARES = np.array(
    (
        (1, 0, 0, 0, -1, 0, 0, 0, -1),
        (0, 1, 0, 1, 0, 0, 0, 0, 0),
        (0, 0, 1, 0, 0, 0, 1, 0, 0),
        (0, 0, 0, 0, 0, -1, 0, 1, 0),
        (0, 1, 0, 1, 0, 0, 0, 0, 0),
        (-1, 0, 0, 0, 1, 0, 0, 0, -1),
        (0, 0, 0, 0, 0, 1, 0, 1, 0),
        (0, 0, 1, 0, 0, 0, -1, 0, 0),
        (0, 0, 1, 0, 0, 0, 1, 0, 0),
        (0, 0, 0, 0, 0, 1, 0, 1, 0),
        (-1, 0, 0, 0, -1, 0, 0, 0, 1),
        (0, -1, 0, 1, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, -1, 0, 1, 0),
        (0, 0, 1, 0, 0, 0, -1, 0, 0),
        (0, -1, 0, 1, 0, 0, 0, 0, 0),
        (1, 0, 0, 0, 1, 0, 0, 0, 1),
    ),
    np.float64,
)
_CROSS = np.array(
    (
        (0, 0, 0, 0, 0, -1, 0, 1, 0),
        (0, 0, 1, 0, 0, 0, -1, 0, 0),
        (0, -1, 0, 1, 0, 0, 0, 0, 0),
    ),
    np.float64,
)
_HAMILTON = np.array(
    (
        (0, 0, 0, 1, 0, 0, -1, 0, 0, 1, 0, 0, -1, 0, 0, 0),
        (0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0, -1, 0, 0),
        (0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0),
        (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
    ),
    np.float64,
)
_ROWS = np.array(
    (
        (1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1),
        (0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0),
        (0, 0, 1, 0, 0, 0, 0, -1, 1, 0, 0, 0, 0, -1, 0, 0),
        (0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, -1, 0, 0, -1, 0),
        (-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1),
        (0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0),
        (0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0),
        (0, 0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, 0),
        (-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
    ),
    np.float64,
)
_DIAGONAL = np.eye(4).ravel()
_INVERSE = np.array((-1.0, -1.0, -1.0, 1.0))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors or quaternions of length 1; what has no length stays as it is."""
    lengths = np.sqrt(dot(vectors, vectors))[..., None]
    return np.asarray(vectors / np.maximum(lengths, _TINY))


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The scalar products of the last axes."""
    return np.asarray((a[..., None, :] @ b[..., None])[..., 0, 0])


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The vector products; less work than np.cross for few vectors."""
    return _product(a, b, _CROSS)


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rotation by ``b`` and then by ``a``."""
    return _product(a, b, _HAMILTON)


def _product(a: np.ndarray, b: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The products (..., n) by a table (n, n * n): for each part of ``a`` a matrix on ``b``."""
    size = len(table)
    return _applied((a @ table).reshape(*a.shape[:-1], size, size), b)


def _applied(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The products of matrices (..., n, n) with vectors (..., n)."""
    return np.asarray((matrices @ vectors[..., None])[..., 0])


def inverse(q: np.ndarray) -> np.ndarray:
    """The opposite rotations."""
    return np.asarray(q * _INVERSE)


def matrices(q: np.ndarray) -> np.ndarray:
    """The rotations as matrices (..., 3, 3) for column vectors."""
    pairs = q[..., :, None] * q[..., None, :]
    flat = pairs.reshape(*q.shape[:-1], 16) @ _SQUARES
    return np.asarray(flat.reshape(*q.shape[:-1], 3, 3))


def rotate(q: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The vectors, turned."""
    return _applied(matrices(q), vectors)


def about(axis: np.ndarray, angle: np.ndarray | float) -> np.ndarray:
    """The rotations by an ``angle`` in radians (...) about a unit ``axis`` (..., 3)."""
    half = np.asarray(angle)[..., None] / 2
    return _joined(np.sin(half) * axis, np.cos(half))


def _joined(x_y_z: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Quaternions (..., 4) of their parts (..., 3) and (..., 1)."""
    found = np.empty((*x_y_z.shape[:-1], 4))
    found[..., :3], found[..., 3:] = x_y_z, w
    return found


def between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The shortest rotation that turns the direction of ``a`` to that of ``b``.

    Where they are opposite it turns about some axis across them.
    """
    lengths = np.maximum(np.sqrt(dot(a, a) * dot(b, b)), _TINY)[..., None]
    w = lengths + dot(a, b)[..., None]
    across = cross(a, b)
    opposite = w < _TINY * lengths
    if opposite.any():
        least = np.eye(3)[np.argmin(np.abs(np.broadcast_to(a, across.shape)), axis=-1)]
        across = np.where(opposite, cross(a, least), across)
    return unit(_joined(across, w))


def angle(q: np.ndarray) -> np.ndarray:
    """How far a rotation turns, in radians (...), 0 to pi."""
    axis = q[..., :3]
    return np.asarray(2 * np.arctan2(np.sqrt(dot(axis, axis)), np.abs(q[..., 3])))


def twist(q: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """How far ``q`` turns about a unit ``axis``, in radians (...), -pi to pi.

    It is the rotation's part about the axis, before the part that swings the axis elsewhere.
    """
    turned = 2 * np.arctan2(dot(q[..., :3], axis), q[..., 3])
    return np.asarray((turned + np.pi) % (2 * np.pi) - np.pi)


def slerp(a: np.ndarray, b: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """On the shortest way from ``a`` to ``b``, where 0 is ``a`` and 1 is ``b``."""
    share = np.asarray(share)[..., None]
    cosine = dot(a, b)[..., None]
    theta = np.maximum(np.arccos(np.minimum(np.abs(cosine), 1)), _TINY)
    of_b = np.sin(share * theta) * np.copysign(1, cosine)
    return unit((np.sin((1 - share) * theta) * a + of_b * b) / np.sin(theta))


def from_axes(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The rotations that turn the axes of space to these unit vectors at right angles."""
    axes = np.concatenate((x, y, z), axis=-1)
    # Each row is the quaternion times one of its own parts: the largest gives the exactest one.
    rows = (axes @ _ROWS + _DIAGONAL).reshape(-1, 4, 4)
    largest = np.argmax(np.diagonal(rows, axis1=1, axis2=2), axis=1)
    return unit(rows[np.arange(len(rows)), largest]).reshape(*axes.shape[:-1], 4)


def frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The rotations whose x axis is along ``first``, and y as near to ``second`` as can be."""
    x = unit(first)
    z = unit(cross(x, second))
    return from_axes(x, cross(z, x), z)
