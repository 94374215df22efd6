"""Who is who: matching landmark lists of people (or faces, or hands) from one moment to another.

Everything here works on plain point lists in frame pixels, (n, 2 or more) with the same n, and
has no memory; ``multi_tracker`` decides what follows from it.
"""

from __future__ import annotations

import numpy as np

from holistic.inference.detector import overlaps
from holistic.inference.roi import extent

SAME = 0.35
"""Two findings of one frame with a smaller dissimilarity are the same body."""
RETURNED = 1.6
"""The largest dissimilarity of a body that returns to what was last seen: beside it, not far."""


def dissimilarity(one: np.ndarray, other: np.ndarray) -> float:
    """How little two point lists look like the same thing: 0 for equal ones, without upper bound.

    It is the mean distance of their points, in diagonals of their boxes, plus the part of the
    boxes that does not overlap (one less intersection over union). Symmetric; infinite where a
    coordinate is not finite.
    """
    boxes = np.array((extent(one), extent(other)))
    diagonal = np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T).mean()
    distance = np.hypot(*(one[:, :2] - other[:, :2]).T).mean()
    if not np.isfinite(distance + diagonal):
        return float("inf")
    if not diagonal:
        return 0.0 if distance == 0 else float("inf")
    return float(distance / diagonal + 1 - overlaps(boxes[0], boxes[1:])[0])


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two findings of one frame are the same."""
    return dissimilarity(one, other) < SAME


def _shared(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """How much of the smaller one's box lies in the other's, and how small it is: 0 to 1 each."""
    boxes = np.array((extent(one), extent(other)))
    sides = np.minimum(*boxes[:, 2:]) - np.maximum(*boxes[:, :2])
    lengths = boxes[:, 2:] - boxes[:, :2]
    area = lengths.prod(axis=1).min()
    diagonals = np.hypot(*lengths.T)
    if not area > 0:
        return 0.0, 1.0
    return float(sides.clip(min=0).prod() / area), float(diagonals.min() / diagonals.max())


_PART = 0.8  # of the smaller one's box that lies in the other's
_SMALL = 0.7  # part of the other's size
_ALIKE = 0.7  # dissimilarity of faces or hands that overlap
_HEAD = slice(0, 11)  # of a pose's points
_EARS, _NOSE, _MOUTH = (7, 8), 0, (9, 10)


def is_duplicate(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether a face or a hand that was seen in a part of the frame is another one, or its part."""
    return dissimilarity(one, other) < _ALIKE or _shared(one, other)[0] > _PART


def _head_size(pose: np.ndarray) -> float:
    across = pose[_EARS, :2]
    down = pose[_NOSE, :2] - pose[_MOUTH, :2].mean(axis=0)
    return float(max(np.hypot(*(across[0] - across[1])), 1.5 * np.hypot(*down)))


def is_same_body(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two poses are one body's.

    People who stand close share most of their boxes; what they never share is the head.
    """
    apart = np.hypot(*(one[_HEAD, :2].mean(axis=0) - other[_HEAD, :2].mean(axis=0)))
    return bool(apart < max(_head_size(one), _head_size(other))) or is_same(one, other)


def is_duplicate_body(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether a body that was seen in a part of the frame is another one, or its part."""
    part, size = _shared(one, other)
    return is_same_body(one, other) or (part > _PART and size < _SMALL)


def matched(costs: np.ndarray, limit: float) -> list[tuple[int, int]]:
    """Pairs (row, column) of the (rows, columns) ``costs``, cheapest first, none above ``limit``.

    Every row and every column is in one pair at most. The cheapest pair is taken, then the
    cheapest of what is left: with a handful of people it differs from the best sum only where
    no rule could tell who is who.
    """
    left = np.where(costs <= limit, costs, np.inf)
    pairs = []
    while left.size and np.isfinite(left.min()):
        row, column = divmod(int(left.argmin()), left.shape[1])
        pairs.append((row, column))
        left[row] = np.inf
        left[:, column] = np.inf
    return pairs
