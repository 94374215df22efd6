"""Frames in which nothing moves: what counts as motion, and what the tracker spares."""

import cv2
import numpy as np
import pytest

from holistic import Tracker
from holistic.inference import model_files
from holistic.tracking.stillness import brightness, has_moved

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_lite").exists(), reason="models are not built"
)


def noisy(picture: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The picture as a camera with such noise, in grey levels, sees it."""
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return (picture + noise).clip(0, 255).astype(np.uint8)


def grain(picture: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The same, with coarse noise, such as a codec leaves."""
    noise = np.random.default_rng(seed).normal(0, 5 * sigma, picture.shape[:2])
    coarse = cv2.GaussianBlur(noise, (0, 0), 1.5)[..., None]
    return (picture + coarse).clip(0, 255).astype(np.uint8)


def moved_corner(picture: np.ndarray, pixels: float) -> np.ndarray:
    """The picture with the raised hand in its lower right corner too, moved to the right."""
    hand = picture[165:225, 180:235]
    shift = np.array([[1, 0, pixels], [0, 1, 0]], np.float32)
    moved = picture.copy()
    moved[-60:, -55:] = cv2.warpAffine(hand, shift, (55, 60), borderMode=cv2.BORDER_REPLICATE)
    return moved


@pytest.mark.parametrize("noise", [noisy, grain])
@pytest.mark.parametrize("sigma", [0, 1, 3, 6])
def test_the_noise_of_a_camera_is_no_motion(picture, noise, sigma):
    looks = [brightness(noise(picture, sigma, seed)) for seed in range(12)]
    assert not any(has_moved(look, looks[0]) for look in looks[1:])


@pytest.mark.parametrize("sigma", [0, 1, 3])
def test_a_hand_that_moves_in_a_corner_is_noticed(picture, sigma):
    before = brightness(noisy(moved_corner(picture, 0), sigma, 0))
    assert has_moved(brightness(noisy(moved_corner(picture, 2), sigma, 1)), before)


def test_what_moves_slowly_is_noticed_after_a_while(picture):
    before = brightness(moved_corner(picture, 0))
    steps = [brightness(moved_corner(picture, step / 8)) for step in range(1, 33)]
    assert not has_moved(steps[0], before)
    assert has_moved(steps[-1], before)


@pytest.mark.parametrize("shape", [(1, 1, 3), (37, 1000, 4), (1080, 1920, 3)])
def test_frames_of_all_sizes_are_compared(shape):
    dark, light = np.zeros(shape, np.uint8), np.full(shape, 200, np.uint8)
    assert has_moved(brightness(light), brightness(dark))
    assert not has_moved(brightness(light), brightness(light.copy()))


class Counted:
    """An interpreter that counts its runs."""

    def __init__(self, interpreter, runs):
        self._interpreter, self._runs = interpreter, runs

    def invoke(self):
        self._runs.append(1)
        self._interpreter.invoke()


def counted_runs(tracker, picture, monkeypatch):
    """A list that grows by one with every run of one of the tracker's networks."""
    tracker.process(picture, 0)  # has them made
    tracker.reset()
    runs = []
    for submodel in dict(tracker._model_cache._made).values():
        counted = Counted(submodel.network._interpreter, runs)
        monkeypatch.setattr(submodel.network, "_interpreter", counted)
    return runs


def follow(tracker, frames):
    """The results of frames of 30 a second."""
    return [tracker.process(frame, 33 * at) for at, frame in enumerate(frames)]


@needs_models
class TestTracker:
    """Tracker(skip_still=True), told by how often its networks run."""

    @pytest.fixture
    def tracker(self):
        with Tracker(0, skip_still=True, variant="float") as tracker:
            yield tracker

    def test_a_still_clip_with_noise_runs_a_tenth_of_the_networks(self, picture, monkeypatch):
        clip = [noisy(picture, 3, seed) for seed in range(60)]
        runs = {}
        for skip_still in (True, False):
            with Tracker(0, skip_still=skip_still, variant="float") as tracker:
                counted = counted_runs(tracker, picture, monkeypatch)
                follow(tracker, clip)
                runs[skip_still] = len(counted)
        assert 0 < runs[True] <= runs[False] / 10

    def test_a_repeated_frame_has_the_last_landmarks_and_says_so(self, tracker, picture):
        results = follow(tracker, (noisy(picture, 3, seed) for seed in range(12)))
        still = [at for at, result in enumerate(results) if result.still]
        assert still
        for at in still:
            last, result = results[at - 1].people[0], results[at].people[0]
            for part in ("pose", "pose_world", "face", "left_hand", "right_hand"):
                assert (getattr(result, part) == getattr(last, part)).all()
            assert results[at].timestamp == 33 * at
            assert results[at].skipped == tracker.parts
            assert results[at].to_dict()["still"]
        assert results[0].skipped == ()
        assert "still" not in results[0].to_dict()

    def test_a_change_runs_all_networks_in_the_same_frame(self, tracker, picture, monkeypatch):
        runs = counted_runs(tracker, picture, monkeypatch)
        follow(tracker, [picture] * 10)
        before = len(runs)
        assert tracker.process(picture, 400).still
        assert len(runs) == before
        assert not tracker.process(moved_corner(picture, 6), 433).still
        assert len(runs) >= before + 4  # pose, face and both hands

    def test_parts_levels_and_sizes_that_change_are_a_change(self, tracker, picture):
        follow(tracker, [picture] * 10)
        tracker.parts = ("pose", "face")
        assert not tracker.process(picture, 400).still
        tracker.level = "lite"
        assert not tracker.process(picture, 433).still
        assert not tracker.process(picture[:-2].copy(), 466).still
        tracker.reset()
        assert not tracker.process(picture, 0).still

    def test_unless_asked_for_every_frame_is_computed(self, picture):
        with Tracker(0, parts=("face",), variant="float") as tracker:
            assert not any(result.still for result in follow(tracker, [picture] * 10))
