"""Rotations as unit quaternions x, y, z, w, many at once.

Quaternions are arrays (..., 4) and vectors (..., 3), which broadcast. ``multiply(a, b)`` turns by
``b`` first. Formulas are those of Shoemake, "Animating rotation with quaternion curves" (1985).
"""

from __future__ import annotations

import numpy as np

IDENTITY = np.array((0.0, 0.0, 0.0, 1.0))
_TINY = 1e-9

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


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors or quaternions of length 1; what has no length stays as it is."""
    lengths = np.sqrt(np.einsum("...i,...i", vectors, vectors))[..., None]
    return np.asarray(vectors / np.maximum(lengths, _TINY))


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The scalar products of the last axes."""
    return np.asarray(np.einsum("...i,...i", a, b))


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The vector products; less work than np.cross for few vectors."""
    return _product(a, b, _CROSS)


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rotation by ``b`` and then by ``a``."""
    return _product(a, b, _HAMILTON)


def _product(a: np.ndarray, b: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The products (..., n) by a table (n, n * n): for each part of ``a`` a matrix on ``b``."""
    size = len(table)
    matrices_of_a = (a @ table).reshape(*a.shape[:-1], size, size)
    return np.asarray(np.einsum("...ij,...j", matrices_of_a, b))


def inverse(q: np.ndarray) -> np.ndarray:
    """The opposite rotations."""
    return np.asarray(q * (-1, -1, -1, 1))


def rotate(q: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The vectors, turned."""
    across = 2 * cross(q[..., :3], vectors)
    return np.asarray(vectors + q[..., 3:] * across + cross(q[..., :3], across))


def about(axis: np.ndarray, angle: np.ndarray | float) -> np.ndarray:
    """The rotations by an ``angle`` in radians (...) about a unit ``axis`` (..., 3)."""
    half = np.asarray(angle)[..., None] / 2
    x_y_z, w = np.broadcast_arrays(np.sin(half) * axis, np.cos(half))
    return np.concatenate((x_y_z, w[..., :1]), axis=-1)


def between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The shortest rotation that turns the direction of ``a`` to that of ``b``.

    Where they are opposite it turns about some axis across them.
    """
    a, b = np.broadcast_arrays(unit(a), unit(b))
    w = 1 + dot(a, b)[..., None]
    opposite = w < _TINY
    if opposite.any():
        least = np.eye(3)[np.argmin(np.abs(a), axis=-1)]
        x_y_z = np.where(opposite, cross(a, least), cross(a, b))
    else:
        x_y_z = cross(a, b)
    return unit(np.concatenate((x_y_z, w), axis=-1))


def angle(q: np.ndarray) -> np.ndarray:
    """How far a rotation turns, in radians (...), 0 to pi."""
    return np.asarray(2 * np.arctan2(np.sqrt(dot(q[..., :3], q[..., :3])), np.abs(q[..., 3])))


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
    b = np.where(cosine < 0, -b, b)
    theta = np.arccos(np.minimum(np.abs(cosine), 1))
    sine = np.sin(theta)
    near = sine < 1e-6
    sine = np.where(near, 1, sine)
    first = np.where(near, 1 - share, np.sin((1 - share) * theta) / sine)
    second = np.where(near, share, np.sin(share * theta) / sine)
    return unit(first * a + second * b)


def from_axes(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The rotations that turn the axes of space to these unit vectors at right angles."""
    x0, x1, x2 = x[..., 0], x[..., 1], x[..., 2]
    y0, y1, y2 = y[..., 0], y[..., 1], y[..., 2]
    z0, z1, z2 = z[..., 0], z[..., 1], z[..., 2]
    # Each row is the quaternion times one of its own parts: the largest gives the exactest one.
    xy, xz, yz = x1 + y0, x2 + z0, y2 + z1
    xw, yw, zw = y2 - z1, z0 - x2, x1 - y0
    rows = np.stack(
        (
            np.stack((1 + x0 - y1 - z2, xy, xz, xw), axis=-1),
            np.stack((xy, 1 - x0 + y1 - z2, yz, yw), axis=-1),
            np.stack((xz, yz, 1 - x0 - y1 + z2, zw), axis=-1),
            np.stack((xw, yw, zw, 1 + x0 + y1 + z2), axis=-1),
        ),
        axis=-2,
    )
    largest = np.argmax(np.diagonal(rows, axis1=-2, axis2=-1), axis=-1)
    return unit(np.take_along_axis(rows, largest[..., None, None], axis=-2)[..., 0, :])


def frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The rotations whose x axis is along ``first``, and y as near to ``second`` as can be."""
    x = unit(first)
    z = unit(cross(x, second))
    return from_axes(x, cross(z, x), z)


def matrices(q: np.ndarray) -> np.ndarray:
    """The rotations as matrices (..., 3, 3) for column vectors."""
    axes = [rotate(q, axis) for axis in np.eye(3)]
    return np.stack(axes, axis=-1)
