"""A hand to follow."""

import numpy as np

from holistic.inference.landmarkers import HandEstimate


def upright_hand():
    """A (21, 3) hand that points up: wrist at (100, 200), knuckles 50 px above it."""
    points = np.zeros((21, 3))
    points[:, :2] = (100, 180)
    points[0, :2] = (100, 200)
    points[[5, 9, 13, 17], :2] = ((85, 150), (95, 150), (105, 150), (115, 150))
    return points


def hand_at(wrist, score=0.9, left=0.9, size=80.0):
    """An estimate of such a hand with its wrist at ``wrist`` and a box with the diagonal ``size``.

    ``left`` is how likely it is a left hand.
    """
    points = upright_hand() - upright_hand()[0]
    points *= size / np.hypot(*np.ptp(points[:, :2], axis=0))
    points[:, :2] += wrist
    return HandEstimate(score, left, points, np.zeros((21, 3)))
