"""The order in which hands are listed is MediaPipe's."""

import numpy as np
import pytest

from holistic.compat.mediapipe.hand_order import HandOrder, one_a_person
from holistic.results.named_points import KINDS
from holistic.results.result import Person, Result


def frame(*hands):
    """A frame with hands named by their person's id and their side."""
    points = KINDS["left_hand"].of(np.zeros((21, 3), np.float32))
    people = [Person(id=number, **{side: points}) for number, side in hands]
    return Result(0.0, 640, 480, tuple(people))


A, B, C = (-1, "left_hand"), (-2, "right_hand"), (-3, "left_hand")


@pytest.mark.parametrize(
    ("newcomers_first", "expected"),
    [
        (True, [[A, B], [A, B], [B], [A, C, B], [A, B]]),  # solutions
        (False, [[A, B], [A, B], [B], [B, A, C], [B, A]]),  # tasks
    ],
)
def test_newcomers_stand_on_one_side_of_those_that_are_followed(newcomers_first, expected):
    order = HandOrder(newcomers_first)
    frames = [(A, B), (A, B), (B,), (A, B, C), (A, B)]
    found = [order(frame(*hands)) for hands in frames]
    named = [[(person.id, hand) for person, hand in hands] for hands in found]
    assert named == expected


def test_a_new_source_begins_anew():
    order = HandOrder(newcomers_first=True)
    order(frame(B))
    order.reset()
    assert [hand for _, hand in order(frame(A, B))] == ["left_hand", "right_hand"]


@pytest.mark.parametrize(("most", "people"), [(1, 1), (2, 2), (16, 16), (17, 9), (32, 16)])
def test_hands_have_people_of_their_own_as_far_as_they_fit(most, people):
    options = one_a_person(most)
    assert (options["max_people"], options["max_hands"]) == (people, most)
