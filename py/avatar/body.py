"""The avatar's trunk, limbs and hands, around the bones of a standard skeleton."""

from __future__ import annotations

import numpy as np

from avatar.meshes import Mesh, joined, tube
from holistic.motion.skeleton import PARENT, skeleton
from holistic.motion.solver import INDEX
from holistic.shared.bones import ARM, BONES, FINGERS, LEG, SIDES

SKELETON = skeleton()

_LONGER = 0.035  # metres of the neck: the tracker's shoulders are joints, and lie below it


def _joints() -> np.ndarray:
    found = np.zeros((len(BONES), 3))
    for row, parent in enumerate(PARENT):
        found[row] = SKELETON.offsets[row] + (found[parent] if parent >= 0 else 0)
    for bone in ("head", "leftEye", "rightEye"):
        found[INDEX[bone]] += (0, _LONGER, 0)
    return found


JOINTS = _joints()
"""(54, 3): where the bones begin, in metres above the floor."""


def joint(bone: str) -> np.ndarray:
    """(3,) where a bone begins."""
    return np.asarray(JOINTS[INDEX[bone]])


def end(bone: str) -> np.ndarray:
    """(3,) where a bone without children ends."""
    return np.asarray(joint(bone) + SKELETON.ends[bone])


def _tube(
    points: list[np.ndarray],
    bones: list[str],
    radii: list[tuple[float, float]],
    sides: int = 10,
    steps: int = 3,
) -> Mesh:
    rows = [INDEX[bone] for bone in bones]
    along = points[-1] - points[0]
    up = (0, 1, 0) if abs(along[1]) < np.abs(along[[0, 2]]).max() else (0, 0, 1)
    return tube(np.array(points), rows, np.array(radii), len(BONES), up, sides, steps)


_TRUNK = ("hips", "spine", "chest", "upperChest", "neck")


def shirt() -> Mesh:
    """The trunk and the upper arms."""
    hips, spine, chest, upper, neck = (joint(bone) for bone in _TRUNK)
    trunk = _tube(
        [
            *(hips - (0, 0.035, 0), spine, chest, upper),
            *(neck - (0, 0.01, 0), neck + (0, 0.035, 0), neck + (0, 0.075, 0)),
        ],
        ["hips", "spine", "chest", *["upperChest"] * 3],
        [
            *((0.184, 0.128), (0.142, 0.105), (0.15, 0.108), (0.162, 0.11)),
            *((0.152, 0.09), (0.124, 0.072), (0.052, 0.052)),
        ],
    )
    arms = []
    for side in SIDES:
        shoulder, elbow = joint(f"{side}UpperArm"), joint(f"{side}LowerArm")
        inner = 0.4 * joint(f"{side}Shoulder") + 0.6 * shoulder
        points = [inner, shoulder, shoulder + 0.75 * (elbow - shoulder)]
        bones = [f"{side}Shoulder", f"{side}UpperArm"]
        arms.append(_tube(points, bones, [(0.06, 0.04), (0.058, 0.05), (0.052, 0.05)]))
    return joined([trunk, *arms])


def trousers() -> Mesh:
    """Hips and legs down to the ankles."""
    hips = _tube(
        [joint("hips") - (0, 0.09, 0), joint("hips") + (0, 0.02, 0)],
        ["hips"],
        [(0.15, 0.1), (0.148, 0.1)],
    )
    legs = []
    for side in SIDES:
        thigh, shin, foot, _ = (f"{side}{bone}" for bone in LEG)
        points = [joint(thigh) * (0.92, 1, 1) - (0, 0.03, 0), joint(shin), joint(foot)]
        legs.append(_tube(points, [thigh, shin], [(0.074, 0.088), (0.06, 0.065), (0.048, 0.052)]))
    return joined([hips, *legs])


def shoes() -> Mesh:
    """Feet and toes."""
    found = []
    for side in SIDES:
        foot, toes = f"{side}Foot", f"{side}Toes"
        heel = joint(foot) * (1, 0, 1) + (0, 0.035, -0.045)
        ball, tip = joint(toes) * (1, 0, 1) + (0, 0.03, 0), end(toes) * (1, 0, 1) + (0, 0.025, 0.02)
        radii = [(0.036, 0.035), (0.042, 0.03), (0.035, 0.022)]
        found.append(_tube([heel, ball, tip], [foot, toes], radii))
        points = [joint(foot) + (0, 0.02, 0), joint(foot) * (1, 0, 1) + (0, 0.03, 0)]
        found.append(_tube(points, [foot], [(0.046, 0.05), (0.04, 0.05)]))
    return joined(found)


def skin() -> Mesh:
    """Lower arms, hands, fingers and the neck."""
    found = [
        _tube(
            [joint("neck"), joint("head") + (0, 0.03, 0)],
            ["neck"],
            [(0.05, 0.05), (0.046, 0.048)],
        )
    ]
    for side in SIDES:
        _, upper, lower, hand = (f"{side}{bone}" for bone in ARM)
        above = joint(upper) + 0.75 * (joint(lower) - joint(upper))
        points = [above, joint(lower), joint(hand)]
        found.append(_tube(points, [upper, lower], [(0.043, 0.043), (0.04, 0.04), (0.027, 0.022)]))
        found.append(_palm(side))
        found += [_finger(side, finger) for finger in FINGERS]
    return joined(found)


def _palm(side: str) -> Mesh:
    knuckles = np.mean([joint(f"{side}{finger[0]}") for finger in FINGERS[1:]], axis=0)
    hand = joint(f"{side}Hand")
    points = [hand, hand + 0.5 * (knuckles - hand), knuckles]
    radii = [(0.027, 0.02), (0.04, 0.016), (0.043, 0.013)]
    return _tube(points, [f"{side}Hand", f"{side}Hand"], radii)


def _finger(side: str, finger: tuple[str, ...]) -> Mesh:
    bones = [f"{side}{bone}" for bone in finger]
    points = [*(joint(bone) for bone in bones), end(bones[-1])]
    thick = 0.0105 if "Thumb" in finger[0] else 0.0085
    radii = [(thick * share, thick * share) for share in (1.1, 1, 0.92, 0.8)]
    return _tube(points, bones, radii, sides=6, steps=2)
