"""One person's movement as a skeleton and its bones' rotations, for files of motion.

The skeleton has the person's own bone lengths, the medians of the recording. Its axes are those of
``holistic.motion``: x to the person's left, y up, z to the front, in metres. The person stands on
the floor, and moves from there as far as one camera tells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.interchange import tracks
from holistic.motion import Skeleton, Solver, proportions, skeleton
from holistic.motion.body import body
from holistic.motion.quaternions import dot, slerp
from holistic.motion.solver import INDEX
from holistic.results.readers import Recording
from holistic.results.result import Person

PARTS = ("pose_world", "left_hand_world", "right_hand_world", "face")
"""What the rotations are made of."""


class Movement(NamedTuple):
    """A skeleton in motion.

    Attributes:
        skeleton: at rest.
        times: (frames,) seconds, from 0 on.
        rotations: (frames, 54, 4) of bones in their parents; neighbours are on one side, so that
            what lies between may be taken from between their numbers.
        hips: (frames, 3) where they are, in metres.
    """

    skeleton: Skeleton
    times: np.ndarray
    rotations: np.ndarray
    hips: np.ndarray


def movement(recording: Recording, person: int | None = None) -> Movement:
    """The movement of a person, or of the one person that there is.

    While the person is absent its bones are held, and then relaxed.

    Raises:
        ValueError: there is nobody, no such person, or several to choose from.
    """
    chosen = tracks.only_person(recording, person)
    size = recording.width, recording.height
    people = [
        next((each for each in result.people if each.id == chosen), Person(id=chosen))
        for result in recording.results
    ]
    solver = Solver()
    times = np.array([result.timestamp for result in recording.results])
    found = [solver(each, *size, float(time)) for each, time in zip(people, times, strict=True)]
    of = skeleton(proportions([body(each, *size) for each in people]))
    return Movement(
        of,
        (times - times[0]) / 1000,
        _on_one_side(np.stack([motion.rotations for motion in found])),
        of.offsets[INDEX["hips"]] + np.nan_to_num(np.stack([motion.hips for motion in found])),
    )


def _on_one_side(rotations: np.ndarray) -> np.ndarray:
    """The same rotations, each by that of its two quaternions that is nearer to the one before."""
    turns = np.sign(dot(rotations[1:], rotations[:-1]))
    signs = np.concatenate((np.ones((1, rotations.shape[1])), np.where(turns < 0, -1, 1)))
    return np.asarray(rotations * np.cumprod(signs, axis=0)[..., None])


def resampled(moving: Movement, rate: float) -> Movement:
    """The movement in equal steps, ``rate`` a second, from its first frame to its last."""
    times = moving.times
    steps = np.arange(round(times[-1] * rate) + 1) / rate
    after = np.clip(np.searchsorted(times, steps, side="right"), 1, max(len(times) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    gaps = np.maximum(times[after] - times[before], 1e-9)
    share = np.clip((steps - times[before]) / gaps, 0, 1)
    rotations = slerp(moving.rotations[before], moving.rotations[after], share[:, None])
    way = moving.hips[after] - moving.hips[before]
    return Movement(
        moving.skeleton, steps, _on_one_side(rotations), moving.hips[before] + share[:, None] * way
    )


def longest(recording: Recording) -> int | None:
    """The track id of whoever is in most frames; None where nobody is."""
    ids = [person.id for result in recording.results for person in result.people]
    return max(sorted(set(ids)), key=ids.count) if ids else None
