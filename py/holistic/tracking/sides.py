"""Whose hand it is, and which: each hand once, and on the right side.

The hand networks see a hand, not whose it is. What tells is how near its wrist is to the wrists
that the poses have, and whether it looks like a left or a right hand. Both sides judge by the same
numbers, so that of two that see one hand at once mostly only one believes that it is its own;
they need not know of each other, and may run in different workers.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, hypot, pi

import numpy as np

from holistic.inference.landmarkers import HandEstimate
from holistic.inference.roi import extent, wrapped

WRISTS = {"left_hand": 15, "right_hand": 16}
"""The wrists among the pose's points."""
ELBOWS = {"left_hand": 13, "right_hand": 14}
"""The elbows."""
TRUNK = (11, 12, 23, 24)
"""Shoulders and hips."""

HANDEDNESS_WEIGHT = 0.5
"""What the looks count beside the distances, which are in sizes of the hand."""
REACH = 1.0
"""How far from the pose's wrist the hand's may be, in sizes of the hand."""
ONE_HAND = 0.3
"""Mean distance of two hands' points, in sizes of the smaller, below which they are one."""
PART = 0.6
"""Size of a hand, in that of another which it lies on, below which it is a part of it: a finger."""
MEETING_ANGLE = pi / 4
"""Between the forearms, from which two hands may lie on one another: palms together, a clap."""
LARGEST = 1.0
"""Size of a hand, in diagonals of the trunk, above which the body is a mistake: a hand close to the
camera looks like a body to BlazePose."""


def hand_size(points: np.ndarray) -> float:
    """The diagonal of the box of a hand's (21, 2 or more) points."""
    left, top, right, bottom = extent(points)
    return hypot(right - left, bottom - top)


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """Between two points (2 or more,) on the picture."""
    x, y = (one[:2] - other[:2]).tolist()
    return hypot(x, y)


def same_hand(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two hands' (21, 2 or more) points lie on one hand, or one of them on a part of it."""
    small, large = one, other
    size, largest = hand_size(small), hand_size(large)
    if size > largest:
        small, large, size, largest = large, small, largest, size
    x, y = small[:, :2].mean(axis=0).tolist()
    across, down = (small[:, :2] - large[:, :2]).T
    if np.hypot(across, down).mean() < ONE_HAND * size:
        return True
    left, top, right, bottom = extent(large)
    return size < PART * largest and left < x < right and top < y < bottom


def looks_like(hand: HandEstimate, side: str) -> float:
    """How much a hand looks like one of the side: 1 very, 0 nobody knows, -1 like the other."""
    return (2 * hand.left - 1) * (1 if side == "left_hand" else -1)


def is_of(hand: np.ndarray, pose: np.ndarray) -> bool:
    """Whether a hand's (21, 2 or more) points can be of the body with the points ``pose``."""
    left, top, right, bottom = extent(pose[TRUNK, :])
    return hand_size(hand) <= LARGEST * hypot(right - left, bottom - top)


def hands_may_meet(hand: np.ndarray, pose: np.ndarray) -> bool:
    """Whether both hands of a body may be where the (21, 2 or more) points of one of them are.

    So it is where both wrists are near and the forearms come from different directions. Where they
    come from the same one, one hand is hidden behind the body or the other.
    """
    size = hand_size(hand)
    if any(_distance(pose[wrist], hand[0]) > size for wrist in WRISTS.values()):
        return False
    directions = []
    for side, wrist in WRISTS.items():
        x, y = (pose[wrist, :2] - pose[ELBOWS[side], :2]).tolist()
        directions.append(atan2(y, x))
    return abs(wrapped(directions[0] - directions[1])) > MEETING_ANGLE and is_of(hand, pose)


def claim(hand: HandEstimate, side: str, pose: np.ndarray, others: Iterable[np.ndarray]) -> float:
    """How well a hand fits the body with the (33, 2 or more) points ``pose`` on the side ``side``.

    Above 0 it is this body's hand, below 0 the other hand's or another's: one of the bodies
    ``others``, or nobody's that is known. All points are frame pixels.
    """
    size = max(hand_size(hand.points), 1e-6)

    def away(body: np.ndarray, of: str) -> float:
        return _distance(hand.points[0], body[WRISTS[of]]) / size

    own = away(pose, side)
    if own > REACH:
        return REACH - own
    (other_side,) = WRISTS.keys() - {side}
    nearer = min(away(pose, other_side) - own, 1.0)
    neighbours = [away(body, of) - own for body in others for of in WRISTS]
    return min(nearer + HANDEDNESS_WEIGHT * looks_like(hand, side), *neighbours, REACH)
