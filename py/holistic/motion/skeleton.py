"""A skeleton: where its bones begin at rest, and where its joints are when it is posed.

At rest a model stands with its arms stretched to the sides, palms down, and looks along z: the
T-pose of VRM 1.0. x goes to the model's left, y up; lengths are in metres. All rotations are the
unit there.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from holistic.motion.body import Body, foot_frames, mirrored
from holistic.motion.fingers import REST as FINGER_REST
from holistic.motion.limbs import ARM_REST, LEG_REST
from holistic.motion.quaternions import inverse, multiply, rotate
from holistic.motion.solver import INDEX, SPINE_START, rows
from holistic.shared.bones import ARM, BONES, FINGERS, LEG, PARENTS, SIDES

PARENT = [INDEX[parent] if (parent := PARENTS[bone]) else -1 for bone in BONES]
"""(54,): the row of each bone's parent; -1 of the hips."""

_SPINE = {"spine": SPINE_START, "chest": 0.26, "upperChest": 0.3, "neck": 0.32}  # shares of it
_NECK, _EYE, _CROWN = (0, 0.09, 0.01), (0.032, 0.06, 0.085), (0, 0.19, 0)  # metres
_ARMS, _LEGS = rows(ARM), rows(LEG)
_FINGERS = np.stack([rows(finger) for finger in FINGERS], axis=1)  # (2, 5, 3)
_CHAINS = np.arange(1, 21).reshape(5, 4)  # a finger's four points, from its root to its tip


class Proportions(NamedTuple):
    """How long somebody's bones are, in metres; the right side is mirrored to be a left one.

    Attributes:
        trunk: () from between the hips to between the shoulders.
        shoulders: (2,) from between the shoulders to each.
        hips: (2,) likewise.
        arms: (2, 2) upper and lower arms.
        legs: (2, 2) upper and lower legs.
        toes: (2, 3) from the ankles to the toes, in the foot's axes.
        heels: (2,) from the soles to the ankles.
        knuckles: (2, 5, 3) from the wrists to the fingers' roots, in the hand's axes.
        fingers: (2, 5, 3) the fingers' bones.
    """

    trunk: np.ndarray
    shoulders: np.ndarray
    hips: np.ndarray
    arms: np.ndarray
    legs: np.ndarray
    toes: np.ndarray
    heels: np.ndarray
    knuckles: np.ndarray
    fingers: np.ndarray


STANDARD = Proportions(
    np.array(0.5),
    np.full(2, 0.18),
    np.full(2, 0.1),
    np.tile((0.28, 0.25), (2, 1)),
    np.tile((0.42, 0.41), (2, 1)),
    np.tile((0.0, -0.07, 0.14), (2, 1)),
    np.full(2, 0.07),
    np.tile(
        [
            (0.025, -0.01, 0.03),
            (0.09, 0, 0.025),
            (0.092, 0, 0),
            (0.085, 0, -0.02),
            (0.08, 0, -0.04),
        ],
        (2, 1, 1),
    ),
    np.tile(
        [
            (0.042, 0.032, 0.026),
            (0.04, 0.024, 0.02),
            (0.044, 0.028, 0.021),
            (0.041, 0.026, 0.021),
            (0.032, 0.019, 0.018),
        ],
        (2, 1, 1),
    ),
)
"""An adult's."""


class Skeleton(NamedTuple):
    """Where bones begin at rest.

    Attributes:
        offsets: (54, 3) from the parent's beginning; of the hips from the floor.
        ends: name -> (3,) of a bone without children: where it ends, from its beginning.
    """

    offsets: np.ndarray
    ends: dict[str, np.ndarray]


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def _proportions(body: Body) -> Proportions:
    """Those that one frame shows, NaN for what is out of sight."""
    shoulders, elbows, wrists, hips, knees, ankles, heels, toes = body.as_left(
        *("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    )
    across, between_hips = (body.pair(name) for name in ("shoulder", "hip"))
    trunk = _lengths(across.mean(axis=0) - between_hips.mean(axis=0))
    hands = mirrored(body.hands)
    in_hand = rotate(inverse(body.palms)[:, None], hands - hands[:, :1])
    feet = foot_frames(ankles, heels, toes)
    in_foot = rotate(inverse(feet), toes - ankles)
    arms = np.stack((_lengths(elbows - shoulders), _lengths(wrists - elbows)), axis=1)
    legs = np.stack((_lengths(knees - hips), _lengths(ankles - knees)), axis=1)
    return Proportions(
        np.where(body.sees("shoulder", "hip").all(), trunk, np.nan),
        _seen(_lengths(across - across.mean(axis=0)), body.sees("shoulder")),
        _seen(_lengths(between_hips - between_hips.mean(axis=0)), body.sees("hip")),
        _seen(arms, body.sees("shoulder", "elbow", "wrist")),
        _seen(legs, body.sees("hip", "knee", "ankle")),
        _seen(in_foot, body.sees("ankle", "heel", "foot_index")),
        _seen(-in_foot[:, 1], body.sees("ankle", "heel", "foot_index")),
        _seen(in_hand[:, _CHAINS[:, 0]], body.hands_seen),
        _seen(_lengths(np.diff(hands[:, _CHAINS], axis=2)), body.hands_seen),
    )


def _seen(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """(2, ...) values, NaN of the side that is out of sight."""
    return np.where(seen.reshape(2, *[1] * (values.ndim - 1)), values, np.nan)


def proportions(bodies: Sequence[Body]) -> Proportions:
    """Somebody's, the medians of many frames; what was never in sight is a standard adult's."""
    if not bodies:
        return STANDARD
    found = [np.stack(values) for values in zip(*map(_proportions, bodies), strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of what is NaN in all frames
        medians = [np.nanquantile(values, 0.5, axis=0) for values in found]  # no numpy.ma in pages
    return Proportions(
        *(
            np.where(np.isnan(median), usual, median)
            for median, usual in zip(medians, STANDARD, strict=True)
        )
    )


def skeleton(of: Proportions = STANDARD) -> Skeleton:
    """The skeleton of somebody with these proportions."""
    offsets = np.zeros((len(BONES), 3))
    offsets[INDEX["hips"], 1] = (of.legs.sum(axis=1) + of.heels).mean()
    for bone, share in _SPINE.items():
        offsets[INDEX[bone], 1] = share * of.trunk
    offsets[INDEX["head"]] = _NECK
    offsets[INDEX["leftEye"]], offsets[INDEX["rightEye"]] = _EYE, _mirror(_EYE)
    arms = np.zeros((2, 4, 3))
    arms[:, 0, 1] = _SPINE["neck"] * of.trunk  # collar bones begin between the shoulders
    arms[:, 1:] = np.column_stack((of.shoulders, of.arms))[..., None] * ARM_REST
    legs = np.zeros((2, 4, 3))
    legs[:, 0, 0] = of.hips
    legs[:, 1:3] = of.legs[..., None] * LEG_REST
    legs[:, 3] = of.toes
    fingers = np.zeros((2, 5, 4, 3))
    fingers[:, :, 0] = of.knuckles
    fingers[:, :, 1:] = of.fingers[..., None] * FINGER_REST[:, None]
    offsets[_ARMS], offsets[_LEGS] = mirrored(arms), mirrored(legs)
    offsets[_FINGERS] = mirrored(fingers[:, :, :3])
    tips = mirrored(fingers[:, :, 3])
    ends = {
        side + finger[-1]: tips[row, number]
        for row, side in enumerate(SIDES)
        for number, finger in enumerate(FINGERS)
    }
    toes = {f"{side}Toes": np.array((0, 0, 0.05)) for side in SIDES}
    eyes = {f"{side}Eye": np.array((0, 0, 0.02)) for side in SIDES}
    return Skeleton(offsets, {"head": np.array(_CROWN), **eyes, **toes, **ends})


def _mirror(offset: Sequence[float]) -> np.ndarray:
    return np.array(offset) * (-1, 1, 1)


class Posed(NamedTuple):
    """A skeleton in its poses.

    Attributes:
        rotations: (..., 54, 4) of the bones in space.
        joints: (..., 54, 3) where they begin, in metres.
    """

    rotations: np.ndarray
    joints: np.ndarray

    def end(self, of: Skeleton, bone: str) -> np.ndarray:
        """(..., 3) where a bone without children ends."""
        row = INDEX[bone]
        along = rotate(self.rotations[..., row, :], of.ends[bone])
        return np.asarray(self.joints[..., row, :] + along)


def posed(of: Skeleton, rotations: np.ndarray, hips: np.ndarray | None = None) -> Posed:
    """Forward kinematics: the skeleton with ``rotations`` (..., 54, 4) of bones in their parents.

    ``hips`` (..., 3) is where they are; where they are at rest if that is left out.
    """
    world = np.empty_like(rotations, dtype=np.float64)
    joints = np.empty((*rotations.shape[:-1], 3))
    for row, parent in enumerate(PARENT):
        if parent < 0:
            world[..., row, :] = rotations[..., row, :]
            joints[..., row, :] = of.offsets[row] if hips is None else hips
            continue
        above = world[..., parent, :]
        world[..., row, :] = multiply(above, rotations[..., row, :])
        joints[..., row, :] = joints[..., parent, :] + rotate(above, of.offsets[row])
    return Posed(world, joints)
