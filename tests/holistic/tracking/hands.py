"""A hand to follow."""

import numpy as np


def upright_hand():
    """A (21, 3) hand that points up: wrist at (100, 200), knuckles 50 px above it."""
    points = np.zeros((21, 3))
    points[:, :2] = (100, 180)
    points[0, :2] = (100, 200)
    points[[5, 9, 13, 17], :2] = ((85, 150), (95, 150), (105, 150), (115, 150))
    return points
