"""Limits of human joints.

A bone's rotation in its parent is a twist about the bone and a swing of it; both have their
limits. Elbows, knees and the joints of fingers are hinges besides: see ``limbs`` and ``fingers``.

The angles are generous: they keep noise from bending a body as none can be, and let a dancer be.
"""

from __future__ import annotations

from math import cos, radians, tan
from typing import NamedTuple

import numpy as np

from holistic.motion.quaternions import IDENTITY, about, angle, dot, inverse, multiply, slerp, twist


class Limit(NamedTuple):
    """Degrees: how far a bone swings, and how far it twists one way and the other."""

    swing: float
    twist: tuple[float, float]


SPINE = Limit(45, (-40, 40))  # each of its three bones
SHOULDER = Limit(35, (-20, 20))
UPPER_ARM = Limit(170, (-135, 135))
LOWER_ARM = Limit(160, (-100, 75))
HAND = Limit(95, (-100, 75))
UPPER_LEG = Limit(145, (-70, 70))
LOWER_LEG = Limit(160, (-30, 30))
FOOT = Limit(70, (-65, 65))
HEAD = Limit(80, (-95, 95))  # on the chest; the neck has half of it
FINGER = Limit(110, (-35, 35))
THUMB = Limit(80, (-70, 70))

FINGER_HINGE = (-15, 115)
"""Degrees that the joints of a finger bend."""

FINGER_PLAY = 20
"""Degrees that they give way to a side."""

GAZE = (35, 25)
"""Degrees that eyes look aside, and up or down."""


def limited(rotations: np.ndarray, axis: np.ndarray, limit: Limit) -> np.ndarray:
    """The rotations (..., 4) of bones along a unit ``axis`` (..., 3), within their limits.

    Their fourth parts are not negative.
    """
    rotations = rotations * np.copysign(1, rotations[..., 3:])
    if _keep(rotations, axis, limit):  # as most do, and it is told in less time
        return rotations
    turned = twist(rotations, axis)
    swing = multiply(rotations, about(axis, -turned))
    share = np.minimum(1, radians(limit.swing) / np.maximum(angle(swing), 1e-9))
    swing = slerp(IDENTITY, swing, share)
    least, most = map(radians, limit.twist)
    return multiply(swing, about(axis, np.clip(turned, least, most)))


def _keep(rotations: np.ndarray, axis: np.ndarray, limit: Limit) -> bool:
    """Whether all rotations, whose fourth parts are not negative, keep to a limit.

    A twist's half has the tangent ``along / w``, and a swing's half the cosine ``hypot(along, w)``.
    """
    along, w = dot(rotations[..., :3], axis), rotations[..., 3]
    least, most = (tan(radians(degrees) / 2) for degrees in limit.twist)
    swings = along * along + w * w >= cos(radians(limit.swing) / 2) ** 2
    return bool((swings & (along >= least * w) & (along <= most * w)).all())


def relative(world: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """The rotations in their parents of bones whose rotations in space these are."""
    return multiply(inverse(parent), world)
