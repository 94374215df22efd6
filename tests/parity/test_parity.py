"""The tracker finds what MediaPipe Holistic finds (recorded; MediaPipe is not needed)."""

import compare
import pytest
import reference

from holistic.inference import model_files
from holistic.shared import model_sets

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)

LIMITS = {"pose": 1.5, "face": 0.5, "left_hand": 0.5, "right_hand": 0.5}
"""Mean distance in pixels at 640 x 480."""
SPREAD_FACTOR = 2.5
"""Where MediaPipe itself repeats its results less well than the limit, what may be added."""
STEP_LIMITS = {"pose": 0.1, "face": 0.1, "left_hand": 0.3, "right_hand": 0.3}
"""Mean distance when every frame starts from the same state."""

recordings = pytest.mark.parametrize(
    ("clip", "complexity"),
    [(clip, complexity) for clip in reference.CLIPS for complexity in reference.COMPLEXITIES],
)


def assert_is_mediapipes(clip, complexity, redetect_interval):
    recorded = reference.load(reference.path(clip, complexity))
    found = compare.free_running(clip, complexity, recorded, redetect_interval)
    for part, limit in LIMITS.items():
        distance = reference.distance(recorded, found, part)
        spread = reference.spread(clip, complexity, part)
        assert distance.mean <= max(limit, SPREAD_FACTOR * spread), part
        assert distance.disagreeing <= 0.15 * len(recorded[part]), part


@needs_models
@recordings
def test_landmarks_are_mediapipes(clip, complexity):
    assert_is_mediapipes(clip, complexity, redetect_interval=1)


@needs_models
@pytest.mark.parametrize("clip", reference.CLIPS)
def test_landmarks_are_mediapipes_where_regions_are_checked_as_rarely_as_in_auto(clip):
    interval = model_sets.redetect_interval(model_sets.AUTO)
    assert_is_mediapipes(clip, complexity=1, redetect_interval=interval)


@needs_models
@recordings
def test_one_step_from_the_same_state_is_mediapipes(clip, complexity):
    recorded = reference.load(reference.path(clip, complexity))
    found = compare.from_recorded_state(clip, complexity, recorded)
    for part, limit in STEP_LIMITS.items():
        distance = reference.distance(recorded, found, part)
        assert distance.mean <= limit, part
        assert distance.disagreeing <= 2, part


def test_recordings_keep_positions_to_a_64th_of_a_pixel(tmp_path):
    recorded = reference.load(reference.path(reference.CLIPS[0], complexity=1))
    reference.save(tmp_path / "again.npz", recorded)
    again = reference.load(tmp_path / "again.npz")
    for name, scale in reference.SCALES.items():
        assert (
            abs(again[name] - recorded[name])[recorded[name] == recorded[name]].max() <= 0.5 / scale
        )
