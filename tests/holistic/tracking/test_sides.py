"""Whose hand it is, and which."""

import numpy as np
import pytest
from hands import hand_at

from holistic.tracking.sides import claim, hands_may_meet, is_of, looks_like, same_hand

SIDES = ("left_hand", "right_hand")


def body(left_wrist, right_wrist, left_elbow=(420, 420), right_elbow=(220, 420)):
    """A pose with these wrists and elbows; its trunk is 160 by 240 px."""
    pose = np.full((33, 5), 0.9)
    pose[[11, 12, 23, 24], :2] = ((400, 200), (240, 200), (400, 440), (240, 440))
    pose[[13, 14, 15, 16], :2] = (left_elbow, right_elbow, left_wrist, right_wrist)
    return pose


APART = body((450, 300), (190, 300))


class TestClaim:
    """Both sides judge by the same numbers."""

    @pytest.mark.parametrize("left", [0.1, 0.9])
    def test_a_hand_at_its_own_wrist_is_its_own_whatever_it_looks_like(self, left):
        assert claim(hand_at((450, 305), left=left), "left_hand", APART, ()) > 0
        assert claim(hand_at((450, 305), left=left), "right_hand", APART, ()) < 0

    @pytest.mark.parametrize("left", [0.05, 0.95])
    def test_where_the_wrists_are_near_one_another_the_looks_decide(self, left):
        near = body((330, 300), (310, 300))
        claims = {side: claim(hand_at((320, 300), left=left), side, near, ()) for side in SIDES}
        assert [side for side in SIDES if claims[side] > 0] == [SIDES[left < 0.5]]

    def test_a_hand_far_from_the_wrist_is_nobodys(self):
        assert claim(hand_at((600, 300), left=0.9), "left_hand", APART, ()) < 0

    def test_a_hand_on_another_bodys_wrist_is_that_ones(self):
        neighbour = body((700, 300), (460, 300))
        assert claim(hand_at((465, 300), left=0.9), "left_hand", APART, ()) > 0
        assert claim(hand_at((465, 300), left=0.9), "left_hand", APART, (neighbour,)) < 0

    def test_handedness_is_of_the_side_that_is_asked_for(self):
        assert looks_like(hand_at((0, 0), left=0.9), "left_hand") == pytest.approx(0.8)
        assert looks_like(hand_at((0, 0), left=0.9), "right_hand") == pytest.approx(-0.8)


class TestOneHandOrTwo:
    """Two findings on one hand, and two hands that meet."""

    def test_points_that_nearly_coincide_are_one_hand(self):
        one = hand_at((300, 300)).points
        assert same_hand(one, one + np.array((8, 0, 0)))
        assert not same_hand(one, one + np.array((60, 0, 0)))

    def test_a_small_one_on_a_large_one_is_a_part_of_it(self):
        large, small = hand_at((300, 300), size=200).points, hand_at((300, 200), size=30).points
        assert same_hand(large, small)
        assert not same_hand(large, small + np.array((400, 0, 0)))

    def test_palms_together_remain_two_hands(self):
        praying = body((330, 300), (310, 300))  # elbows to either side
        assert hands_may_meet(hand_at((320, 300)).points, praying)

    def test_a_hand_behind_the_other_is_hidden(self):
        from_the_side = body((330, 300), (310, 300), left_elbow=(330, 200), right_elbow=(312, 200))
        assert not hands_may_meet(hand_at((320, 300)).points, from_the_side)

    def test_hands_apart_do_not_meet(self):
        assert not hands_may_meet(hand_at((450, 300)).points, APART)

    def test_a_body_that_is_no_larger_than_the_hand_is_a_mistake(self):
        assert is_of(hand_at((450, 300), size=100).points, APART)
        assert not is_of(hand_at((450, 300), size=400).points, APART)
