"""Arms and legs: two bones with a hinge between them, and a hand or a foot.

All of it is for left limbs; right ones are mirrored first. Rotations are in space.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.motion.limits import relative
from holistic.motion.quaternions import (
    about,
    between,
    cross,
    dot,
    inverse,
    multiply,
    rotate,
    twist,
    unit,
)


class Joint(NamedTuple):
    """How a joint tells the twist of the bone above it.

    Attributes:
        reach: degrees that the bone twists.
        straight: the sine of a bend that begins to tell the twist,
        bent: and of one that tells it alone.
    """

    reach: float
    straight: float
    bent: float


ELBOW = Joint(110, 0.1, 0.35)
KNEE = Joint(50, 0.2, 0.6)
KNUCKLE = Joint(20, 0.15, 0.5)

ARM_REST = np.array((1.0, 0.0, 0.0))
ARM_HINGE = np.array((0.0, -1.0, 0.0))
"""About this axis an elbow bends, in the upper arm's rest: the forearm goes to the front."""

LEG_REST = np.array((0.0, -1.0, 0.0))
LEG_HINGE = np.array((1.0, 0.0, 0.0))
"""About this axis a knee bends: the lower leg goes to the back."""

_WRIST = np.radians((-220, 140))  # how far a hand turns against its upper arm, from palms down


def swung(parent: np.ndarray, rest: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """(..., 4) the parents' rotations, turned the shortest way so that ``rest`` has a direction."""
    return multiply(between(rotate(parent, rest), direction), parent)


def twisted(
    swing: np.ndarray, rest: np.ndarray, hinge: np.ndarray, normal: np.ndarray, joint: Joint
) -> np.ndarray:
    """(..., 4) bones twisted about themselves, so that their hinge is along ``normal``.

    ``normal`` (..., 3) is as long as it is sure, up to the sine of the joint's bend: a straight
    joint does not say how its bone is twisted, and leaves it as it is. A twist beyond its reach is
    taken for noise of a joint that is bent backwards, the more the further it is; so the result
    never jumps.
    """
    local = rotate(inverse(swing), normal)
    angle = np.arctan2(dot(cross(hinge, local), rest), dot(hinge, local))
    length = np.sqrt(dot(normal, normal))
    share = np.clip((length - joint.straight) / (joint.bent - joint.straight), 0, 1)
    most = np.radians(joint.reach)
    beyond = np.maximum(np.abs(angle) - most, 0)
    kept = np.minimum(np.abs(angle), most) - beyond * most / (np.pi - most)
    return multiply(swing, about(rest, np.sign(angle) * kept * share * share * (3 - 2 * share)))


def two_bones(
    parent: np.ndarray,
    rest: np.ndarray,
    hinge: np.ndarray,
    directions: tuple[np.ndarray, np.ndarray],
    joint: Joint,
) -> tuple[np.ndarray, np.ndarray]:
    """The rotations (..., 4) of an upper and a lower bone that have these directions (..., 3)."""
    first, second = unit(directions[0]), unit(directions[1])
    upper = twisted(swung(parent, rest, first), rest, hinge, cross(first, second), joint)
    return upper, swung(upper, rest, second)


def shared_twist(lower: np.ndarray, hand: np.ndarray) -> np.ndarray:
    """(...) half of the hands' twist against their lower arms, in radians.

    Where lower arms turn by that, neither elbow nor wrist is wrung. A palm turns further to the
    front and up than to the back and up, which tells what a turn near 180 degrees is.
    """
    least, most = _WRIST
    turned = twist(relative(hand, lower), ARM_REST)
    turned = (turned - least) % (2 * np.pi) + least
    return np.asarray(np.clip(turned, -np.pi, most) / 2)
