"""Meshes: tubes around bones and ellipsoids, with the weights of bones and with morphs.

Positions are in metres in the T-pose: x to the model's left, y up, z to where it looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

BLEND = 0.25
"""The share of a bone's length in which its weight meets that of its neighbour."""


class Mesh(NamedTuple):
    """A surface of one colour.

    Attributes:
        positions: (n, 3).
        triangles: (m, 3) rows of positions, counter-clockwise as seen from outside.
        weights: (n, bones) by the rows of ``shared.bones.BONES``; they add up to 1.
        morphs: (n, 3) by name: how far the positions move where the morph is 1.
    """

    positions: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray
    morphs: Mapping[str, np.ndarray]


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes)])
    names = dict.fromkeys(name for mesh in meshes for name in mesh.morphs)
    return Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([m.triangles + start for m, start in zip(meshes, starts, strict=False)]),
        np.concatenate([mesh.weights for mesh in meshes]),
        {
            name: np.concatenate(
                [mesh.morphs.get(name, np.zeros_like(mesh.positions)) for mesh in meshes]
            )
            for name in names
        },
    )


def normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(n, 3): the means of the triangles' normals, of length 1."""
    a, b, c = np.moveaxis(positions[triangles], 1, 0)
    faces = np.cross(b - a, c - a)
    found = np.zeros_like(positions)
    for corner in range(3):
        np.add.at(found, triangles[:, corner], faces)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1))


def grid(rows: int, columns: int, closed: bool = True) -> np.ndarray:
    """(m, 3): the triangles of a net of points, row by row; ``closed`` joins its sides."""
    across = columns if closed else columns - 1
    row, column = (each.ravel() for each in np.mgrid[: rows - 1, :across])
    right = (column + 1) % columns
    a, b = row * columns + column, row * columns + right
    return np.concatenate(
        (np.stack((a, b, b + columns), 1), np.stack((a, b + columns, a + columns), 1))
    )


def ellipsoid(
    centre: np.ndarray, radii: Sequence[float], rows: int = 12, columns: int = 20
) -> Mesh:
    """An ellipsoid without weights."""
    rise, turn = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, rows),
        np.arange(columns) * 2 * np.pi / columns,
        indexing="ij",
    )
    points = np.stack((np.cos(rise) * np.sin(turn), np.sin(rise), np.cos(rise) * np.cos(turn)), -1)
    positions = centre + points.reshape(-1, 3) * radii
    return Mesh(positions, grid(rows, columns), np.zeros((len(positions), 0)), {})


def tube(
    points: np.ndarray,
    bones: Sequence[int],
    radii: np.ndarray,
    bone_count: int,
    up: Sequence[float] = (0, 0, 1),
    sides: int = 12,
    steps: int = 4,
) -> Mesh:
    """A tube along ``points`` (k + 1, 3), whose pieces follow ``bones`` (k), rows of weights.

    ``radii`` (k + 1, 2) are those of its cross sections across ``up`` and along it. Its ends are
    rounded.
    """
    centres, shares, weights = [], [], []
    for piece in range(len(bones)):
        last = piece == len(bones) - 1
        for share in np.linspace(0, 1, steps, endpoint=False).tolist() + [1.0] * last:
            centres.append(points[piece] + share * (points[piece + 1] - points[piece]))
            shares.append(radii[piece] + share * (radii[piece + 1] - radii[piece]))
            weights.append(_weights(piece, share, bones, bone_count))
    middles, sizes = _rounded(np.array(centres), np.array(shares))
    weights = [weights[0]] * 2 + weights + [weights[-1]] * 2
    along = np.gradient(middles, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.cross(np.asarray(up, float), along)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    upward = np.cross(along, across)
    turn = np.arange(sides) * 2 * np.pi / sides
    circle = across[:, None] * (np.cos(turn)[:, None] * sizes[:, None, :1]) + upward[:, None] * (
        np.sin(turn)[:, None] * sizes[:, None, 1:]
    )
    positions = (middles[:, None] + circle).reshape(-1, 3)
    return Mesh(
        positions, grid(len(middles), sides), np.repeat(np.array(weights), sides, axis=0), {}
    )


def _weights(piece: int, share: float, bones: Sequence[int], bone_count: int) -> np.ndarray:
    """(bone_count,) the weights at a place of a tube."""
    found = np.zeros(bone_count)
    other, amount = piece, 0.0
    if share < BLEND and piece > 0:
        other, amount = piece - 1, (1 - share / BLEND) / 2
    elif share > 1 - BLEND and piece < len(bones) - 1:
        other, amount = piece + 1, (1 - (1 - share) / BLEND) / 2
    found[bones[piece]] += 1 - amount
    found[bones[other]] += amount
    return found


def _rounded(centres: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres and radii with two smaller rings at either end."""
    ends = []
    for at, towards in ((0, 1), (-1, -2)):
        away = centres[at] - centres[towards]
        away /= max(float(np.linalg.norm(away)), 1e-9)
        reach = radii[at].min() * 0.6
        rings = [
            (centres[at] + away * reach * 0.7, radii[at] * 0.7),
            (centres[at] + away * reach, radii[at] * 0.001),
        ]
        ends.append(rings)
    first, last = ends
    return (
        np.array([first[1][0], first[0][0], *centres, last[0][0], last[1][0]]),
        np.array([first[1][1], first[0][1], *radii, last[0][1], last[1][1]]),
    )
