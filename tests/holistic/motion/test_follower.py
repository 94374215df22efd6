"""From frame to frame: what is out of sight is held and relaxed, what is seen is smoothed."""

import numpy as np
import pytest
from bodies import HEIGHT, STANDARD, WIDTH, person_of, random_rotations

from holistic.motion import RELAXED, Solver, solve
from holistic.motion.doubt import DOUBT
from holistic.motion.follower import FASTEST, FASTEST_HANDS, HOLD
from holistic.motion.quaternions import angle, inverse, multiply, slerp
from holistic.motion.solver import INDEX

POSE, OTHER = random_rotations(5, 2)
ELBOW = 13
ARM = INDEX["leftUpperArm"]
FINGER = INDEX["leftIndexProximal"]


def person(rotations=POSE, hidden=(), **options):
    visibility = np.ones((33, 2))
    visibility[list(hidden)] = 0
    return person_of(STANDARD, rotations, visibility=visibility, **options)


def apart(one, other):
    return np.degrees(angle(multiply(inverse(one), other)))


def test_the_first_frame_is_as_it_is():
    first = Solver()(person(), WIDTH, HEIGHT, 0)
    assert first.rotations == pytest.approx(solve(person(), WIDTH, HEIGHT).rotations)


def test_an_arm_out_of_sight_is_held_and_then_relaxed():
    solver = Solver()
    before = solver(person(), WIDTH, HEIGHT, 0).rotations[ARM]
    for timestamp in np.arange(50, HOLD + 1, 50):
        held = solver(person(hidden=[ELBOW]), WIDTH, HEIGHT, timestamp)
        assert not held.seen[ARM]
        assert apart(held.rotations[ARM], before) < 0.1
    for timestamp in np.arange(HOLD + 50, HOLD + 4000, 50):
        held = solver(person(hidden=[ELBOW]), WIDTH, HEIGHT, timestamp)
    assert apart(held.rotations[ARM], RELAXED[ARM]) < 1


def test_an_arm_that_was_never_seen_hangs():
    found = Solver()(person(hidden=[ELBOW]), WIDTH, HEIGHT, 0)
    assert found.rotations[ARM] == pytest.approx(RELAXED[ARM])


def test_noise_is_smoothed_and_motion_is_followed():
    random = np.random.default_rng(0)
    solver = Solver()
    raw, smooth = [], []
    for frame in range(40):
        shaking = person()
        shaking.pose_world[:] += random.normal(scale=0.004, size=(33, 3))
        raw.append(solve(shaking, WIDTH, HEIGHT).rotations[ARM])
        smooth.append(solver(shaking, WIDTH, HEIGHT, frame * 33).rotations[ARM])
    jitter = [np.mean(apart(np.stack(each[10:-1]), np.stack(each[11:]))) for each in (raw, smooth)]
    assert jitter[1] < 0.7 * jitter[0]
    for frame in range(40, 70):
        found = solver(person(OTHER), WIDTH, HEIGHT, frame * 33)
    assert apart(found.rotations, solve(person(OTHER), WIDTH, HEIGHT).rotations).max() < 3


def test_no_bone_turns_faster_than_bones_do():
    solver = Solver()
    first = solver(person(), WIDTH, HEIGHT, 0)
    second = solver(person(OTHER), WIDTH, HEIGHT, 10)
    turned = apart(first.rotations, second.rotations)
    body = [INDEX[bone] for bone in ("hips", "spine", "head", "leftUpperArm", "rightUpperLeg")]
    assert turned[body].max() == pytest.approx(np.degrees(FASTEST * 0.01), rel=0.01)
    assert turned.max() == pytest.approx(np.degrees(FASTEST_HANDS * 0.01), rel=0.01)


def test_fast_motion_is_followed_closely():
    """An arm that swings to and fro lags less than 4 degrees behind."""
    solver = Solver()
    lags = []
    for frame in range(60):
        share = 0.5 - 0.5 * np.cos(frame * 33e-3 * 2 * np.pi)  # to and fro in a second
        turned = person(slerp(POSE, OTHER, share))
        found = solver(turned, WIDTH, HEIGHT, frame * 33)
        lags.append(apart(found.rotations, solve(turned, WIDTH, HEIGHT).rotations))
    assert np.mean(lags[5:]) < 4


def finger_jitter(pixels):
    """Degrees from frame to frame, of a shaking finger of a hand that is so many pixels large."""
    random = np.random.default_rng(0)
    solver, found = Solver(), []
    for frame in range(40):
        shaking = person()
        shaking.left_hand[:, 0] *= pixels / WIDTH / np.ptp(shaking.left_hand[:, 0])
        shaking.left_hand[:, 1] *= pixels / HEIGHT / np.ptp(shaking.left_hand[:, 1])
        shaking.left_hand_world[:] += random.normal(scale=0.001, size=(21, 3))
        found.append(solver(shaking, WIDTH, HEIGHT, frame * 33).rotations[FINGER])
    return np.mean(apart(np.stack(found[10:-1]), np.stack(found[11:])))


def test_the_fingers_of_a_tiny_hand_are_believed_less():
    assert finger_jitter(80) == pytest.approx(finger_jitter(120))
    assert finger_jitter(15) < 0.7 * finger_jitter(80)


def test_without_smoothing_each_frame_is_as_it_is():
    solver = Solver(smoothing=None)
    solver(person(), WIDTH, HEIGHT, 0)
    found = solver(person(OTHER), WIDTH, HEIGHT, 33)
    assert found.rotations == pytest.approx(solve(person(OTHER), WIDTH, HEIGHT).rotations, abs=1e-4)


def test_reset_and_earlier_time_stamps_begin_anew():
    solver = Solver()
    solver(person(), WIDTH, HEIGHT, 1000)
    expected = solve(person(OTHER), WIDTH, HEIGHT).rotations
    assert solver(person(OTHER), WIDTH, HEIGHT, 500).rotations == pytest.approx(expected)
    solver.reset()
    assert solver(person(), WIDTH, HEIGHT, 600).rotations == pytest.approx(
        solve(person(), WIDTH, HEIGHT).rotations
    )


def test_a_hand_that_is_lost_keeps_its_turn():
    """The pose's three points of a hand do not stand in for one that was there just now."""
    solver = Solver()
    before = solver(person(), WIDTH, HEIGHT, 0).rotations
    lost = person(left_hand=None, left_hand_world=None)
    lost.pose_world[[17, 19]] = lost.pose_world[[19, 17]]  # they say it is turned over
    after = solver(lost, WIDTH, HEIGHT, 33)
    assert not after.seen[INDEX["leftHand"]]
    for bone in ("leftHand", "leftLowerArm"):
        assert apart(before[INDEX[bone]], after.rotations[INDEX[bone]]) < 1


def turned_over(**options):
    """The person, whose left hand's landmarks are those of one turned over about the middle."""
    found = person(**options)
    hand = found.left_hand_world
    axis = hand[9] / np.linalg.norm(hand[9])
    hand[:] = 2 * np.outer(hand @ axis, axis) - hand
    return found


HAND = INDEX["leftHand"]
OF_HAND = [INDEX["leftLowerArm"], HAND, FINGER]


def test_a_hand_that_jumps_and_looks_like_the_other_one_is_held():
    solver = Solver()
    before = solver(person(left_handedness=0.9), WIDTH, HEIGHT, 0).rotations
    for timestamp in np.arange(33, DOUBT, 33):
        held = solver(turned_over(left_handedness=0.1), WIDTH, HEIGHT, timestamp)
        assert not held.seen[HAND]
        assert apart(before, held.rotations)[OF_HAND].max() < 1


def test_a_hand_that_goes_on_to_look_like_the_other_one_is_believed():
    solver = Solver()
    solver(person(left_handedness=0.9), WIDTH, HEIGHT, 0)
    for timestamp in np.arange(33, 3 * DOUBT, 33):
        found = solver(turned_over(left_handedness=0.1), WIDTH, HEIGHT, timestamp)
    expected = solve(turned_over(), WIDTH, HEIGHT).rotations
    assert apart(found.rotations, expected)[OF_HAND].max() < 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (person(left_handedness=0.9), turned_over(left_handedness=0.9)),
        (person(left_handedness=0.9), turned_over()),
        (person(left_handedness=0.1), person(left_handedness=0.1)),
        (person(), person(right_handedness=0.1)),
    ],
    ids=["it looks like itself", "nobody says what it looks like", "it stays", "a right hand"],
)
def test_other_hands_are_believed_at_once(before, after):
    solver = Solver()
    solver(before, WIDTH, HEIGHT, 0)
    assert solver(after, WIDTH, HEIGHT, 33).seen[[HAND, INDEX["rightHand"]]].all()


def test_hips_move_from_where_they_were_first():
    solver = Solver()
    assert solver(person(), WIDTH, HEIGHT, 0).hips == pytest.approx(0)
    moved = person()
    moved.pose[:, 0] += 60 / WIDTH  # to the picture's right, the person's left
    for frame in range(1, 60):
        hips = solver(moved, WIDTH, HEIGHT, frame * 33).hips
    assert hips[0] == pytest.approx(0.4, abs=0.02)  # 150 pixels are a metre
    assert hips[1:] == pytest.approx(0, abs=0.02)


def test_hips_that_come_nearer():
    near, far = person(), person()
    middle = near.pose[:, :2].mean(axis=0)
    near.pose[:, :2] = middle + 2 * (near.pose[:, :2] - middle)
    distances = [solve(each, WIDTH, HEIGHT).hips[2] for each in (near, far)]
    assert distances[1] == pytest.approx(2 * distances[0], rel=0.01)
    assert distances[0] < 0


def test_without_a_pose_nobody_knows_where_the_hips_are():
    found = solve(person(pose=None, pose_world=None), WIDTH, HEIGHT)
    assert np.isnan(found.hips).all()
