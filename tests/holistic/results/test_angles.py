"""Joint angles and head pose, on bodies and heads whose angles are known."""

import numpy as np
import pytest

from holistic.results.angles import (
    FINGER_JOINTS,
    OPENINGS,
    angle,
    finger_angles,
    head_pose,
    joint_angles,
    openings,
)
from holistic.results.named_points import FacePoints, HandPoints, WorldPosePoints
from holistic.shared.landmarks import FACE

WIDTH, HEIGHT = 640, 480


def turned(degrees, axis):
    """The matrix that turns column vectors around the frame's axis (0 right, 1 down, 2 back)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix[first, first] = matrix[second, second] = c
    matrix[first, second], matrix[second, first] = -s, s
    return matrix


def head(yaw=0.0, pitch=0.0, roll=0.0):
    """A face in the frame's middle that looks there."""
    upright = np.zeros((468, 3))
    upright[33], upright[263] = (-45, -30, 20), (45, -30, 20)  # the eyes' outer corners
    upright[10], upright[152] = (0, -80, 0), (0, 80, 0)
    pose = turned(-yaw, 1) @ turned(-pitch, 0) @ turned(roll, 2)
    pixels = upright @ pose.T + (WIDTH / 2, HEIGHT / 2, 0)
    return FacePoints.of(pixels / (WIDTH, HEIGHT, WIDTH))


def test_an_angle_is_that_between_two_directions():
    assert angle(np.array((1, 0, 0)), np.zeros(3), np.array((0, 2, 0))) == pytest.approx(90)
    assert angle(np.array((1, 0, 0)), np.zeros(3), np.array((-3, 0, 0))) == pytest.approx(180)


def test_a_direction_without_length_has_no_angle():
    assert np.isnan(angle(np.zeros(3), np.zeros(3), np.ones(3)))


def test_a_bent_arm_and_a_stretched_leg():
    world = WorldPosePoints.of(np.random.default_rng(0).normal(size=(33, 3)))
    for name, position in {
        "left_shoulder": (0.2, -0.5, 0),
        "left_elbow": (0.2, -0.2, 0),
        "left_wrist": (0.2, -0.2, -0.25),
        "right_hip": (-0.1, 0, 0),
        "right_knee": (-0.1, 0.4, 0),
        "right_ankle": (-0.1, 0.8, 0),
    }.items():
        np.asarray(world)[world.rows(name)] = position
    angles = joint_angles(world)
    assert angles["left_elbow"] == pytest.approx(90)
    assert angles["right_knee"] == pytest.approx(180)
    assert len(angles) == 10


def test_stretched_fingers():
    hand = np.zeros((21, 3))
    for finger in range(5):
        direction = np.array((finger - 2, -4, 0))
        hand[1 + finger * 4 : 5 + finger * 4] = np.arange(1, 5)[:, None] * direction
    angles = finger_angles(HandPoints.of(hand))
    assert set(angles) == set(FINGER_JOINTS)
    assert list(angles.values()) == pytest.approx([180] * 14)


def test_a_head_that_looks_into_the_camera():
    assert head_pose(head(), WIDTH, HEIGHT) == pytest.approx((0, 0, 0), abs=1e-5)


@pytest.mark.parametrize("degrees", [-60, -10, 35])
@pytest.mark.parametrize("name", ["yaw", "pitch", "roll"])
def test_each_angle_alone(name, degrees):
    pose = head_pose(head(**{name: degrees}), WIDTH, HEIGHT)
    expected = {"yaw": 0, "pitch": 0, "roll": 0} | {name: degrees}
    assert pose._asdict() == pytest.approx(expected, abs=1e-4)


def test_all_angles_together():
    assert head_pose(head(30, -20, 15), WIDTH, HEIGHT) == pytest.approx((30, -20, 15), abs=1e-4)


def test_what_the_signs_mean():
    face = head(yaw=30)  # to the own left: the left side goes away from the camera
    assert face["left_eye_outer"][2] > face["right_eye_outer"][2]
    face = head(pitch=30)  # upwards: the chin comes nearer than the forehead
    assert face["chin"][2] < face["forehead"][2]
    face = head(roll=30)  # towards the own left shoulder: the left eye goes down
    assert face["left_eye_outer"][1] > face["right_eye_outer"][1]


def test_a_face_without_extent_is_refused():
    with pytest.raises(ValueError, match="has no direction"):
        head_pose(FacePoints.of(np.zeros((468, 3))), WIDTH, HEIGHT)


@pytest.mark.parametrize("name", OPENINGS)
@pytest.mark.parametrize("turn", [0, 40])
def test_an_opening_is_a_share_of_the_width_wherever_the_head_is_turned(name, turn):
    points = np.zeros((468, 3))
    upper, lower, first, last = (FACE[point] for point in OPENINGS[name])
    points[upper], points[lower] = (0, -6, 2), (0, 6, 2)
    points[first], points[last] = (-20, 0, 0), (20, 0, 0)
    pixels = points @ turned(turn, 1).T + (WIDTH / 2, HEIGHT / 2, 0)
    face = FacePoints.of(pixels / (WIDTH, HEIGHT, WIDTH))
    assert openings(face, WIDTH, HEIGHT)[name] == pytest.approx(0.3)


def test_a_face_without_extent_has_no_openings():
    assert np.isnan(list(openings(FacePoints.of(np.zeros((468, 3))), WIDTH, HEIGHT).values())).all()
