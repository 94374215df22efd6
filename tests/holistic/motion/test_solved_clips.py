"""Rotations of people in real clips, as the tracker gives them."""

from dataclasses import replace

import numpy as np
import pytest
from directions import errors

from builder import ROOT
from holistic import Tracker
from holistic.batch.media import Source
from holistic.motion import Solver, solve
from holistic.motion.follower import FASTEST, FASTEST_HANDS
from holistic.motion.quaternions import angle, inverse, multiply
from holistic.motion.solver import INDEX
from holistic.shared.bones import SIDES

MEDIA = ROOT / "tests" / "media"


@pytest.fixture(scope="module")
def results():
    """Somebody who signs fast."""
    with Tracker(rotations=True) as tracker:
        frames = list(Source(str(MEDIA / "intel__milk.mkv")))
        return [tracker.process(frame, timestamp) for timestamp, frame in frames]


def test_the_tracker_gives_the_solver_s_rotations(results):
    solver = Solver()
    for result in results:
        person = result.person
        motion = solver(person, result.width, result.height, result.timestamp)
        assert person.rotations == pytest.approx(motion.rotations, abs=1e-5)
        assert person.hips_position == pytest.approx(motion.hips, abs=1e-5)


def test_bones_lie_in_the_directions_of_the_landmarks(results):
    people = [result.person for result in results]
    found = errors(people, [solve(each, 640, 480).rotations for each in people], 640, 480)
    assert np.mean([np.mean(each) for each in found.values()]) < 3
    assert {bone for bone, each in found.items() if np.mean(each) < 0.1} >= {
        "spine",
        "leftUpperArm",
        "rightLowerArm",
    }


def test_smoothed_bones_lag_less_than_three_degrees(results):
    """Behind the landmarks of those hands that are believed."""
    solver, people, rotations = Solver(), [], []
    for result in results:
        motion = solver(result.person, result.width, result.height, result.timestamp)
        doubted = [side for side in SIDES if not motion.seen[INDEX[f"{side}IndexProximal"]]]
        people.append(replace(result.person, **{f"{side}_hand_world": None for side in doubted}))
        rotations.append(motion.rotations)
    found = errors(people, rotations, results[0].width, results[0].height)
    assert np.mean([np.mean(each) for each in found.values()]) < 3


def test_nothing_flips(results):
    rotations = np.stack([result.person.rotations for result in results]).astype(float)
    steps = np.degrees(angle(multiply(inverse(rotations[:-1]), rotations[1:])))
    longest = np.diff([result.timestamp for result in results]).max() / 1000
    assert steps.max() < np.degrees(FASTEST_HANDS * longest) + 0.1
    body = [INDEX[bone] for bone in ("hips", "spine", "head", "leftUpperArm", "rightUpperArm")]
    assert steps[:, body].max() < np.degrees(FASTEST * longest) + 0.1


def test_without_the_option_there_are_none():
    (_, frame), *_ = Source(str(MEDIA / "signing.jpg"))
    with Tracker(mode="picture") as tracker:
        person = tracker.process(frame).person
    assert person.rotations is None
    assert person.hips_position is None
    assert "rotations" not in person.to_dict()
