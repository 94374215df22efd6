"""Fingers: three bones each, of which the two outer ones are on hinges.

All of it is for left hands; right ones are mirrored first.
"""

from __future__ import annotations

from math import cos, radians

import numpy as np

from holistic.motion.limbs import KNUCKLE, swung, twisted
from holistic.motion.limits import FINGER, FINGER_HINGE, FINGER_PLAY, THUMB, limited
from holistic.motion.quaternions import (
    IDENTITY,
    about,
    angle,
    between,
    cross,
    dot,
    inverse,
    multiply,
    rotate,
    slerp,
    unit,
)

_HALF = np.sqrt(0.5)

REST = np.array([[_HALF, 0, _HALF]] + 4 * [[1.0, 0, 0]])
"""(5, 3): the directions of the thumb and of the fingers at rest."""

HINGES = np.array([[0.5, _HALF, -0.5]] + 4 * [[0, 0, -1.0]])
"""(5, 3): about these axes they bend, the thumb half to the palm and half to the fingers."""

_TINY = 1e-9
_PLAY = radians(FINGER_PLAY)
_CHAINS = np.arange(1, 21).reshape(5, 4)  # a finger's four points, from its root to its tip


def finger_rotations(hands: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """(n, 5, 3, 4) the rotations in their parents of the fingers' bones.

    ``hands`` are points (n, 21, 3), and ``frames`` (n, 4) the hands' rotations.
    """
    points = hands[:, _CHAINS]  # (n, 5, 4, 3)
    bones = unit(rotate(inverse(frames)[:, None, None], np.diff(points, axis=2)))
    first, second, third = bones[:, :, 0], bones[:, :, 1], bones[:, :, 2]
    bends = cross(first, second) + cross(second, third)
    root = swung(np.broadcast_to(IDENTITY, (*first.shape[:2], 4)), REST, first)
    root = twisted(root, REST, HINGES, bends, KNUCKLE)
    root = np.concatenate(
        (limited(root[:, :1], REST[:1], THUMB), limited(root[:, 1:], REST[1:], FINGER)), axis=1
    )
    middle = _hinged(root, second)
    outer = _hinged(multiply(root, middle), third)
    return np.stack((root, middle, outer), axis=2)


def _hinged(parent: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """(n, 5, 4) the bends that bring bones as near as they can to a direction (n, 5, 3).

    Landmarks do not keep to the plane in which a finger bends: a joint gives way a little.
    """
    local = rotate(inverse(parent), direction)
    bend = np.arctan2(dot(cross(REST, local), HINGES), dot(REST, local))
    least, most = map(radians, FINGER_HINGE)
    opposite = (least + most) / 2 - np.pi  # from there both limits are equally far
    bend = (bend - opposite) % (2 * np.pi) + opposite
    hinged = about(HINGES, np.clip(bend, least, most))
    aside = between(rotate(hinged, REST), local)
    if (aside[..., 3] < cos(_PLAY / 2)).any():
        aside = slerp(IDENTITY, aside, np.minimum(1, _PLAY / np.maximum(angle(aside), _TINY)))
    return multiply(aside, hinged)
