"""The expression of a face of 468 points, roughly: for machines that are too slow for V2.

Distances and heights in the face, in its own axes and sizes, make some of the blendshapes; the
others stay 0. It is a linear fit to what the blendshape network says of the same faces
(``compress.fit.approximate_blendshapes``), one fit for both sides: a mirrored face has the same
numbers with left and right exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import dist, hypot, log, sqrt
from typing import NamedTuple, Self, TypeAlias

import numpy as np

from holistic.inference import approximate_weights as weights
from holistic.shared.blendshapes import NAMES

Vector: TypeAlias = list[float]
Points: TypeAlias = list[Vector]  # few are read, one by one: lists are faster than arrays there

_Pair: TypeAlias = tuple[int, int]  # a point on the person's right, and the same on the left

_OUTER_EYE: _Pair = (33, 263)
_INNER_EYE: _Pair = (133, 362)
_LIDS = (((160, 387), (144, 373)), ((159, 386), (145, 374)), ((158, 385), (153, 380)))
_INNER_BROW: _Pair = (107, 336)
_MIDDLE_BROW: _Pair = (105, 334)
_OUTER_BROW: _Pair = (70, 300)
_CHEEK: _Pair = (205, 425)
_NOSE_WING: _Pair = (98, 327)
_CORNER: _Pair = (61, 291)
_INNER_CORNER: _Pair = (78, 308)
_SIDE_OF_UPPER_LIP: _Pair = (39, 269)
_SIDE_OF_LOWER_LIP: _Pair = (181, 405)
_FOREHEAD, _NOSE_BASE, _CHIN = 10, 2, 152
_UPPER_LIP, _UPPER_LIP_BELOW, _LOWER_LIP_ABOVE, _LOWER_LIP = 0, 13, 14, 17

_FAR = 8.0
"""Standard deviations; a feature that is further from the mean counts as this."""

_TINY = 1e-6
"""No length is shorter, so that points that are one make no infinite feature."""

FLOOR = 0.01
"""Scores are fitted as logits of numbers that are moved this far from 0 and from 1."""

KINDS = (
    ("browDown", "browInnerUp", "browOuterUp", "eyeBlink"),
    ("jawOpen", "mouthLowerDown", "mouthPucker", "mouthSmile", "mouthUpperUp"),
)
"""The blendshapes that the mesh shows, by the half of the face, without their sides."""


class Half(NamedTuple):
    """How the blendshapes ``kinds`` follow from the features of a half of the face.

    ``mean`` and ``deviation`` are (features,), ``weights`` (features, kinds), ``bias`` (kinds,).
    """

    kinds: tuple[str, ...]
    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(
        cls, mean: Sequence[float], deviation: Sequence[float], rows: Mapping[str, Sequence[float]]
    ) -> Self:
        """``rows`` has the weights of each kind, and then its bias."""
        columns = np.array(list(rows.values())).T
        return cls(tuple(rows), np.array(mean), np.array(deviation), columns[:-1], columns[-1])

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(2, kinds) from 0 to 1, of features (2, features) that ``halves`` gives."""
        values = standard(features, self.mean, self.deviation) @ self.weights + self.bias
        return np.asarray(((1 + 2 * FLOOR) / (1 + np.exp(-values)) - FLOOR).clip(0, 1))


_HALVES = (
    Half.of(weights.EYES_MEAN, weights.EYES_DEVIATION, weights.EYES),
    Half.of(weights.MOUTH_MEAN, weights.MOUTH_DEVIATION, weights.MOUTH),
)


def sides(kind: str) -> list[int]:
    """The rows in ``shared.blendshapes.NAMES`` of a kind: of its left and right, or of it alone."""
    names = (f"{kind}Left", f"{kind}Right") if f"{kind}Left" in NAMES else (kind,)
    return [NAMES.index(name) for name in names]


_ROWS = {kind: sides(kind) for kinds in KINDS for kind in kinds}

GIVEN = frozenset(row for rows in _ROWS.values() for row in rows)
"""The rows of blendshapes that are not left at 0."""


def approximate_blendshapes(points: np.ndarray, fits: Sequence[Half] = _HALVES) -> np.ndarray:
    """(52,) from 0 to 1, in the order of ``shared.blendshapes.NAMES``; 0 for what is not known.

    ``points`` are a face's (468 or more, 3) in pixels of the frame.
    """
    found = np.zeros(len(NAMES), np.float32)
    for features, fit in zip(halves(points), fits, strict=True):
        for kind, (left, right) in zip(fit.kinds, fit.scores(features).T, strict=True):
            rows = _ROWS[kind]
            found[rows] = (left, right) if len(rows) > 1 else (left + right) / 2
    return found


def logits(scores: np.ndarray) -> np.ndarray:
    """Scores from 0 to 1 as numbers that a linear fit can make."""
    return np.asarray(np.log((scores + FLOOR) / (1 + FLOOR - scores)))


def standard(features: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Features in standard deviations from their mean, none of them very far."""
    return np.asarray(((features - mean) / deviation).clip(-_FAR, _FAR))


def halves(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the eyes' half of a face (468 or more, 3) shows and what the mouth's half does.

    Two arrays (2, features): the first row tells it as the person's left sees it, the second as the
    right does. An eye and its brow know nothing of the other ones, so that winks are winks.
    """
    face, backward = _in_own_axes(points)
    right, left = (_mouth_side(face, side) for side in (0, 1))
    head, middle = _head(face, backward), _mouth(face)
    turned = [[backward[1], backward[0]], [backward[1], -backward[0]]]
    eyes = [[*_eye(face, side), *head] for side in (1, 0)]
    mouth = [[*left, *right, *middle], [*right, *left, *middle]]
    return np.hstack((eyes, turned)), np.hstack((mouth, turned))


def _in_own_axes(points: np.ndarray) -> tuple[Points, Vector]:
    """The face along its left, down and backward from between the eyes, and its backward.

    Its unit is the face's size: of the eyes' distance and of the height from forehead to nose.
    """
    face = points[:, :3].astype(np.float64)
    ends = (*_OUTER_EYE, _FOREHEAD, _NOSE_BASE)
    right, left, top, bottom = face[list(ends)].tolist()
    across, down = _between(right, left), _between(top, bottom)
    backward = _cross(across, down)
    axes = [_unit(each) for each in (_cross(down, backward), down, backward)]
    size = max(sqrt(hypot(*across) * hypot(*down)), _TINY)
    middle = (face[_OUTER_EYE[0]] + face[_OUTER_EYE[1]]) / 2
    return ((face - middle) @ np.array(axes).T / size).tolist(), axes[2]


def _between(one: Vector, other: Vector) -> Vector:
    return [b - a for a, b in zip(one, other, strict=True)]


def _cross(one: Vector, other: Vector) -> Vector:
    (a, b, c), (x, y, z) = one, other
    return [b * z - c * y, c * x - a * z, a * y - b * x]


def _unit(vector: Vector) -> Vector:
    length = max(hypot(*vector), _TINY)
    return [value / length for value in vector]


def _distance(face: Points, one: int, other: int) -> float:
    return max(dist(face[one], face[other]), _TINY)


def _eye(face: Points, side: int) -> list[float]:
    """The lids' distance and heights, and the brow's, above the eye of a side."""
    outer, inner = _OUTER_EYE[side], _INNER_EYE[side]
    level = (face[outer][1] + face[inner][1]) / 2
    lids = [(upper[side], lower[side]) for upper, lower in _LIDS]
    gap = sum(dist(face[upper], face[lower]) for upper, lower in lids)
    upper, lower = (sum(face[lid[row]][1] for lid in lids) / len(lids) - level for row in (0, 1))
    x, y, _ = face[_INNER_BROW[side]]
    return [
        *(gap / len(lids) / _distance(face, outer, inner), upper, lower, y - face[inner][1]),
        *(face[_MIDDLE_BROW[side]][1] - level, face[_OUTER_BROW[side]][1] - face[outer][1]),
        x if side else -x,
    ]


def _head(face: Points, backward: Vector) -> list[float]:
    """The proportions of the face, which are part of how brows and lids look."""
    jaw = face[_CHIN][1] - face[_NOSE_BASE][1]
    return [jaw, _distance(face, *_OUTER_EYE), jaw / _distance(face, *_CORNER), backward[0] ** 2]


def _mouth_side(face: Points, side: int) -> list[float]:
    """The corner of the mouth, and heights of lips, cheek and nostril from the nose's base."""
    base = face[_NOSE_BASE][1]
    x, y, z = face[_CORNER[side]]
    others = (_SIDE_OF_UPPER_LIP, _SIDE_OF_LOWER_LIP, _CHEEK, _NOSE_WING)
    return [x if side else -x, y - base, z, *(face[each[side]][1] - base for each in others)]


def _mouth(face: Points) -> list[float]:
    """Heights of the lips and between them, widths of the mouth, and how far lips stand out."""
    width = _distance(face, *_CORNER)
    rows = (_NOSE_BASE, _UPPER_LIP, _UPPER_LIP_BELOW, _LOWER_LIP_ABOVE, _LOWER_LIP, _CHIN)
    heights = [face[below][1] - face[above][1] for above, below in pairwise(rows)]
    depths = [face[lip][2] - face[_NOSE_BASE][2] for lip in (_UPPER_LIP, _LOWER_LIP)]
    return [*heights, width, width**2, log(width), _distance(face, *_INNER_CORNER), *depths]
