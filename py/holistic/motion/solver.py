"""From a person's landmarks in one frame to the rotations of the bones of a humanoid.

Every bone gets the direction in which its landmarks lie; what directions leave open, how a bone is
twisted, comes from the bend of the next joint, from the hands and from the feet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.motion import limits
from holistic.motion.body import (
    Body,
    foot_frames,
    hand_frames_of_pose,
    mirrored,
    mirrored_rotations,
)
from holistic.motion.fingers import finger_rotations
from holistic.motion.limbs import (
    ARM_HINGE,
    ARM_REST,
    ELBOW,
    KNEE,
    LEG_HINGE,
    LEG_REST,
    shared_twist,
    swung,
    two_bones,
)
from holistic.motion.limits import limited, relative
from holistic.motion.quaternions import (
    IDENTITY,
    about,
    cross,
    frame,
    from_axes,
    multiply,
    rotate,
    slerp,
    unit,
)
from holistic.shared.bones import ARM, BONES, EYES, FINGERS, LEG, SIDES

INDEX = {name: row for row, name in enumerate(BONES)}
"""The row of every bone."""

SPINE_START = 0.12
"""Where the spine begins, as a share of the way from the hips to the shoulders."""

_SPINE, _SHARES = ("spine", "chest", "upperChest"), np.array((1 / 3, 2 / 3, 1))
_UP = np.array((0.0, 1.0, 0.0))
_LEFT = np.array((1.0, 0.0, 0.0))


def rows(side_bones: tuple[str, ...]) -> np.ndarray:
    """(2, bones): the rows of the left and of the right bones of these names."""
    return np.array([[INDEX[side + bone] for bone in side_bones] for side in SIDES])


_ARMS, _LEGS = rows(ARM), rows(LEG)
_FINGERS = np.stack([rows(finger) for finger in FINGERS], axis=1)  # (2, 5, 3)
_EYES = [INDEX[eye] for eye in EYES]


class Measured(NamedTuple):
    """What one frame tells.

    Attributes:
        rotations: (54, 4) quaternions x, y, z, w of ``bones.BONES`` in their parents; the unit
            where nothing is known.
        seen: (54,) of which bones something is known.
    """

    rotations: np.ndarray
    seen: np.ndarray


class Memory(NamedTuple):
    """What a frame does not tell, from those before.

    Attributes:
        rolls: (2,) radians: how the lower arms are twisted where their hands are not known; the
            right one mirrored.
        lost: (2,) hands that have been found of late: the pose's three points of a hand, which
            may say something else, are not asked then.
    """

    rolls: np.ndarray
    lost: np.ndarray


NO_MEMORY = Memory(np.zeros(2), np.zeros(2, bool))


def measure(body: Body, memory: Memory = NO_MEMORY) -> Measured:
    """The rotations that a body shows."""
    found = Measured(np.tile(IDENTITY, (len(BONES), 1)), np.zeros(len(BONES), bool))
    hips = chest = IDENTITY
    if body.sees("shoulder").all():
        hips, chest = _trunk(body, found)
        _arms(body, chest, memory, found)
        _legs(body, hips, found)
    _head(body, chest, found)
    _fingers(body, found)
    return found


def _set(found: Measured, name: str, rotation: np.ndarray) -> None:
    found.rotations[INDEX[name]] = rotation
    found.seen[INDEX[name]] = True


def _trunk(body: Body, found: Measured) -> tuple[np.ndarray, np.ndarray]:
    """Hips and spine; returns the rotations of the hips and of the chest in space.

    The hips turn with the line between them, the chest with that between the shoulders, and the
    spine leads straight from one to the other. Hips out of sight turn with the shoulders.
    """
    shoulders, thighs = body.pair("shoulder"), body.pair("hip")
    across = shoulders[0] - shoulders[1]
    up = shoulders.mean(axis=0) - thighs.mean(axis=0)
    hips = frame(thighs[0] - thighs[1] if body.sees("hip").all() else across, up)
    spine = up - SPINE_START * np.linalg.norm(up) * rotate(hips, _UP)
    straight = swung(hips, _UP, spine)
    chest = _upright_frame(spine, across)
    _set(found, "hips", hips)
    parent = hips
    for name, turned in zip(_SPINE, slerp(straight, chest, _SHARES), strict=True):
        local = limited(relative(turned, parent), _UP, limits.SPINE)
        _set(found, name, local)
        parent = multiply(parent, local)
    return hips, parent


def _upright_frame(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """The rotation whose y axis is along ``up``, and x as near to ``left`` as can be."""
    y = unit(up)
    z = unit(cross(left, y))
    return from_axes(cross(y, z), y, z)


def _arms(body: Body, chest: np.ndarray, memory: Memory, found: Measured) -> None:
    shoulders, elbows, wrists = body.as_left("shoulder", "elbow", "wrist")
    parents = mirrored_rotations(np.stack((chest, chest)))
    collar = limited(
        relative(swung(parents, _LEFT, _from_middle(body.pair("shoulder"))), parents),
        _LEFT,
        limits.SHOULDER,
    )
    collar_world = multiply(parents, collar)
    upper_seen = body.sees("shoulder", "elbow")
    lower_seen = upper_seen & body.sees("wrist")
    along = elbows - shoulders
    beyond = np.where(lower_seen[:, None], wrists - elbows, along)
    upper, lower = two_bones(collar_world, ARM_REST, ARM_HINGE, (along, beyond), ELBOW)
    hand, hand_seen = _hands(body, memory)
    roll = np.where(hand_seen, shared_twist(lower, hand), memory.rolls)
    lower = multiply(lower, about(ARM_REST, roll))
    upper_local = limited(relative(upper, collar_world), ARM_REST, limits.UPPER_ARM)
    upper = multiply(collar_world, upper_local)
    lower_local = limited(relative(lower, upper), ARM_REST, limits.LOWER_ARM)
    hand_local = limited(relative(hand, multiply(upper, lower_local)), ARM_REST, limits.HAND)
    local = np.stack((collar, upper_local, lower_local, hand_local), axis=1)
    seen = (body.sees("shoulder"), upper_seen, lower_seen, lower_seen & hand_seen)
    _set_sides(found, _ARMS, local, np.stack(seen, axis=1))


def _from_middle(pair: np.ndarray) -> np.ndarray:
    """(2, 3) vectors from the middle of a pair of points to each, the right one mirrored."""
    return mirrored(pair - (pair[0] + pair[1]) / 2)


def _hands(body: Body, memory: Memory) -> tuple[np.ndarray, np.ndarray]:
    """(2, 4) the hands' rotations, of mirrored ones, and (2,) whether they are known.

    A hand that is not found has three points of the pose, unless it was there just now.
    """
    seen = body.hands_seen
    if seen.all():
        return body.palms, seen
    of_pose = hand_frames_of_pose(*body.as_left("wrist", "index", "pinky"))
    known = seen | (body.sees("wrist", "index", "pinky") & ~memory.lost)
    return np.where(seen[:, None], body.palms, of_pose), known


def _legs(body: Body, hips: np.ndarray, found: Measured) -> None:
    points = body.as_left("hip", "knee", "ankle", "heel", "foot_index")
    thighs, knees, ankles, heels, toes = points
    parents = mirrored_rotations(np.stack((hips, hips)))
    upper_seen = body.sees("hip", "knee")
    lower_seen = upper_seen & body.sees("ankle")
    along = knees - thighs
    beyond = np.where(lower_seen[:, None], ankles - knees, along)
    upper, lower = two_bones(parents, LEG_REST, LEG_HINGE, (along, beyond), KNEE)
    upper_local = limited(relative(upper, parents), LEG_REST, limits.UPPER_LEG)
    upper = multiply(parents, upper_local)
    lower_local = limited(relative(lower, upper), LEG_REST, limits.LOWER_LEG)
    lower = multiply(upper, lower_local)
    foot = limited(relative(foot_frames(ankles, heels, toes), lower), LEG_REST, limits.FOOT)
    local = np.stack((upper_local, lower_local, foot), axis=1)
    foot_seen = lower_seen & body.sees("heel", "foot_index")
    seen = np.stack((upper_seen, lower_seen, foot_seen), axis=1)
    _set_sides(found, _LEGS[:, :3], local, seen)


def _head(body: Body, chest: np.ndarray, found: Measured) -> None:
    """Neck and head share the turn against the chest."""
    head = body.head
    if head is None:
        if not body.sees("eye", "ear").all():
            return
        eyes, ears = body.pair("eye"), body.pair("ear")
        mouth = (body.point("mouth_left") + body.point("mouth_right")) / 2
        head = frame(ears[0] - ears[1], eyes.mean(axis=0) - mouth)
    turn = limited(relative(head, chest), _UP, limits.HEAD)
    neck = slerp(IDENTITY, turn, 0.5)
    _set(found, "neck", neck)
    _set(found, "head", neck)  # the other half, about the same axis
    if body.gaze is not None:
        most = np.radians(limits.GAZE)
        left, up = np.clip(body.gaze, -most, most)
        found.rotations[_EYES] = multiply(about(_UP, left), about(_LEFT, -up))
        found.seen[_EYES] = True


def _fingers(body: Body, found: Measured) -> None:
    local = finger_rotations(mirrored(body.hands), body.palms)
    seen = np.broadcast_to(body.hands_seen[:, None, None], _FINGERS.shape)
    _set_sides(found, _FINGERS, local, seen)


def _set_sides(found: Measured, where: np.ndarray, local: np.ndarray, seen: np.ndarray) -> None:
    """Note the rotations (2, ..., 4) of the bones in rows (2, ...), the right ones mirrored."""
    found.rotations[where[seen]] = mirrored_rotations(local)[seen]
    found.seen[where[seen]] = True
