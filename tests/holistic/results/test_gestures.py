"""Gestures of hands whose fingers are bent as they should be."""

import numpy as np
import pytest

from holistic import gestures
from holistic.motion import BONES, posed, skeleton
from holistic.motion.fingers import HINGES
from holistic.motion.quaternions import IDENTITY, about, multiply, rotate, unit
from holistic.shared.bones import FINGERS

SKELETON = skeleton()
UPRIGHT = about(np.array((0, 0, 1.0)), np.pi / 2)  # fingers up
BENDS = (75, 95, 60)  # degrees, of a finger in a fist
UP, FRONT = np.array((0, 1.0, 0)), np.array((0, 0, 1.0))


def hand(bent=(), thumb=0.0, spread=0.0, turned=UPRIGHT, side="left"):
    """(21, 3): the fingers of these numbers bent, the thumb so many degrees to the palm."""
    rotations = np.tile(IDENTITY, (len(BONES), 1))
    mirror = np.array((1, 1, 1, 1) if side == "left" else (1, -1, -1, 1))
    for number, (finger, hinge) in enumerate(zip(FINGERS, HINGES, strict=True)):
        for bone, bend in zip(finger, BENDS, strict=True):
            degrees = thumb if number == 0 else bend * (number in bent)
            rotations[BONES.index(side + bone)] = about(hinge, np.radians(degrees)) * mirror
    for number, aside in ((1, spread), (2, -spread)):
        row = BONES.index(side + FINGERS[number][0])
        rotations[row] = multiply(about(UP, -np.radians(aside)) * mirror, rotations[row])
    found = posed(SKELETON, rotations)
    points = [found.joints[BONES.index(f"{side}Hand")]]
    for finger in FINGERS:
        points += [found.joints[BONES.index(side + bone)] for bone in finger]
        points.append(found.end(SKELETON, side + finger[-1]))
    points = np.stack(points) - points[0]
    return rotate(turned, points) * (1, -1, -1)  # the frame's axes


ALL = (1, 2, 3, 4)
HANDS = {
    "open_hand": {},
    "fist": {"bent": ALL, "thumb": 55},
    "pointing": {"bent": (2, 3, 4), "thumb": 55},
    "victory": {"bent": (3, 4), "thumb": 55, "spread": 10},
}


@pytest.mark.parametrize("name", HANDS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_gesture_is_known_however_the_hand_is_turned_and_however_large(name, side):
    random = np.random.default_rng(0)
    for turned in unit(random.normal(size=(20, 4))):
        points = hand(**HANDS[name], turned=turned, side=side) * random.uniform(0.1, 500)
        assert gestures.gesture(points) == name


@pytest.mark.parametrize(("name", "down"), [("thumbs_up", 1), ("thumbs_down", -1)])
def test_a_thumb_points_up_or_down(name, down):
    points = hand(bent=ALL)
    thumb = points[4] - points[2]
    to_up = about(
        unit(np.cross(thumb, (0, -down, 0))), np.arccos(-down * thumb[1] / np.linalg.norm(thumb))
    )
    assert gestures.gesture(rotate(to_up, points)) == name
    assert gestures.scores(rotate(about(FRONT, np.pi / 2), rotate(to_up, points)))[name] == 0


def test_thumb_and_index_finger_pinch():
    points = hand()
    meeting = points[5] * 1.3 + (0, 0, -0.03)  # in front of the index finger's knuckle
    points[4], points[8] = meeting, np.add(meeting, (0.004, 0, 0))
    assert gestures.gesture(points) == "pinch"


def test_fingers_together_are_no_victory():
    assert gestures.victory(hand(bent=(3, 4), thumb=55)) < 0.5


def test_four_fingers_are_no_open_hand():
    points = hand()
    assert gestures.open_hand(points) == 1
    points[4] = (points[5] + points[17]) / 2  # the thumb lies across the palm
    assert gestures.open_hand(points) == 0


def test_openness_is_from_a_fist_to_an_open_hand():
    assert gestures.openness(hand()) == pytest.approx(1)
    assert gestures.openness(hand(bent=ALL, thumb=55)) == pytest.approx(0, abs=0.3)


def test_what_is_like_no_gesture_is_none():
    assert gestures.gesture(hand(bent=(1, 2, 3), thumb=55)) is None
    assert gestures.gesture(hand(), least=1.1) is None


def test_points_in_one_place_are_no_gesture_that_fails():
    assert set(gestures.scores(np.zeros((21, 3)))) == set(gestures.GESTURES)


@pytest.mark.parametrize(
    ("points", "error"), [(None, TypeError), (np.zeros((33, 3)), ValueError), (3.0, ValueError)]
)
def test_what_is_no_hand_is_refused(points, error):
    with pytest.raises(error, match="hand"):
        gestures.scores(points)
