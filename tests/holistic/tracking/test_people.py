"""Several people, parts on their own, modes and levels, with the real networks."""

import json

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic import Tracker
from holistic.inference import model_files
from holistic.options import Options, Smoothing
from holistic.shared import layout
from holistic.shared.quality import LEVELS, Governor
from holistic.tracking.extrapolation import TRUST
from holistic.tracking.one_euro import OneEuro

MEDIA = ROOT / "tests" / "media"

pytestmark = pytest.mark.skipif(
    not all(
        model_files.find(name).exists()
        for name in ("pose_landmarks_full", "pose_landmarks_lite", "palm_detector")
    ),
    reason="the float models are not there: run `python build.py models`",
)

NOSE = np.array((317, 90))  # in signing.jpg, 640 x 480


def montage(picture, rows, columns, scale):
    """Copies side by side, every other one mirrored, and where their noses are (n, 2)."""
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    lines, noses = [], []
    for row in range(rows):
        cells = []
        for column in range(columns):
            mirrored = (row + column) % 2
            cells.append(small[:, ::-1] if mirrored else small)
            x, y = NOSE * scale
            noses.append((column * width + (width - x if mirrored else x), row * height + y))
        lines.append(np.hstack(cells))
    return np.vstack(lines), np.array(noses)


def noses(result):
    """(people, 2) pixels."""
    size = (result.width, result.height)
    return np.array([person.pose[0, :2] * size for person in result.people]).reshape(-1, 2)


class TestSeveralPeople:
    """max_people above one."""

    @pytest.mark.parametrize(("rows", "columns", "slots"), [(2, 3, 6), (1, 6, 8)])
    def test_a_picture_of_six_finds_six_with_faces_and_hands(self, picture, rows, columns, slots):
        frame, truth = montage(picture, rows, columns, 0.5)
        with Tracker(max_people=slots, mode="picture", variant="float") as tracker:
            result = tracker.process(frame)
        assert len(result.people) == 6
        assert sorted(person.id for person in result.people) == list(range(6))
        distances = np.hypot(*(truth[:, None] - noses(result)[None]).transpose(2, 0, 1))
        assert (distances.min(axis=1) < 10).all()
        assert all(person.face is not None for person in result.people)
        hands = [(person.left_hand, person.right_hand) for person in result.people]
        assert sum(hand is not None for pair in hands for hand in pair) >= 11

    def test_every_face_belongs_to_its_own_body(self, picture):
        frame, _ = montage(picture, 1, 3, 0.6)
        with Tracker(max_people=3, mode="picture", variant="float") as tracker:
            result = tracker.process(frame)
        for person in result.people:
            away = (person.face[1, :2] - person.pose[0, :2]) * (result.width, result.height)
            assert np.hypot(*away) < 15

    def test_people_keep_their_track_ids_while_one_is_hidden(self, picture):
        frame, _ = montage(picture, 1, 2, 0.5)
        hidden = frame.copy()
        hidden[:, 320:] = 90
        with Tracker(complexity=0, max_people=2, parts=("pose",), variant="float") as tracker:
            first = tracker.process(frame, 0)
            during = [tracker.process(hidden, time) for time in (33, 66, 99, 400)]
            after = [tracker.process(frame, time) for time in (433, 700, 733)][-1]
        assert [len(result.people) for result in during] == [1] * 4
        assert {p.id for p in after.people} == {p.id for p in first.people} == {0, 1}
        by_id = [
            [p.pose[0, 0] for p in sorted(result.people, key=lambda p: p.id)]
            for result in (first, after)
        ]
        assert by_id[0] == pytest.approx(by_id[1], abs=0.02)

    def test_the_cost_follows_the_people_present_not_the_slots(self, picture, monkeypatch):
        with Tracker(complexity=0, max_people=8, variant="float") as tracker:
            tracker.process(picture, 0)
            submodels = dict(tracker._model_cache._made)
            runs = {name: [] for name in submodels}
            for name, submodel in submodels.items():
                counted = Counted(submodel.network, runs[name])
                monkeypatch.setattr(submodel.network, "_interpreter", counted)
            for time in range(33, 200, 33):
                assert len(tracker.process(picture, time).people) == 1
        per_frame = {name: len(run) / 6 for name, run in runs.items()}
        assert per_frame["pose_detector"] == 0
        assert per_frame["pose_landmarks_lite"] == per_frame["face_landmarks"] == 1
        assert per_frame["face_detector"] == 1  # the face stage's; none searches for newcomers

    def test_one_person_of_many_slots_is_where_a_single_one_is(self, picture):
        with Tracker(0, variant="float") as one, Tracker(0, max_people=4, variant="float") as four:
            (single,) = one.process(picture, 0).people
            (many,) = four.process(picture, 0).people
        pixels = (single.pose[:25, :2] - many.pose[:25, :2]) * (640, 480)
        assert np.hypot(*pixels.T).mean() < 5

    def test_a_small_person_is_found_in_a_window_of_the_frame_or_not_searched_there(self, picture):
        small = np.full((960, 1280, 3), 90, np.uint8)
        small[600:780, 900:1140] = cv2.resize(picture, (240, 180), interpolation=cv2.INTER_AREA)
        found = {}
        for search_parts in (True, False):
            settings = {"max_people": 2, "mode": "picture", "search_parts": search_parts}
            with Tracker(0, parts=("pose",), variant="float", **settings) as tracker:
                found[search_parts] = len(tracker.process(small).people)
        assert found == {True: 1, False: 0}

    @pytest.mark.parametrize("people", [0, layout.MAX_PEOPLE + 1])
    def test_other_numbers_of_people_are_refused(self, people):
        with pytest.raises(ValueError, match=f"1 to 16, not {people}"):
            Tracker(max_people=people)

    def test_a_number_of_people_is_a_whole_number(self):
        with pytest.raises(TypeError, match=r"whole number, not 2\.5"):
            Tracker(max_people=2.5)


class Counted:
    """An interpreter that counts its runs."""

    def __init__(self, network, runs):
        self._interpreter, self._runs = network._interpreter, runs

    def invoke(self):
        self._runs.append(1)
        self._interpreter.invoke()


class TestParts:
    """Parts on their own, and switched while running."""

    def test_a_face_without_a_body(self, picture):
        with (
            Tracker(0, variant="float") as whole,
            Tracker(parts=("face",), variant="float") as alone,
        ):
            (expected,) = whole.process(picture, 0).people
            for time in (0, 33):
                (person,) = alone.process(picture, time).people
            assert alone.submodels == {"face_detector", "face_landmarks"}
        assert person.pose is None
        assert person.id == 0
        away = (person.face[:, :2] - expected.face[:, :2]) * (640, 480)
        assert np.hypot(*away.T).mean() < 4

    def test_the_full_range_detector_sees_faces_that_the_short_one_misses(self, picture):
        small = np.full((960, 1280, 3), 90, np.uint8)
        small[400:760, 600:1080] = cv2.resize(picture, (480, 360), interpolation=cv2.INTER_AREA)
        found = {}
        for face_range in ("short", "full"):
            with Tracker(parts=("face",), face_range=face_range, variant="float") as tracker:
                found[face_range] = len(tracker.process(small, 0).people)
        assert found == {"short": 0, "full": 1}

    def test_hands_without_a_body_know_their_sides(self, picture):
        with (
            Tracker(0, variant="float") as whole,
            Tracker(parts=("left_hand", "right_hand"), variant="float") as alone,
        ):
            (expected,) = whole.process(picture, 0).people
            for time in (0, 33):
                (person,) = alone.process(picture, time).people
            assert alone.submodels == {"palm_detector", "hand_landmarks"}
        assert person.left_handedness > 0.8
        assert person.right_handedness < 0.2
        for side in ("left_hand", "right_hand"):
            away = (getattr(person, side)[:, :2] - getattr(expected, side)[:, :2]) * (640, 480)
            assert np.hypot(*away.T).mean() < 6

    def test_any_number_of_hands(self, picture):
        frame, _ = montage(picture, 1, 3, 0.6)
        with Tracker(
            parts=("left_hand", "right_hand"), max_people=3, mode="picture", variant="float"
        ) as tracker:
            result = tracker.process(frame)
        hands = [p.left_hand is not None for p in result.people]
        hands += [p.right_hand is not None for p in result.people]
        assert sum(hands) == 6

    def test_of_no_more_hands_than_people_everyone_has_one(self, picture):
        hands = {"parts": ("left_hand", "right_hand"), "max_people": 2, "max_hands": 2}
        with Tracker(mode="picture", variant="float", **hands) as tracker:
            people = tracker.process(picture).people
        assert [len([*person.parts()]) for person in people] == [2, 2]  # and in metres
        assert {person.left_hand is None for person in people} == {True, False}

    def test_a_face_with_hands_keeps_the_faces_id(self, picture):
        with Tracker(parts=("face", "left_hand", "right_hand"), variant="float") as tracker:
            (person,) = tracker.process(picture, 0).people
        assert person.left_hand is not None
        assert person.id == 0

    def test_one_side_alone(self, picture):
        with Tracker(parts=("right_hand",), variant="float") as tracker:
            (person,) = tracker.process(picture, 0).people
        assert person.left_hand is None
        assert person.right_handedness < 0.2

    def test_parts_are_switched_while_running_and_their_models_come_and_go(self, picture):
        with Tracker(0, parts=("pose",), variant="float") as tracker:
            (person,) = tracker.process(picture, 0).people
            assert person.face is None
            assert tracker.submodels == {"pose_detector", "pose_landmarks_lite"}
            tracker.parts = ("pose", "face", "right_hand")
            (person,) = tracker.process(picture, 33).people
            assert person.id == 0
            assert person.face is not None
            assert person.right_hand is not None
            assert person.left_hand is None
            tracker.parts = ("face",)
            assert tracker.submodels == {"face_detector", "face_landmarks"}
            (person,) = tracker.process(picture, 66).people
            assert person.pose is None
            assert person.right_hand is None

    def test_what_stays_on_is_followed_without_a_break(self, picture):
        with (
            Tracker(0, parts=("pose",), variant="float") as tracker,
            Tracker(0, parts=("pose",), variant="float") as other,
        ):
            for time in (0, 33):
                for each in (tracker, other):
                    each.process(np.roll(picture, time // 10, axis=1), time)
            tracker.parts = ("pose", "face")
            found = [each.process(picture, 66).people[0].pose for each in (tracker, other)]
        assert (found[0] == found[1]).all()

    @pytest.mark.parametrize(
        ("parts", "error", "message"),
        [
            ((), ValueError, "there are no parts"),
            (("feet",), ValueError, "unknown part 'feet'"),
            ("pose", TypeError, "several names"),
        ],
    )
    def test_other_parts_are_refused(self, parts, error, message):
        with pytest.raises(error, match=message):
            Tracker(parts=parts)


class TestPictureMode:
    """Every frame stands alone."""

    @pytest.fixture
    def tracker(self):
        with Tracker(0, mode="picture", parts=("pose", "face"), variant="float") as tracker:
            yield tracker

    def test_it_needs_no_time_stamps_and_depends_on_no_other_picture(self, tracker, picture):
        first = tracker.process(picture)
        assert first.timestamp == 0
        tracker.process(np.roll(picture, 40, axis=1), 77)
        tracker._cache.clear()
        again = tracker.process(picture, 5)
        assert again.timestamp == 5
        assert (again.people[0].face == first.people[0].face).all()
        assert (again.people[0].pose == first.people[0].pose).all()

    def test_a_picture_seen_before_costs_no_network(self, tracker, picture, monkeypatch):
        first = tracker.process(picture)
        monkeypatch.setattr(tracker, "_runner", None)
        again = tracker.process(picture.copy())
        assert (again.people[0].pose == first.people[0].pose).all()

    def test_its_memory_is_bounded(self, picture):
        record = layout.record_floats() * 4
        with Tracker(
            0, mode="picture", parts=("pose",), cache_bytes=2 * record, variant="float"
        ) as tracker:
            for shift in range(4):
                tracker.process(np.roll(picture, shift, axis=1))
            assert tracker._cache.bytes == 2 * record

    def test_users_may_change_results_without_harm(self, tracker, picture):
        first = tracker.process(picture).people[0].pose
        before = first.copy()
        first[:] = 0
        assert (tracker.process(picture).people[0].pose == before).all()

    def test_at_another_level_it_looks_anew(self, picture):
        with Tracker(0, mode="picture", variant="float") as tracker:
            assert tracker.process(picture).left_hand is not None
            tracker.level = "simple"
            assert tracker.process(picture).left_hand is None

    def test_other_modes_are_refused(self):
        with pytest.raises(ValueError, match="'film'"):
            Tracker(mode="film")


class SlowClock:
    """A clock on which each reading takes what the machine would for half a frame."""

    def __init__(self, frame_s):
        self.frame_s, self.now = frame_s, 0.0

    def __call__(self):
        self.now += self.frame_s
        return self.now


class TestEffort:
    """Levels as the tracker computes them."""

    @pytest.fixture
    def small(self, picture):
        return cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)

    def test_on_a_slow_machine_effort_falls_and_recovers(self, small, monkeypatch):
        monkeypatch.setattr(Governor, "FIRST_WAIT", 5)  # how long it waits is test_quality's
        clock = SlowClock(0.5)
        with Tracker(level="auto", clock=clock, variant="float") as tracker:
            results = [tracker.process(small, frame * 33) for frame in range(34)]
            levels = [result.level for result in results]
            assert list(dict.fromkeys(levels)) == ["full", "lite", "sparse", "alternate"]
            assert results[-1].level_reason == "frames took 500 ms of 50 ms"
            assert results[0].people[0].left_hand is not None
            assert tracker.submodels >= {"pose_landmarks_lite"}
            assert "pose_landmarks_full" not in tracker.submodels
            (person,) = results[-1].people
            assert person.pose is not None
            assert person.face is not None
            assert person.left_hand is not None
            assert person.right_hand is not None
            clock.frame_s = 0.001
            last = [tracker.process(small, 3000 + frame * 33) for frame in range(50)][-1]
        assert last.level == "full"
        assert last.people[0].left_hand is not None

    @pytest.mark.parametrize("level", LEVELS)
    def test_a_fixed_level_stays_and_says_so(self, small, level):
        with Tracker(level=level, clock=SlowClock(9), variant="float") as tracker:
            results = [tracker.process(small, time) for time in range(0, 400, 33)]
        assert {(result.level, result.level_reason) for result in results} == {(level, "fixed")}
        assert all(len(result.people) == 1 for result in results)

    def test_sparse_computes_the_pose_in_every_second_frame(self, small):
        with Tracker(0, level="sparse", parts=("pose",), variant="float") as tracker:
            poses = np.array(
                [
                    tracker.process(np.roll(small, shift, axis=1), shift * 33).people[0].pose
                    for shift in range(4)
                ]
            )
        assert (poses[0] == poses[1]).all()
        assert (poses[1] != poses[2]).any()
        goes_on = poses[2, :, :3] + TRUST / 2 * (poses[2, :, :3] - poses[0, :, :3])
        assert np.allclose(poses[3, :, :3], goes_on, atol=1e-6)

    def test_alternate_computes_left_and_right_hands_in_turn(self, small):
        with Tracker(0, level="alternate", variant="float") as tracker:
            results = [tracker.process(small, at * 33) for at in range(6)]
        assert results[0].skipped == ()
        assert [result.skipped for result in results[1:]] == [
            ("pose", "left_hand"),
            ("face", "right_hand"),
        ] * 2 + [("pose", "left_hand")]
        assert all(result.people[0].right_hand is not None for result in results)

    def test_lower_levels_have_the_light_hand_where_there_is_one(self, small):
        for variant, hand in (("pruned", "hand_landmarks_lite"), ("float", "hand_landmarks")):
            with Tracker(level="lite", parts=("pose", "left_hand"), variant=variant) as tracker:
                tracker.process(small, 0)
                hands = {name for name in tracker.submodels if name.startswith("hand_landmarks")}
                assert hands == {hand}

    def test_without_hands_by_request_alone(self, small):
        with Tracker(0, level="simple", variant="float") as tracker:
            (person,) = tracker.process(small, 0).people
        assert person.face is not None
        assert person.left_hand is person.right_hand is None

    def test_simple_faces_are_the_mesh_alone_and_irises_come_back(self, small):
        smoothing = {"face": Smoothing(1, 1)}
        with Tracker(
            0,
            refine_face=True,
            attention_mesh=True,
            smoothing=smoothing,
            level="simple",
            variant="float",
        ) as tracker:
            first, simple = (tracker.process(small, time).people[0] for time in (0, 33))
            tracker.level = "full"
            full = tracker.process(small, 66).people[0]
        assert first.face.shape == simple.face.shape == (468, 3)
        assert full.face.shape == (478, 3)
        away = (full.face[:468, :2] - simple.face[:, :2]) * (320, 240)
        assert np.hypot(*away.T).mean() < 1.5

    def test_the_level_can_be_fixed_while_running(self, small):
        with Tracker(0, level="auto", variant="float") as tracker:
            tracker.process(small, 0)
            tracker.level = "simple"
            assert tracker.process(small, 33).level == "simple"
            with pytest.raises(ValueError, match="'half'"):
                tracker.level = "half"


class TestSmoothing:
    """One Euro filters, part by part."""

    def shake(self, picture, seed):
        random = np.random.default_rng(seed)
        noise = random.normal(0, 12, picture.shape)
        return (picture + noise).clip(0, 255).astype(np.uint8)

    def jitter(self, picture, part, **settings):
        with Tracker(0, parts=("pose", part), variant="float", **settings) as tracker:
            found = [
                getattr(tracker.process(self.shake(picture, n), n * 33.3).people[0], part)[:, :2]
                for n in range(12)
            ]
        return np.abs(np.diff(np.stack(found)[4:], axis=0)).mean() * 640

    @pytest.mark.parametrize("part", ["face", "right_hand"])
    def test_face_and_hands_are_smoothed_and_need_not_be(self, picture, part):
        raw = self.jitter(picture, part, smoothing={part: None})
        smooth = self.jitter(picture, part, smoothing={part: Smoothing(0.5, 0.05)})
        assert smooth < raw / 2
        assert smooth < self.jitter(picture, part) < raw

    def test_the_poses_smoothing_can_be_switched_off(self, picture):
        raw = self.jitter(picture, "pose", smoothing={"pose": None})
        assert self.jitter(picture, "pose") < raw / 2

    def test_the_first_frame_is_never_changed(self):
        points = np.ones((4, 3))
        assert (OneEuro(*Smoothing(1, 0))(points, 0.0) == points).all()

    @pytest.mark.parametrize(
        ("smoothing", "message"),
        [
            ({"feet": None}, "unknown part 'feet'"),
            ({"face": Smoothing(0, 1)}, "cutoffs must be above 0"),
            ({"face": Smoothing(1, float("nan"))}, "all finite"),
        ],
    )
    def test_other_settings_are_refused(self, smoothing, message):
        with pytest.raises(ValueError, match=message):
            Options(smoothing=smoothing)


class TestBadInput:
    """Frames and time stamps as they should not be."""

    @pytest.mark.parametrize("parts", [layout.PARTS, ("face", "left_hand", "right_hand")])
    @pytest.mark.parametrize("people", [1, 3])
    def test_a_frame_size_that_changes_midway_begins_anew(self, picture, parts, people):
        large = cv2.resize(picture, (1280, 960))
        with Tracker(0, parts=parts, max_people=people, variant="float") as tracker:
            results = [
                tracker.process(frame, time)
                for time, frame in enumerate((picture, picture, large, large, picture))
            ]
        assert all(len(result.people) == 1 for result in results)
        faces = [result.people[0].face[1, :2] * (640, 480) for result in results]
        assert np.ptp(faces, axis=0).max() < 5

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (7, 3, 4), (2, 2)])
    @pytest.mark.parametrize("parts", [layout.PARTS, ("face", "left_hand", "right_hand")])
    def test_tiny_frames_hold_no_people(self, shape, parts):
        frame = np.full(shape, 200, np.uint8)
        with Tracker(0, parts=parts, max_people=2, variant="float") as tracker:
            assert tracker.process(frame, 0).people == ()

    def test_8k_frames_work(self, picture):
        large = cv2.resize(picture, (7680, 5760), interpolation=cv2.INTER_LINEAR)
        with Tracker(0, variant="float") as tracker:
            (person,) = tracker.process(large, 0).people
        assert person.pose[0, :2] * (640, 480) == pytest.approx(NOSE, abs=12)

    def test_frames_too_large_for_the_warp_are_named(self):
        with (
            Tracker(0, parts=("pose",), variant="float") as tracker,
            pytest.raises(ValueError, match="too large"),
        ):
            tracker.process(np.zeros((1, 32767, 3), np.uint8), 0)

    @pytest.mark.parametrize(
        ("time", "error", "message"),
        [
            (float("nan"), ValueError, "time stamps must rise and be finite"),
            (float("inf"), ValueError, "finite"),
            ("12", TypeError, "a number of milliseconds, not '12'"),
            (None, ValueError, r'needs a time stamp .*mode="picture"'),
        ],
    )
    def test_time_stamps_that_are_none_are_named(self, picture, time, error, message):
        with (
            Tracker(0, parts=("pose",), variant="float") as tracker,
            pytest.raises(error, match=message),
        ):
            tracker.process(picture, time)

    def test_after_a_refused_frame_tracking_goes_on(self, picture):
        with Tracker(0, parts=("pose",), variant="float") as tracker:
            tracker.process(picture, 10)
            for frame, time in ((picture, 10), (picture[:0], 20), (picture, None)):
                with pytest.raises(ValueError, match=r"time stamp|empty"):
                    tracker.process(frame, time)
            assert len(tracker.process(picture, 20).people) == 1

    def test_noise_of_any_kind_does_no_harm(self):
        random = np.random.default_rng(0)
        with Tracker(0, max_people=3, variant="float") as tracker:
            for time in range(3):
                frame = random.integers(0, 256, (90 + 40 * time, 200, 3), np.uint8)
                tracker.process(frame, time)


def test_jitter_on_a_known_motion_is_no_worse_than_mediapipes():
    """Second differences of the points, taken back into the still picture by the known motion."""
    import sys

    sys.path.insert(0, str(MEDIA.parent / "parity"))
    import reference

    clip = "astronaut_motion.mp4"
    motion = json.loads((MEDIA / "astronaut_motion.json").read_text())["affine_per_frame"]
    recorded = reference.load(reference.path(clip, complexity=1))
    video = cv2.VideoCapture(str(MEDIA / clip))
    found = {"pose": [], "face": []}
    frames = 45
    with Tracker(parts=("pose", "face"), variant="float") as tracker:
        for index in range(frames):
            frame = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
            result = tracker.process(frame, index * 1000 / 30)
            for part, points in found.items():
                points.append(getattr(result.people[0], part)[:, :2] * (640, 480))

    def jitter(points):
        still = [
            (np.asarray(each)[:, :2] - np.array(affine)[:, 2]) @ np.linalg.inv(affine_of(affine)).T
            for each, affine in zip(points, motion, strict=False)
        ]
        return np.sqrt(np.nanmean(np.diff(np.stack(still), n=2, axis=0) ** 2))

    def affine_of(affine):
        return np.array(affine)[:, :2]

    for part, rows in (("pose", slice(0, 13)), ("face", slice(None))):
        ours = jitter([points[rows] for points in found[part]])
        theirs = jitter([points[rows] for points in recorded[part][:frames]])
        assert ours <= 1.05 * theirs, part
