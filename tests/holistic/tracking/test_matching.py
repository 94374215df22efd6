"""Who is who from one moment to another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from holistic.tracking.matching import (
    RETURNED,
    SAME,
    dissimilarity,
    is_duplicate,
    is_duplicate_body,
    matched,
)

pixels = st.floats(-2000, 2000, width=32)
bodies = nps.arrays(np.float64, (6, 3), elements=pixels)
costs = st.tuples(st.integers(0, 6), st.integers(0, 6)).flatmap(
    lambda shape: nps.arrays(np.float64, shape, elements=st.floats(0, 3))
)

STANDING = np.array(((50, 0, 0), (30, 40, 0), (70, 40, 0), (40, 100, 0), (60, 100, 0)), float)


@given(bodies, bodies)
def test_dissimilarity_is_symmetric_and_never_negative(one, other):
    assert dissimilarity(one, other) == pytest.approx(dissimilarity(other, one))
    assert dissimilarity(one, other) >= -1e-9
    assert dissimilarity(one, one) in (pytest.approx(0), 1)  # 1: a line has no area to overlap


@given(bodies, pixels, pixels, st.floats(0.1, 10))
def test_it_does_not_depend_on_position_or_scale(one, x, y, scale):
    other = one[::-1]
    moved = [points * scale + (x, y, 0) for points in (one, other)]
    before = dissimilarity(one, other)
    if np.ptp(one[:, :2], axis=0).min() > 1:
        assert dissimilarity(*moved) == pytest.approx(before, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("shift", "same", "returned"),
    [(0, True, True), (5, True, True), (30, False, True), (90, False, False)],
)
def test_how_far_one_can_move_and_be_the_same(shift, same, returned):
    found = dissimilarity(STANDING, STANDING + np.array((shift, 0, 0)))
    assert (found < SAME, found < RETURNED) == (same, returned)


def test_points_that_are_not_numbers_are_like_nothing():
    assert dissimilarity(STANDING, STANDING * np.nan) == np.inf


@given(costs, st.floats(0, 3))
def test_nothing_is_matched_twice_or_above_the_limit(table, limit):
    pairs = matched(table, limit)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    found = [table[pair] for pair in pairs]
    assert found == sorted(found)
    assert all(cost <= limit for cost in found)


@given(costs, st.floats(0, 3))
def test_what_is_left_unmatched_fits_nothing_else_that_is_left(table, limit):
    pairs = matched(table, limit)
    rest = np.delete(np.delete(table, [r for r, _ in pairs], 0), [c for _, c in pairs], 1)
    assert not (rest <= limit).any()


@given(st.permutations(range(4)), st.integers(-4, 4))
def test_people_who_hardly_move_are_recognised_in_any_order(order, step):
    before = [STANDING + np.array((100 * index, 0, 0)) for index in range(4)]
    after = [before[index] + np.array((step, 0, 0)) for index in order]
    table = np.array([[dissimilarity(one, other) for other in before] for one in after])
    assert sorted(matched(table, RETURNED)) == list(enumerate(order))


def standing(x, y=0.0, scale=1.0):
    """A body of a pose's 33 points with its head at (x, y): four heads wide, seven high."""
    pose = np.zeros((33, 3))
    pose[0] = (0, 0, 0)
    pose[1:7, 0] = (1, 2, 3, -1, -2, -3)
    pose[7], pose[8] = (5, 0, 0), (-5, 0, 0)
    pose[9], pose[10] = (2, 4, 0), (-2, 4, 0)
    pose[11:, 0] = np.tile((-20, 20), 11)
    pose[11:, 1] = np.linspace(12, 70, 22)
    return pose * scale + (x, y, 0)


class TestDuplicateBodies:
    """Two findings of one body, one of them in a part of the frame."""

    def test_neighbours_who_stand_close_are_two(self):
        assert not is_duplicate_body(standing(0), standing(14))
        assert is_duplicate(standing(0), standing(14))  # faces and hands do not stand so close

    def test_one_head_is_one_body_however_the_legs_lie(self):
        sitting = standing(3)
        sitting[25:, :2] = standing(3)[25:, 1::-1]
        assert is_duplicate_body(standing(0), sitting)

    def test_a_small_body_in_a_large_one_is_its_part(self):
        assert is_duplicate_body(standing(0), standing(0, 40, scale=0.4))
        assert not is_duplicate_body(standing(0), standing(60, 40, scale=0.4))  # a child beside it
