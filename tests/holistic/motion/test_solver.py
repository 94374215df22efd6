"""Rotations of bones from landmarks: a skeleton that they turn has its joints at the landmarks."""

import numpy as np
import pytest
from bodies import HEIGHT, STANDARD, WIDTH, person_of, random_rotations, sequence
from directions import errors

from holistic.motion import Solver, posed, solve
from holistic.motion.body import body
from holistic.motion.quaternions import IDENTITY, about, angle, inverse, multiply, rotate, twist
from holistic.motion.solver import INDEX, measure
from holistic.shared.bones import BONES

POSES = random_rotations(0, 60)
EYES = [INDEX["leftEye"], INDEX["rightEye"]]


def solved(rotations, **options):
    return solve(person_of(STANDARD, rotations, **options), WIDTH, HEIGHT).rotations


def test_a_t_pose_has_no_rotations():
    rest = np.tile(IDENTITY, (len(BONES), 1))
    bones = [row for row, bone in enumerate(BONES) if "Toes" not in bone and "Eye" not in bone]
    assert np.degrees(angle(solved(rest)[bones])).max() < 0.1


@pytest.mark.parametrize("rotations", POSES)
def test_a_skeleton_with_the_solved_rotations_has_its_joints_where_they_were(rotations):
    origin = np.zeros(3)
    joints = posed(STANDARD, rotations, origin).joints
    again = posed(STANDARD, solved(rotations), origin).joints
    assert np.abs(again - joints).max() < 0.001


def test_bones_lie_in_the_directions_of_their_landmarks():
    people = [person_of(STANDARD, rotations) for rotations in POSES]
    found = errors(people, [solved(rotations) for rotations in POSES], WIDTH, HEIGHT)
    assert len(found) == 1 + 2 * 5 + 30
    assert max(np.max(each) for each in found.values()) < 0.5


@pytest.mark.parametrize(
    "bone", ["hips", "head", "leftUpperArm", "rightUpperLeg", "leftFoot", "rightIndexDistal"]
)
def test_rotations_in_space_are_those_that_the_landmarks_were_made_with(bone):
    row = INDEX[bone]
    turned = [
        multiply(
            inverse(posed(STANDARD, rotations).rotations[row]),
            posed(STANDARD, solved(rotations)).rotations[row],
        )
        for rotations in POSES
    ]
    assert np.degrees(np.median(angle(np.stack(turned)))) < 0.1


def test_all_rotations_are_unit_quaternions_whatever_the_landmarks_are():
    random = np.random.default_rng(1)
    for rotations in POSES[:10]:
        person = person_of(STANDARD, rotations)
        for part in ("pose_world", "left_hand_world", "right_hand_world"):
            getattr(person, part)[:] = random.normal(size=getattr(person, part).shape)
        found = solve(person, WIDTH, HEIGHT).rotations
        assert np.linalg.norm(found, axis=1) == pytest.approx(1)


def test_landmarks_in_one_point_are_no_reason_to_fail():
    person = person_of(STANDARD, POSES[0])
    person.pose_world[:] = 0
    assert np.isfinite(solve(person, WIDTH, HEIGHT).rotations).all()


def test_eyes_look_where_the_irises_are():
    rest = np.tile(IDENTITY, (len(BONES), 1))
    ahead, aside = (solved(rest, gaze=gaze)[EYES] for gaze in ((0, 0), (0.3, 0.2)))
    assert np.degrees(angle(ahead)).max() < 1
    for look in rotate(aside, np.array((0, 0, 1.0))):
        assert look[0] > 0.1  # to the person's left
        assert look[1] > 0.1  # and up


def test_an_elbow_that_noise_bends_backwards_does_not_turn_the_arm_over():
    """The upper arm's twist goes smoothly to none as the bend turns about."""
    rest = np.tile(IDENTITY, (len(BONES), 1))
    twists = []
    for degrees in np.linspace(-25, 25, 51):
        bent = rest.copy()
        bent[INDEX["leftLowerArm"]] = about(np.array((0, -1.0, 0)), np.radians(degrees))
        person = person_of(STANDARD, bent)
        upper = measure(body(person, WIDTH, HEIGHT)).rotations[INDEX["leftUpperArm"]]
        twists.append(np.degrees(twist(upper, np.array((1.0, 0, 0)))))
    assert np.abs(np.diff(twists)).max() < 10
    assert np.abs(twists).max() < 30


def test_limits_keep_a_head_from_looking_backwards():
    rest = np.tile(IDENTITY, (len(BONES), 1))
    rest[INDEX["head"]] = about(np.array((0, 1.0, 0)), np.radians(170))
    found = solved(rest)
    turned = multiply(found[INDEX["neck"]], found[INDEX["head"]])
    assert np.degrees(angle(turned)) <= 95.1


def test_without_a_body_the_head_and_the_fingers_are_solved():
    person = person_of(STANDARD, POSES[0], pose=None, pose_world=None)
    seen = {
        bone for bone, known in zip(BONES, solve(person, WIDTH, HEIGHT).seen, strict=True) if known
    }
    assert {"head", "neck", "leftThumbProximal", "rightLittleDistal"} <= seen
    assert not seen & {"hips", "leftUpperArm", "leftHand"}


def test_what_is_out_of_sight_is_not_seen():
    visibility = np.ones((33, 2))
    visibility[[13, 25, 27, 29, 31]] = 0  # the left elbow and leg
    person = person_of(STANDARD, POSES[0], visibility=visibility)
    seen = dict(zip(BONES, solve(person, WIDTH, HEIGHT).seen, strict=True))
    assert not seen["leftUpperArm"]
    assert not seen["leftLowerLeg"]
    assert seen["rightUpperArm"]
    assert seen["rightFoot"]


def test_a_motion_has_no_flips():
    """No bone turns much further from frame to frame than it did."""
    rotations = sequence(3)
    solver = Solver()
    found = np.stack(
        [
            solver(person_of(STANDARD, each), WIDTH, HEIGHT, 1000 * frame / 30).rotations
            for frame, each in enumerate(rotations)
        ]
    )
    steps = angle(multiply(inverse(found[:-1]), found[1:]))
    assert np.degrees(steps).max() < 39  # 20 radians a second at 30 frames a second
    raw = np.stack([solved(each) for each in rotations])
    assert np.degrees(angle(multiply(inverse(raw[:-1]), raw[1:]))).max() < 60
