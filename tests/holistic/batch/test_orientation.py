"""Turning and mirroring by a display matrix."""

import numpy as np
import pytest
from four_colours import BLUE, GREEN, QUARTERS, RED, YELLOW, four_colours, seen

from holistic.batch.orientation import upright

SHOWN = {
    (1, 0, 0, 1): [RED, GREEN, BLUE, YELLOW],
    (-1, 0, 0, 1): [GREEN, RED, YELLOW, BLUE],  # mirrored
    (-1, 0, 0, -1): [YELLOW, BLUE, GREEN, RED],  # half a turn
    (1, 0, 0, -1): [BLUE, YELLOW, RED, GREEN],  # upside down
    (0, 1, 1, 0): [RED, BLUE, GREEN, YELLOW],  # over the diagonal
    (0, 1, -1, 0): [BLUE, RED, YELLOW, GREEN],  # a quarter turn clockwise, as phones write
    (0, -1, -1, 0): [YELLOW, GREEN, BLUE, RED],
    (0, -1, 1, 0): [GREEN, YELLOW, RED, BLUE],
}


@pytest.mark.parametrize("matrix", SHOWN)
def test_a_frame_is_shown_as_the_matrix_says(matrix):
    shown = upright(four_colours(), np.reshape(matrix, (2, 2)).astype(float))
    assert seen(shown) == SHOWN[matrix]
    assert shown.shape[:2] == ((48, 64) if matrix[0] else (64, 48))
    assert shown.flags.c_contiguous


@pytest.mark.parametrize("scale", [0.5, 1.001, 3])
def test_its_size_does_not_matter(scale):
    shown = upright(four_colours(), np.array(((0, scale), (-scale, 0))))
    assert seen(shown) == SHOWN[0, 1, -1, 0]


@pytest.mark.parametrize(
    "matrix", [((0, 0), (0, 0)), ((0.7, 0.7), (-0.7, 0.7)), ((1, 0), (1, 0)), ((np.nan, 0), (0, 1))]
)
def test_what_is_no_quarter_turn_changes_nothing_as_in_browsers(matrix):
    assert seen(upright(four_colours(), np.array(matrix, float))) == list(QUARTERS)
