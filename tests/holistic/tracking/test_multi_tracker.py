"""Several people at once: numbers, places, occlusions, newcomers (with stand-ins for networks)."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holistic.inference.detector import Detection
from holistic.inference.roi import Region
from holistic.tracking.matching import is_duplicate
from holistic.tracking.multi_tracker import PATIENCE_MS, MultiTracker, TargetSpec
from holistic.tracking.roi_tracks import SelfTrack

FRAME = np.zeros((480, 640, 3), np.uint8)
SIZE = 60.0
SHAPE = np.array(((0, -36, 0), (-20, -6, 0), (20, -6, 0), (-10, 24, 0), (10, 24, 0)), float)


class Estimate(NamedTuple):
    """What the stand-in for a landmark network finds."""

    score: float
    points: np.ndarray


def region_of(points):
    x, y = points[:, :2].mean(axis=0).tolist()
    return Region(x, y, 2 * SIZE, 0.0)


def box_in(window, place):
    """The box of somebody's head, in fractions of the window."""
    x, y = (place - np.array((window.x, window.y))) / window.size + 0.5
    reach = 10 / window.size
    return x - reach, y - reach, x + reach, y + reach


class Scene:
    """People by name at (x, y): detector and landmark network in one."""

    def __init__(self, **people):
        self.people = people
        self.detections = 0
        self.score = 0.9

    def detect(self, frame, window, limit=1):
        self.detections += 1
        reach = window.size / 2
        seen = [
            Detection(self.score, box_in(window, place), np.array([place]))
            for place in self.people.values()
            if max(abs(place[0] - window.x), abs(place[1] - window.y)) < reach
        ]
        return seen[:limit]

    def landmarks(self, frame, region):
        near = sorted(
            self.people.values(), key=lambda p: np.hypot(p[0] - region.x, p[1] - region.y)
        )
        if not near or np.hypot(near[0][0] - region.x, near[0][1] - region.y) > SIZE:
            return None
        return Estimate(0.95, SHAPE + np.array((*near[0], 0)))

    def numbers(self, crowd, time):
        """The number of each person in sight, by name."""
        found = crowd.update(FRAME, time, self.detect, self.landmarks)
        names = {tuple(place): name for name, place in self.people.items()}
        return {
            names[tuple(member.estimate.points[:, :2].mean(axis=0).round(6))]: member.number
            for member in found
        }


def make(limit, depths=1):
    def begin(detection, window):
        x, y = detection.keypoints[0].tolist()
        return Region(x, y, 2 * SIZE, 0.0)

    def settle(estimate):
        return region_of(estimate.points)

    kind = TargetSpec(
        partial(SelfTrack, region_of), begin, settle, is_duplicate, steady=0.2, overlap=0.5
    )
    return MultiTracker(limit, kind, depths)


def test_everybody_has_a_number_of_their_own_and_keeps_it():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 200), eve=(500, 200)), make(4)
    first = scene.numbers(crowd, 0)
    assert sorted(first.values()) == [0, 1, 2]
    for step in range(1, 20):
        scene.people = {"ann": (100 + 5 * step, 200), "bob": (300, 200 + step), "eve": (500, 200)}
        assert scene.numbers(crowd, step * 33) == first


def test_no_more_are_found_than_there_are_places():
    scene = Scene(ann=(100, 200), bob=(300, 200), eve=(500, 200))
    assert len(scene.numbers(make(2), 0)) == 2


def test_a_short_occlusion_does_not_change_numbers():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.numbers(crowd, 0)
    bob = scene.people.pop("bob")
    for time in range(33, 600, 33):
        assert scene.numbers(crowd, time) == {"ann": first["ann"]}
    scene.people["bob"] = (bob[0] + 20, bob[1])
    found = [scene.numbers(crowd, time) for time in range(600, 900, 33)]
    assert found[-1] == first


def test_after_the_time_out_whoever_comes_is_somebody_new():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.numbers(crowd, 0)
    bob = scene.people.pop("bob")
    for time in range(33, int(PATIENCE_MS) + 100, 33):
        scene.numbers(crowd, time)
    scene.people["bob"] = bob
    found = [scene.numbers(crowd, time) for time in range(2200, 5200, 33)]
    assert found[-1]["ann"] == first["ann"]
    assert found[-1]["bob"] not in first.values()


def test_a_newcomer_elsewhere_is_not_taken_for_the_one_who_left():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 100)), make(3)
    first = scene.numbers(crowd, 0)
    del scene.people["bob"]
    scene.people["eve"] = (550, 400)
    found = [scene.numbers(crowd, time) for time in range(33, 1900, 33)]
    assert found[-1]["eve"] not in first.values()


def test_a_newcomer_takes_the_place_of_the_longest_lost_when_all_are_taken():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 200)), make(2)
    scene.numbers(crowd, 0)
    del scene.people["bob"]
    scene.people["eve"] = (550, 400)
    found = [scene.numbers(crowd, time) for time in range(33, 1900, 33)]
    assert found[-1] == {"ann": 0, "eve": 2}


def test_two_that_are_followed_on_one_body_become_one_and_the_hidden_one_comes_back():
    scene, crowd = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.numbers(crowd, 0)
    for step in range(1, 38):  # ann walks behind bob, is hidden there, and comes out
        x = 100 + 10 * step
        scene.people = {"bob": (300, 200)}
        if abs(x - 300) > 50:
            scene.people["ann"] = (x, 200)
        found = scene.numbers(crowd, step * 33)
        assert found["bob"] == first["bob"]
        assert len(set(found.values())) == len(found)
    assert len(found) == 2


@pytest.mark.parametrize("limit", [1, 2])
def test_whoever_is_seen_in_the_whole_frame_is_believed_as_mediapipe_believes_it(limit):
    scene, asked = Scene(ann=(100, 200)), []
    scene.score = 0.51

    def landmarks(frame, region):
        asked.append(region)
        return scene.landmarks(frame, region)

    assert len(make(limit).update(FRAME, 0, scene.detect, landmarks)) == 1
    assert len(asked) == 1


def test_what_is_seen_where_one_is_followed_is_that_one_however_it_looks():
    scene, crowd = Scene(ann=(100, 200)), make(2)
    scene.numbers(crowd, 0)
    scene.people["ghost"] = (115, 210)
    for time in range(33, 1033, 33):
        assert "ghost" not in scene.numbers(crowd, time)


class Windows(Scene):
    """Whose people are too small to be seen in the whole frame."""

    def __init__(self, smallest=1.0, **people):
        super().__init__(**people)
        self.largest = smallest * max(FRAME.shape)

    def detect(self, frame, window, limit=1):
        return super().detect(frame, window, limit) if window.size < self.largest else []


def test_whoever_is_seen_in_a_window_only_is_looked_at_twice_and_taken_once():
    scene, asked = Windows(ann=(100, 200)), []

    def landmarks(frame, region):
        asked.append(region)
        return scene.landmarks(frame, region)

    assert len(make(2, depths=3).update(FRAME, 0, scene.detect, landmarks)) == 1
    assert len(asked) == 2


def test_a_window_that_is_not_sure_is_not_believed_and_a_deeper_one_less():
    for score, smallest, found in ((0.6, 1, 1), (0.5, 1, 0), (0.6, 1 / 3, 0), (0.8, 1 / 3, 1)):
        scene = Windows(smallest, ann=(100, 200))
        scene.score = score
        assert len(scene.numbers(make(2, depths=3), 0)) == found, (score, smallest)


@pytest.mark.parametrize(("smallest", "count"), [(0.09, 1), (0.1, 0)])
def test_who_is_small_and_seen_in_a_window_only_is_not_believed(smallest, count):
    scene, crowd = Windows(ann=(100, 200)), make(2)
    crowd._kind = replace(crowd._kind, smallest=smallest)  # of 640 pixels; ann is 60 tall
    assert len(scene.numbers(crowd, 0)) == count


def test_a_window_where_two_looks_do_not_agree_is_not_believed():
    scene, looks = Windows(ann=(100, 200)), []

    def drifting(frame, region):
        looks.append(region)
        estimate = scene.landmarks(frame, region)
        return estimate and estimate._replace(points=estimate.points + 20 * (len(looks) % 2))

    assert make(2).update(FRAME, 0, scene.detect, drifting) == []


def test_of_one_seen_in_several_windows_the_first_that_is_believed_is_taken():
    scene, refused = Windows(ann=(300, 200)), []

    def landmarks(frame, region):
        if not refused:
            refused.append(region)
            return None
        return scene.landmarks(frame, region)

    assert len(make(2).update(FRAME, 0, scene.detect, landmarks)) == 1


class Seen(Scene):
    """A scene of which the detector sees the given (score, x, y), and all are somebody."""

    def __init__(self, *seen):
        super().__init__()
        self.seen = seen

    def detect(self, frame, window, limit=1):
        self.detections += 1
        boxes = [(score, np.array((x, y))) for score, x, y in self.seen]
        return [Detection(score, box_in(window, at), np.array([at])) for score, at in boxes][:limit]

    def landmarks(self, frame, region):
        return Estimate(0.95, SHAPE + np.array((region.x, region.y, 0)))


@pytest.mark.parametrize(("depths", "where"), [(0, 230), (1, 200)])
def test_of_detections_that_overlap_the_last_is_taken_as_in_mediapipe_or_the_best(depths, where):
    scene = Seen((0.9, 200, 200), (0.6, 230, 200))
    (found,) = make(2, depths).update(FRAME, 0, scene.detect, scene.landmarks)
    assert found.estimate.points[:, 0].mean() == pytest.approx(where)


@pytest.mark.parametrize(("depths", "count"), [(0, 0), (1, 1)])
def test_as_in_mediapipe_nobody_is_looked_for_where_somebody_was_followed(depths, count):
    scene, crowd = Seen((0.9, 200, 200)), make(2, depths)
    assert len(crowd.update(FRAME, 0, scene.detect, scene.landmarks)) == 1
    looks = []

    def landmarks(frame, region):
        looks.append(region)
        return scene.landmarks(frame, region) if len(looks) > 1 else None  # lost, at first

    assert len(crowd.update(FRAME, 300, scene.detect, landmarks)) == count
    assert len(crowd.update(FRAME, 333, scene.detect, scene.landmarks)) == 1


def test_those_that_the_detector_overlooks_are_asked_for_and_take_places():
    scene, crowd = Scene(ann=(100, 200)), make(3)
    hidden = Estimate(0.9, SHAPE + np.array((300.0, 200, 0)))
    asked = []

    def overlooked(frame, looks, known):
        asked.append(len(known))
        return [hidden]

    found = crowd.update(FRAME, 0, scene.detect, scene.landmarks, overlooked)
    assert sorted(member.number for member in found) == [0, 1]
    assert asked == [1]
    crowd.update(FRAME, 33, scene.detect, scene.landmarks, overlooked)
    assert asked == [1], "only when the detector looks as well"


def test_a_single_one_is_never_looked_for_in_another_way():
    def never(frame, looks, known):
        raise AssertionError("it asked")

    crowd = make(1)
    assert crowd.update(FRAME, 0, Scene().detect, Scene().landmarks, never) == []


def test_where_one_is_mistaken_for_another_the_others_are_not_shown():
    scene = Scene(ann=(100, 200), bob=(300, 200))
    shown = []

    def alone(frame, own, others):
        shown.append((own[:, 0].mean().round(), [other[:, 0].mean().round() for other in others]))
        return frame

    crowd = make(3)
    crowd._kind = replace(crowd._kind, alone=alone)
    scene.numbers(crowd, 0)
    scene.numbers(crowd, 33)
    assert sorted(shown) == [(100, [300]), (300, [100])]


def test_the_detector_rests_while_all_are_followed_and_cost_is_bounded_while_some_are():
    scene = Scene(ann=(100, 200), bob=(300, 200))
    full, roomy = make(2), make(6)
    scene.numbers(full, 0)
    scene.numbers(roomy, 0)
    scene.detections = 0
    for time in range(33, 3300, 33):
        scene.numbers(full, time)
    assert scene.detections == 0
    for time in range(33, 3300, 33):
        scene.numbers(roomy, time)
    assert scene.detections <= 2 * 3300 / 250


def test_a_single_person_is_detected_in_the_frame_after_the_loss():
    scene, crowd = Scene(ann=(100, 200)), make(1)
    scene.numbers(crowd, 0)
    scene.people["ann"] = (400, 200)
    assert scene.numbers(crowd, 33) == {}
    assert scene.numbers(crowd, 66) == {"ann": 1}


def test_reset_forgets_everybody():
    scene, crowd = Scene(ann=(100, 200)), make(2)
    scene.numbers(crowd, 0)
    crowd.reset()
    scene.people["bob"] = (300, 200)
    assert sorted(scene.numbers(crowd, 0).values()) == [0, 1]


steps = st.integers(-3, 3)
walks = st.lists(st.tuples(steps, steps, st.booleans()), min_size=5, max_size=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(walks, min_size=1, max_size=4))
def test_whoever_walks_with_short_occlusions_keeps_the_number(people):
    """Everybody walks in a column of their own; every now and then some are hidden."""
    crowd, scene = make(4), Scene()
    places = {f"p{i}": (80.0 + 160 * i, 240.0) for i in range(len(people))}
    scene.people = dict(places)
    first = scene.numbers(crowd, 0)
    assert len(first) == len(people)
    for step in range(max(map(len, people))):
        scene.people = {}
        for (name, (x, y)), walk in zip(places.items(), people, strict=True):
            dx, dy, hidden = walk[step % len(walk)]
            column = 80 + 160 * int(name[1:])
            places[name] = (min(max(x + dx, column - 40), column + 40), min(max(y + dy, 60), 420))
            if not (hidden and step % 12 < 3):
                scene.people[name] = places[name]
        found = scene.numbers(crowd, 33.0 * (step + 1))
        assert found.items() <= first.items()
    scene.people = dict(places)
    for late in range(12):
        found = scene.numbers(crowd, 33.0 * (step + 2 + late))
    assert found == first


@pytest.mark.parametrize("limit", [1, 3])
def test_a_place_that_changes_hands_is_reset_in_a_crowd_only(limit):
    """One person alone is followed as MediaPipe does, whose filters outlive the body."""
    scene, crowd = Scene(ann=(100, 200)), make(limit)
    scene.numbers(crowd, 0)
    resets = []
    for place in crowd._places:
        place.track.reset = lambda: resets.append(1)
    scene.people = {}
    scene.numbers(crowd, 33)
    scene.numbers(crowd, PATIENCE_MS + 100)
    assert bool(resets) == (limit > 1)
