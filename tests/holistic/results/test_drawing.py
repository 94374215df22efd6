"""What can be drawn into, and what of people is drawn."""

import numpy as np
import pytest

from holistic.results.drawing import draw
from holistic.results.named_points import HandPoints, PosePoints
from holistic.results.result import Person, Result


def drawn_alone(person):
    """A black frame (48, 64, 3) with a person drawn into it."""
    return draw(np.zeros((48, 64, 3), np.uint8), Result(0.0, 64, 48, (person,)))


@pytest.mark.parametrize(
    "frame",
    [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 1), np.uint8), np.zeros((4, 6, 3), np.float32)],
    ids=["grey", "grey of one channel", "float"],
)
def test_other_frames_are_refused_with_what_to_do(frame):
    with pytest.raises(ValueError, match="make a grey or float picture RGB first"):
        draw(frame, Result(0.0, 6, 4, ()))


def test_a_frame_without_people_is_copied():
    frame = np.full((4, 6, 3), 7, np.uint8)
    drawn = draw(frame, Result(0.0, 6, 4, ()))
    assert drawn is not frame
    np.testing.assert_array_equal(drawn, frame)


def test_a_hand_that_is_carried_on_is_fainter():
    hand = HandPoints.of(np.random.default_rng(1).uniform(0.2, 0.8, (21, 3)))
    found, carried = (
        drawn_alone(Person(0, left_hand=hand, scores={"left_hand": score})) for score in (0.9, 0)
    )
    assert 0 < carried.max() < found.max() / 2


def test_points_of_the_body_that_are_hardly_visible_are_left_out():
    body = np.random.default_rng(1).uniform(0.2, 0.8, (33, 5))
    body[:, 3] = 1
    assert drawn_alone(Person(0, pose=PosePoints.of(body))).any()
    body[:, 3] = 0.4
    assert not drawn_alone(Person(0, pose=PosePoints.of(body))).any()
