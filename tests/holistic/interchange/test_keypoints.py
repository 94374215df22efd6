"""Pose and hands as one list of points in pixels."""

import numpy as np
from numpy.testing import assert_allclose

from holistic.interchange.keypoints import LINES, NAMES, keypoints


def test_the_75_points_have_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) == 75
    assert (NAMES[0], NAMES[33], NAMES[74]) == ("nose", "left_hand_wrist", "right_hand_pinky_tip")


def test_lines_join_points_of_one_part():
    kinds = np.searchsorted([33, 54], LINES, side="right")
    assert (kinds[:, 0] == kinds[:, 1]).all()
    assert (NAMES[LINES[-1, 0]], NAMES[LINES[-1, 1]]) == (
        "right_hand_wrist",
        "right_hand_pinky_mcp",
    )


def test_points_are_in_pixels_and_absent_ones_nan(pair):
    found = keypoints(pair)
    assert found.ids == [1, 4]
    hand = pair.results[2].people[0].left_hand
    assert_allclose(found.xy[2, 1, 33:54], hand.xy * (640, 480), rtol=1e-6)
    assert (found.likelihood[2, 1, 33:54] == 1).all()
    assert np.isnan(found.xy[1]).all()
    assert np.isnan(found.likelihood[2, 0]).all()
