"""Rotations from frame to frame: held while a bone is out of sight, then relaxed, and smoothed.

``Solver`` follows one person; ``solve`` looks at one frame alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from holistic.motion.body import body
from holistic.motion.doubt import Doubt
from holistic.motion.fingers import HINGES
from holistic.motion.limbs import ARM_HINGE, ARM_REST
from holistic.motion.quaternions import IDENTITY, about, angle, inverse, multiply, slerp, twist
from holistic.motion.root import hips_position
from holistic.motion.solver import INDEX, NO_MEMORY, Measured, Memory, measure
from holistic.options import Smoothing
from holistic.results.result import Person
from holistic.shared.bones import BONES, FINGERS, SIDES

HOLD = 500.0
"""Milliseconds for which a bone out of sight stays as it was."""

RELAXATION = 400.0
"""Milliseconds in which it then comes nearer to its rest, by the factor e."""

SMOOTHING = Smoothing(min_cutoff=1.0, beta=2.0, derivative_cutoff=3.0)
"""Of rotations: Hz, Hz per radian a second, and Hz. Landmarks are smoothed already. Chosen on
clips: less jitter at rest than others that lag as little in fast motion (docs/motion.md)."""

FASTEST, FASTEST_HANDS = 20.0, 60.0
"""Radians a second: no bone turns faster, so that what was mistaken does not flip over. Those from
the elbow to the fingertips are faster than the others."""

SURE_HAND, LEAST_TRUST = 50.0, 0.25
"""Pixels of a hand whose fingers are believed; those of a smaller one are smoothed more, down to
this share of the cutoff."""

LOST = 2000.0
"""Milliseconds for which the pose's own points of a hand do not stand in for one that is lost."""

_KEPT = 0.9  # of a lower arm's twist, from frame to frame, when its hand has long been lost
_LOWER_ARMS = [INDEX[f"{side}LowerArm"] for side in SIDES]
_FIRST_FINGERS = [INDEX[f"{side}IndexProximal"] for side in SIDES]
_HAND_BONES = {
    side: [INDEX[side + bone] for finger in FINGERS for bone in finger] for side in SIDES
}
_MIRROR = np.array([[1, 1, 1, 1], [1, -1, -1, 1]])
_HIPS_CUTOFF = np.array((3.0, 3.0, 1.0))  # Hz; the distance from the camera is the least sure


def _relaxed() -> np.ndarray:
    """A model that stands and lets its arms hang, its elbows and fingers a little bent."""
    found = np.tile(IDENTITY, (len(BONES), 1))
    for side, sign in zip(SIDES, (1, -1), strict=True):
        mirror = np.array((1, sign, sign, 1))
        found[INDEX[f"{side}UpperArm"]] = about(np.array((0, 0, -1)), np.radians(72)) * mirror
        found[INDEX[f"{side}LowerArm"]] = about(ARM_HINGE, np.radians(12)) * mirror
        for finger, hinge in zip(FINGERS, HINGES, strict=True):
            for bone in finger:
                found[INDEX[side + bone]] = about(hinge, np.radians(15)) * mirror
    return found


def _fastest() -> np.ndarray:
    """(54,) radians a second, of each bone."""
    found = np.full(len(BONES), FASTEST)
    for side in SIDES:
        rows = [INDEX[f"{side}LowerArm"], INDEX[f"{side}Hand"], *_HAND_BONES[side]]
        found[rows] = FASTEST_HANDS
    return found


_FASTEST = _fastest()

RELAXED = _relaxed()
"""(54, 4): the rest that bones out of sight go to, and begin from."""


class Motion(NamedTuple):
    """A person's bones in one frame.

    Attributes:
        rotations: (54, 4) quaternions x, y, z, w of ``bones.BONES`` in their parents, by VRM 1.0:
            all of them are the unit in the T-pose.
        hips: (3,) metres to the person's left, up and to the camera from where the hips were
            first seen; for one frame alone, from the camera. NaN where that is not known.
        seen: (54,) which bones are in sight.
    """

    rotations: np.ndarray
    hips: np.ndarray
    seen: np.ndarray


@dataclass
class _State:
    """What a solver remembers of the last frame.

    Attributes:
        timestamp: in milliseconds.
        seen_at: (54,) when each bone was in sight last; -inf if never.
        target: (54, 4) the rotations before they were smoothed.
        smooth: (54, 4) and after.
        speed: (54,) radians a second, smoothed.
        start: (3,) where the hips were first; None while they have not been seen.
        hips: (3,) where they are, smoothed.
    """

    timestamp: float
    seen_at: np.ndarray
    target: np.ndarray
    smooth: np.ndarray
    speed: np.ndarray
    start: np.ndarray | None
    hips: np.ndarray


class Solver:
    """Follows one person's bones: call it with the person of each frame.

    ``smoothing`` holds still bones steady (None leaves them as they are). The state is the last
    frame's, and ``reset`` forgets it.
    """

    def __init__(self, smoothing: Smoothing | None = SMOOTHING) -> None:
        self._smoothing = smoothing
        self.reset()

    def reset(self) -> None:
        """Forget the last frame: somebody else comes, or another source."""
        self._state: _State | None = None
        self._doubt = Doubt()

    def __call__(self, person: Person, width: int, height: int, timestamp: float) -> Motion:
        """The bones of ``person`` in a frame of that size in pixels, at ``timestamp`` (ms).

        A time stamp that does not rise begins anew.
        """
        if self._state is not None and timestamp <= self._state.timestamp:
            self.reset()
        believed = self._doubt(body(person, width, height), timestamp)
        found = measure(believed, self._memory(timestamp))
        hips = hips_position(person, width, height)
        state = self._state
        if state is None:
            state = self._state = _first_state(found, hips, timestamp)
        else:
            trust = _trust(person, width, height)
            self._go_on(state, found, trust, hips, timestamp)
        moved = state.hips if state.start is None else state.hips - state.start
        return Motion(state.smooth.copy(), moved, found.seen)

    def _memory(self, timestamp: float) -> Memory:
        state = self._state
        if state is None:
            return NO_MEMORY
        lower = state.target[_LOWER_ARMS] * _MIRROR
        age = timestamp - state.seen_at[_FIRST_FINGERS]
        rolls = twist(lower, ARM_REST) * np.where(age > HOLD, _KEPT, 1)
        return Memory(rolls, age < LOST)

    def _go_on(
        self,
        state: _State,
        found: Measured,
        trust: np.ndarray,
        hips: np.ndarray,
        timestamp: float,
    ) -> None:
        seconds = (timestamp - state.timestamp) / 1000
        state.seen_at = np.where(found.seen, timestamp, state.seen_at)
        relaxing = timestamp - state.seen_at > HOLD
        share = np.where(relaxing, 1 - np.exp(-seconds * 1000 / RELAXATION), 0)
        held = slerp(state.target, RELAXED, share)
        target = np.where(found.seen[:, None], found.rotations, held)
        self._smooth(state, target, trust, seconds)
        if not np.isnan(hips).any():
            if state.start is None:
                state.start = state.hips = hips
            state.hips = state.hips + _low_pass(_HIPS_CUTOFF, seconds) * (hips - state.hips)
        state.timestamp = timestamp

    def _smooth(self, state: _State, target: np.ndarray, trust: np.ndarray, seconds: float) -> None:
        """A One Euro filter: the cutoff rises with the speed of the rotation, and with trust."""
        turned = angle(multiply(inverse(state.target), target))
        state.target = target
        if self._smoothing is None:
            state.smooth = target
            return
        slow, growth, of_speed = self._smoothing
        state.speed = state.speed + _low_pass(of_speed, seconds) * (turned / seconds - state.speed)
        share = _low_pass(trust * (slow + growth * state.speed), seconds)
        left = np.maximum(angle(multiply(inverse(state.smooth), target)), 1e-9)
        share = np.minimum(share, _FASTEST * seconds / left)
        state.smooth = slerp(state.smooth, target, share)


def _trust(person: Person, width: int, height: int) -> np.ndarray:
    """(54,) from LEAST_TRUST to 1, how far what is seen of each bone is believed."""
    found = np.ones(len(BONES))
    for side, hand in zip(SIDES, (person.left_hand, person.right_hand), strict=True):
        if hand is not None:
            size = np.ptp(hand.pixels(width, height)[:, :2], axis=0).max()
            found[_HAND_BONES[side]] = np.clip(size / SURE_HAND, LEAST_TRUST, 1)
    return found


def _low_pass(cutoff: np.ndarray | float, seconds: float) -> np.ndarray:
    """The weight of a new value in a low pass with ``cutoff`` Hz after so many seconds."""
    return np.asarray(1 - np.exp(-2 * np.pi * cutoff * seconds))


def _first_state(found: Measured, hips: np.ndarray, timestamp: float) -> _State:
    rotations = np.where(found.seen[:, None], found.rotations, RELAXED)
    return _State(
        timestamp,
        np.where(found.seen, timestamp, -np.inf),
        rotations,
        rotations,
        np.zeros(len(BONES)),
        None if np.isnan(hips).any() else hips,
        hips,
    )


def solve(person: Person, width: int, height: int) -> Motion:
    """The bones of ``person`` in one frame of that size in pixels, unsmoothed.

    Bones out of sight are at ``RELAXED``.
    """
    found = measure(body(person, width, height))
    rotations = np.where(found.seen[:, None], found.rotations, RELAXED)
    return Motion(rotations, hips_position(person, width, height), found.seen)
