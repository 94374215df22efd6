"""Threads that share a tracker: pictures wait for one another, videos are never mixed."""

import copy
import multiprocessing
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic import Tracker
from holistic.compat.mediapipe.solutions.holistic import Holistic
from holistic.inference import model_files
from holistic.tracking.turns import Turns

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)


def in_thread(action):
    """What the action gives or raises in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


def a_frame(turns):
    with turns.frame():
        return "tracked"


@pytest.fixture(scope="module")
def pictures():
    """A person, mirrored, and moved."""
    picture = cv2.imread(str(ROOT / "tests" / "media" / "signing.jpg"))[..., ::-1].copy()
    return [picture, picture[:, ::-1].copy(), np.roll(picture, 60, axis=1)]


class TestVideos:
    """Who may use a tracker of a video."""

    def test_it_may_be_handed_on_from_thread_to_thread(self):
        turns = Turns(waits=False)
        assert a_frame(turns) == "tracked"
        for _ in range(3):  # as a pool does, the caller's thread among them
            assert in_thread(lambda: a_frame(turns)) == "tracked"
            assert a_frame(turns) == "tracked"

    def test_a_call_during_another_threads_is_refused_and_the_first_goes_on(self):
        turns = Turns(waits=False)
        with turns.frame(), pytest.raises(RuntimeError, match="make a Tracker for each source"):
            in_thread(lambda: a_frame(turns))
        assert a_frame(turns) == "tracked"

    def test_who_was_refused_stays_so_until_a_new_source_begins(self):
        turns = Turns(waits=False)
        with ThreadPoolExecutor(1) as other:
            with turns.frame(), pytest.raises(RuntimeError):
                other.submit(a_frame, turns).result()
            with pytest.raises(RuntimeError, match="at the same time"):
                other.submit(a_frame, turns).result()
            turns.reset()
            assert other.submit(a_frame, turns).result() == "tracked"

    def test_where_two_were_at_it_before_both_are_told(self):
        turns = Turns(waits=False)
        with ThreadPoolExecutor(1) as other:
            a_frame(turns)
            other.submit(a_frame, turns).result()
            with pytest.raises(RuntimeError), turns.frame(), pytest.raises(RuntimeError):
                other.submit(a_frame, turns).result()
            with pytest.raises(RuntimeError):
                a_frame(turns)
            turns.reset()
            assert a_frame(turns) == "tracked"

    def test_a_forked_process_is_told_to_make_its_own(self, monkeypatch):
        turns = Turns(waits=False)
        monkeypatch.setattr("holistic.tracking.turns.os.getpid", lambda: -1)
        with pytest.raises(RuntimeError, match="make a Tracker in each process"):
            a_frame(turns)


@needs_models
class TestTracker:
    """The trackers that people use."""

    def test_pictures_from_several_threads_keep_their_people(self, pictures):
        with Tracker(complexity=0, mode="picture", cache_bytes=0, variant="float") as tracker:
            expected = [tracker.process(picture).people[0].pose for picture in pictures]
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(tracker.process, pictures * 3))
        for index, result in enumerate(found):
            np.testing.assert_array_equal(result.people[0].pose, expected[index % 3])

    def test_mediapipes_holistic_of_pictures_too(self, pictures):
        with Holistic(static_image_mode=True, model_complexity=0) as holistic:
            expected = [holistic.process(picture) for picture in pictures]
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(holistic.process, pictures * 3))
        for index, result in enumerate(found):
            nose = expected[index % 3].pose_landmarks.landmark[0]
            assert result.pose_landmarks.landmark[0].x == nose.x

    def test_two_videos_in_one_tracker_are_refused(self, pictures):
        begin = threading.Barrier(2)
        with Tracker(complexity=0, variant="float") as tracker:

            def track(picture):
                begin.wait()
                try:
                    for time in range(0, 300, 33):
                        tracker.process(picture, time)
                except (RuntimeError, ValueError) as error:  # or their time stamps meet
                    return str(error)
                return ""

            with ThreadPoolExecutor(2) as pool:
                errors = list(pool.map(track, pictures[:2]))
        assert any("several threads" in error or "must rise" in error for error in errors)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
    def test_a_forked_process_that_closes_it_does_not_crash(self, pictures):
        with Tracker(complexity=0, variant="float", threads=2) as tracker:
            tracker.process(pictures[0], 0)
            child = multiprocessing.get_context("fork").Process(target=tracker.close)
            child.start()
            child.join(60)
            assert child.exitcode == 0
            assert tracker.process(pictures[0], 33).people

    @pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_it_cannot_be_pickled_and_says_what_to_do(self, copied):
        with (
            Tracker(complexity=0, variant="float") as tracker,
            pytest.raises(TypeError, match="make a Tracker in each process"),
        ):
            copied(tracker)
