"""Several people at once: track ids, slots, occlusions, newcomers (with stand-ins for networks)."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holistic.inference.detector import Detection
from holistic.inference.roi import Region
from holistic.tracking.matching import is_duplicate
from holistic.tracking.multi_tracker import PATIENCE_MS, MultiTracker
from holistic.tracking.roi_tracks import SelfTrack
from holistic.tracking.targets import TargetSpec

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


def box_in(window, position):
    """The box of a person's head, in fractions of the window."""
    x, y = (position - np.array((window.x, window.y))) / window.size + 0.5
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
            Detection(self.score, box_in(window, position), np.array([position]))
            for position in self.people.values()
            if max(abs(position[0] - window.x), abs(position[1] - window.y)) < reach
        ]
        return seen[:limit]

    def landmarks(self, frame, region):
        near = sorted(
            self.people.values(), key=lambda p: np.hypot(p[0] - region.x, p[1] - region.y)
        )
        if not near or np.hypot(near[0][0] - region.x, near[0][1] - region.y) > SIZE:
            return None
        return Estimate(0.95, SHAPE + np.array((*near[0], 0)))

    def track_ids(self, tracker, time):
        """The track id of each person in sight, by name."""
        found = tracker.update(FRAME, time, self.detect, self.landmarks)
        names = {tuple(position): name for name, position in self.people.items()}
        return {
            names[tuple(person.estimate.points[:, :2].mean(axis=0).round(6))]: person.track_id
            for person in found
        }


def make(limit, depths=1, **changes):
    def region_from_detection(detection, window):
        x, y = detection.keypoints[0].tolist()
        return Region(x, y, 2 * SIZE, 0.0)

    spec = {
        "make_track": partial(SelfTrack, region_of),
        "region_from_detection": region_from_detection,
        "region_from_estimate": lambda estimate: region_of(estimate.points),
        "is_duplicate": is_duplicate,
        "tolerance": 0.2,
        "overlap": 0.5,
    }
    return MultiTracker(limit, TargetSpec(**{**spec, **changes}), depths)


def test_every_person_has_a_track_id_of_their_own_and_keeps_it():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 200), eve=(500, 200)), make(4)
    first = scene.track_ids(tracker, 0)
    assert sorted(first.values()) == [0, 1, 2]
    for step in range(1, 20):
        scene.people = {"ann": (100 + 5 * step, 200), "bob": (300, 200 + step), "eve": (500, 200)}
        assert scene.track_ids(tracker, step * 33) == first


def test_no_more_are_found_than_there_are_slots():
    scene = Scene(ann=(100, 200), bob=(300, 200), eve=(500, 200))
    assert len(scene.track_ids(make(2), 0)) == 2


def test_a_short_occlusion_does_not_change_track_ids():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.track_ids(tracker, 0)
    bob = scene.people.pop("bob")
    for time in range(33, 600, 33):
        assert scene.track_ids(tracker, time) == {"ann": first["ann"]}
    scene.people["bob"] = (bob[0] + 20, bob[1])
    found = [scene.track_ids(tracker, time) for time in range(600, 900, 33)]
    assert found[-1] == first


def test_after_the_time_out_a_person_who_comes_back_is_a_new_one():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.track_ids(tracker, 0)
    bob = scene.people.pop("bob")
    for time in range(33, int(PATIENCE_MS) + 100, 33):
        scene.track_ids(tracker, time)
    scene.people["bob"] = bob
    found = [scene.track_ids(tracker, time) for time in range(2200, 5200, 33)]
    assert found[-1]["ann"] == first["ann"]
    assert found[-1]["bob"] not in first.values()


def test_a_newcomer_elsewhere_is_not_taken_for_the_one_who_left():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 100)), make(3)
    first = scene.track_ids(tracker, 0)
    del scene.people["bob"]
    scene.people["eve"] = (550, 400)
    found = [scene.track_ids(tracker, time) for time in range(33, 1900, 33)]
    assert found[-1]["eve"] not in first.values()


def test_a_newcomer_takes_the_slot_of_the_longest_lost_when_all_are_taken():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 200)), make(2)
    scene.track_ids(tracker, 0)
    del scene.people["bob"]
    scene.people["eve"] = (550, 400)
    found = [scene.track_ids(tracker, time) for time in range(33, 1900, 33)]
    assert found[-1] == {"ann": 0, "eve": 2}


def test_two_that_are_followed_on_one_body_become_one_and_the_hidden_one_comes_back():
    scene, tracker = Scene(ann=(100, 200), bob=(300, 200)), make(3)
    first = scene.track_ids(tracker, 0)
    for step in range(1, 38):  # ann walks behind bob, is hidden there, and comes out
        x = 100 + 10 * step
        scene.people = {"bob": (300, 200)}
        if abs(x - 300) > 50:
            scene.people["ann"] = (x, 200)
        found = scene.track_ids(tracker, step * 33)
        assert found["bob"] == first["bob"]
        assert len(set(found.values())) == len(found)
    assert len(found) == 2


@pytest.mark.parametrize("limit", [1, 2])
def test_a_person_seen_in_the_whole_frame_is_believed_as_mediapipe_believes_it(limit):
    scene, asked = Scene(ann=(100, 200)), []
    scene.score = 0.51

    def landmarks(frame, region):
        asked.append(region)
        return scene.landmarks(frame, region)

    assert len(make(limit).update(FRAME, 0, scene.detect, landmarks)) == 1
    assert len(asked) == 1


def test_what_is_seen_where_one_is_followed_is_that_one_however_it_looks():
    scene, tracker = Scene(ann=(100, 200)), make(2)
    scene.track_ids(tracker, 0)
    scene.people["ghost"] = (115, 210)
    for time in range(33, 1033, 33):
        assert "ghost" not in scene.track_ids(tracker, time)


class Windows(Scene):
    """Whose people are too small to be seen in the whole frame."""

    def __init__(self, smallest=1.0, **people):
        super().__init__(**people)
        self.largest = smallest * max(FRAME.shape)

    def detect(self, frame, window, limit=1):
        return super().detect(frame, window, limit) if window.size < self.largest else []


def test_a_person_seen_in_a_window_only_is_estimated_twice_and_taken_once():
    scene, asked = Windows(ann=(100, 200)), []

    def landmarks(frame, region):
        asked.append(region)
        return scene.landmarks(frame, region)

    assert len(make(2, depths=2).update(FRAME, 0, scene.detect, landmarks)) == 1
    assert len(asked) == 2


def test_a_window_that_is_not_sure_is_not_believed_and_a_deeper_one_less():
    for score, smallest, found in ((0.6, 1, 1), (0.5, 1, 0), (0.6, 1 / 2, 0), (0.8, 1 / 2, 1)):
        scene = Windows(smallest, ann=(100, 200))
        scene.score = score
        assert len(scene.track_ids(make(2, depths=2), 0)) == found, (score, smallest)


def test_a_window_where_two_estimates_do_not_agree_is_not_believed():
    scene, estimated = Windows(ann=(100, 200)), []

    def drifting(frame, region):
        estimated.append(region)
        estimate = scene.landmarks(frame, region)
        return estimate and estimate._replace(points=estimate.points + 20 * (len(estimated) % 2))

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
    """A scene of which the detector sees the given (score, x, y), all of them people."""

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
def test_as_in_mediapipe_no_newcomer_is_searched_where_a_person_was_followed(depths, count):
    scene, tracker = Seen((0.9, 200, 200)), make(2, depths)
    assert len(tracker.update(FRAME, 0, scene.detect, scene.landmarks)) == 1
    estimated = []

    def landmarks(frame, region):
        estimated.append(region)
        return scene.landmarks(frame, region) if len(estimated) > 1 else None  # lost, at first

    assert len(tracker.update(FRAME, 300, scene.detect, landmarks)) == count
    assert len(tracker.update(FRAME, 333, scene.detect, scene.landmarks)) == 1


def test_a_search_of_its_own_is_asked_for_newcomers_and_they_take_slots():
    scene, tracker = Scene(ann=(100, 200)), make(3)
    hidden = Estimate(0.9, SHAPE + np.array((300.0, 200, 0)))
    asked = []

    def search(frame, searches, known):
        asked.append(len(known))
        return [Estimate(0.9, SHAPE + np.array((100.0, 200, 0))), hidden]

    found = tracker.update(FRAME, 0, scene.detect, scene.landmarks, search)
    assert sorted(person.track_id for person in found) == [0, 1]
    assert asked == [0]
    tracker.update(FRAME, 33, scene.detect, scene.landmarks, search)
    assert asked == [0], "only when it is time to search"


def test_where_one_is_mistaken_for_another_the_others_are_not_shown():
    scene = Scene(ann=(100, 200), bob=(300, 200))
    shown = []

    def alone(frame, own, others):
        shown.append((own[:, 0].mean().round(), [other[:, 0].mean().round() for other in others]))
        return frame

    tracker = make(3, show_alone=alone)
    scene.track_ids(tracker, 0)
    scene.track_ids(tracker, 33)
    assert sorted(shown) == [(100, [300]), (300, [100])]


def test_the_detector_rests_while_all_are_followed_and_cost_is_bounded_while_some_are():
    scene = Scene(ann=(100, 200), bob=(300, 200))
    full, roomy = make(2), make(6)
    scene.track_ids(full, 0)
    scene.track_ids(roomy, 0)
    scene.detections = 0
    for time in range(33, 3300, 33):
        scene.track_ids(full, time)
    assert scene.detections == 0
    for time in range(33, 3300, 33):
        scene.track_ids(roomy, time)
    assert scene.detections <= 2 * 3300 / 250


def test_a_single_person_is_detected_in_the_frame_after_the_loss():
    scene, tracker = Scene(ann=(100, 200)), make(1)
    scene.track_ids(tracker, 0)
    scene.people["ann"] = (400, 200)
    assert scene.track_ids(tracker, 33) == {}
    assert scene.track_ids(tracker, 66) == {"ann": 1}


def test_reset_forgets_all_people():
    scene, tracker = Scene(ann=(100, 200)), make(2)
    scene.track_ids(tracker, 0)
    tracker.reset()
    scene.people["bob"] = (300, 200)
    assert sorted(scene.track_ids(tracker, 0).values()) == [0, 1]


steps = st.integers(-3, 3)
walks = st.lists(st.tuples(steps, steps, st.booleans()), min_size=5, max_size=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(walks, min_size=1, max_size=4))
def test_people_who_walk_with_short_occlusions_keep_their_track_ids(people):
    """Each person walks in a column of their own; every now and then some are hidden."""
    tracker, scene = make(4), Scene()
    positions = {f"p{i}": (80.0 + 160 * i, 240.0) for i in range(len(people))}
    scene.people = dict(positions)
    first = scene.track_ids(tracker, 0)
    assert len(first) == len(people)
    for step in range(max(map(len, people))):
        scene.people = {}
        for (name, (x, y)), walk in zip(positions.items(), people, strict=True):
            dx, dy, hidden = walk[step % len(walk)]
            column = 80 + 160 * int(name[1:])
            positions[name] = (
                min(max(x + dx, column - 40), column + 40),
                min(max(y + dy, 60), 420),
            )
            if not (hidden and step % 12 < 3):
                scene.people[name] = positions[name]
        found = scene.track_ids(tracker, 33.0 * (step + 1))
        assert found.items() <= first.items()
    scene.people = dict(positions)
    for late in range(12):
        found = scene.track_ids(tracker, 33.0 * (step + 2 + late))
    assert found == first


@pytest.mark.parametrize("limit", [1, 3])
def test_a_slot_that_changes_hands_is_reset_where_there_are_several_only(limit):
    """One person alone is followed as MediaPipe does, whose filters outlive the body."""
    scene, tracker = Scene(ann=(100, 200)), make(limit)
    scene.track_ids(tracker, 0)
    resets = []
    for slot in tracker._slots:
        slot.track.reset = lambda: resets.append(1)
    scene.people = {}
    scene.track_ids(tracker, 33)
    scene.track_ids(tracker, PATIENCE_MS + 100)
    assert bool(resets) == (limit > 1)
