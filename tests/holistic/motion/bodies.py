"""People whose bones' rotations are known: skeletons in random poses, and their landmarks."""

from itertools import pairwise

import numpy as np

from holistic.motion.body import AXES
from holistic.motion.fingers import HINGES
from holistic.motion.limbs import ARM_HINGE, ARM_REST, LEG_HINGE, LEG_REST
from holistic.motion.quaternions import IDENTITY, about, multiply, rotate, slerp
from holistic.motion.skeleton import Posed, Skeleton, posed, skeleton
from holistic.motion.solver import INDEX
from holistic.results.named_points import FacePoints, HandPoints, PosePoints, WorldPosePoints
from holistic.results.result import Person
from holistic.shared.bones import BONES, FINGERS, SIDES
from holistic.shared.landmarks import FACE, POSE

WIDTH, HEIGHT = 640, 480
SCALE = 150  # pixels a metre
UP, LEFT, FRONT = np.array((0, 1.0, 0)), np.array((1.0, 0, 0)), np.array((0, 0, 1.0))

HEAD = {
    "nose": (0, 0.03, 0.12),
    "left_eye": (0.032, 0.06, 0.09),
    "right_eye": (-0.032, 0.06, 0.09),
    "left_ear": (0.075, 0.04, 0),
    "right_ear": (-0.075, 0.04, 0),
    "mouth_left": (0.025, -0.01, 0.09),
    "mouth_right": (-0.025, -0.01, 0.09),
}
MESH = {
    "forehead": (0, 0.12, 0.09),
    "chin": (0, -0.05, 0.09),
    "right_eye_outer": (-0.047, 0.06, 0.08),
    "right_eye_inner": (-0.017, 0.06, 0.09),
    "left_eye_outer": (0.047, 0.06, 0.08),
    "left_eye_inner": (0.017, 0.06, 0.09),
    "right_eye_top": (-0.032, 0.065, 0.09),
    "right_eye_bottom": (-0.032, 0.055, 0.09),
    "left_eye_top": (0.032, 0.065, 0.09),
    "left_eye_bottom": (0.032, 0.055, 0.09),
    "right_iris": (-0.032, 0.06, 0.09),
    "left_iris": (0.032, 0.06, 0.09),
}


def random_rotations(seed, count=1):
    """(count, 54, 4): poses that people can take, all bones turned; the spine leads straight."""
    random = np.random.default_rng(seed)
    found = np.tile(IDENTITY, (count, len(BONES), 1))

    def between(low, high):
        return np.radians(random.uniform(low, high, count))

    def turned(*turns):
        result = np.tile(IDENTITY, (count, 1))
        for axis, low, high in turns:
            result = multiply(result, about(axis, between(low, high)))
        return result

    def put(name, rotation):
        found[:, INDEX[name]] = rotation

    put("hips", turned((UP, -50, 50), (LEFT, -25, 25), (FRONT, -15, 15)))
    put("spine", multiply(turned((FRONT, -15, 15)), about(UP, twist := between(-12, 12))))
    for name in ("chest", "upperChest"):
        put(name, about(UP, twist))
    half = turned((UP, -25, 25), (LEFT, -15, 15), (FRONT, -10, 10))
    put("neck", half)
    put("head", half)
    tilt = between(-12, 12)  # one shoulder up, the other one down
    for side, sign in zip(SIDES, (1, -1), strict=True):
        mirror = np.array((1, sign, sign, 1))
        put(f"{side}Shoulder", about(FRONT, tilt))
        swing = multiply(turned((UP, -90, 20)), turned((FRONT, -75, 45)))
        put(f"{side}UpperArm", multiply(swing, turned((ARM_REST, -60, 60))) * mirror)
        roll = about(ARM_REST, between(-35, 35))
        elbow = about(ARM_HINGE, between(25, 130))
        put(f"{side}LowerArm", multiply(elbow, roll) * mirror)
        wrist = turned((FRONT, -50, 50), (UP, -15, 15))
        put(f"{side}Hand", multiply(wrist, roll) * mirror)
        swing = multiply(turned((LEFT, -90, 15)), turned((FRONT, -10, 40)))
        put(f"{side}UpperLeg", multiply(swing, turned((LEG_REST, -25, 25))) * mirror)
        put(f"{side}LowerLeg", about(LEG_HINGE, between(25, 120)) * mirror)
        put(f"{side}Foot", turned((LEFT, -30, 20), (UP, -20, 20)) * mirror)
        for finger, hinge in zip(FINGERS, HINGES, strict=True):
            for bone, spread in zip(finger, (8, 0, 0), strict=True):
                bend = about(hinge, between(22, 70))
                put(side + bone, multiply(turned((UP, -spread, spread)), bend) * mirror)
    return found


def person_of(of: Skeleton, rotations, visibility=1.0, gaze=(0.0, 0.0), **options):
    """The person whose landmarks are on the skeleton in a pose (54, 4)."""
    found = posed(of, rotations, np.zeros(3))
    world = _pose(of, found)
    pose = np.zeros((33, 5), np.float32)
    pose[:, :3] = _in_frame(world)
    pose[:, 3:] = visibility
    parts = {
        "pose": PosePoints.of(pose),
        "pose_world": WorldPosePoints.of((world * AXES).astype(np.float32)),
        "face": FacePoints.of(_in_frame(_face(found, gaze)).astype(np.float32)),
    }
    for side in SIDES:
        hand = _hand(of, found, side)
        world_hand = (hand - hand.mean(axis=0)) * AXES
        parts[f"{side}_hand"] = HandPoints.of(_in_frame(hand).astype(np.float32))
        parts[f"{side}_hand_world"] = HandPoints.of(world_hand.astype(np.float32))
    return Person(id=0, **{**parts, **options})


def _in_frame(points):
    pixels = points * AXES * SCALE + (WIDTH / 2, HEIGHT / 2, 0)
    return pixels / (WIDTH, HEIGHT, WIDTH)


def _at(found: Posed, bone, offset=(0, 0, 0)):
    row = INDEX[bone]
    return found.joints[row] + rotate(found.rotations[row], np.array(offset, float))


def _pose(of, found):
    points = np.zeros((33, 3))
    for name, offset in HEAD.items():
        points[POSE.index(name)] = _at(found, "head", offset)
    for side in SIDES:
        bones = {
            "shoulder": "UpperArm",
            "elbow": "LowerArm",
            "wrist": "Hand",
            "index": "IndexProximal",
            "pinky": "LittleProximal",
            "hip": "UpperLeg",
            "knee": "LowerLeg",
            "ankle": "Foot",
            "foot_index": "Toes",
        }
        for name, bone in bones.items():
            points[POSE.index(f"{side}_{name}")] = _at(found, side + bone)
        heel = (0, of.offsets[INDEX[f"{side}Toes"], 1], -0.06)
        points[POSE.index(f"{side}_heel")] = _at(found, f"{side}Foot", heel)
    return points


def _face(found, gaze):
    points = np.random.default_rng(0).normal(scale=0.05, size=(478, 3))
    for name, offset in MESH.items():
        shift = 0.012 * np.sin([*gaze, 0]) * ("iris" in name)
        points[FACE[name]] = np.array(offset) + shift
    return _at(found, "head", points)


def _hand(of, found, side):
    chains = [
        [*(_at(found, side + bone) for bone in finger), found.end(of, side + finger[-1])]
        for finger in FINGERS
    ]
    return np.concatenate(([_at(found, f"{side}Hand")], *chains))


def sequence(seed, poses=6, frames=20):
    """(poses * frames, 54, 4): rotations that go smoothly from pose to pose."""
    keys = random_rotations(seed, poses + 1)
    ways = (1 - np.cos(np.pi * np.arange(frames) / frames)) / 2
    return np.concatenate(
        [[slerp(first, last, way) for way in ways] for first, last in pairwise(keys)]
    )


STANDARD = skeleton()
