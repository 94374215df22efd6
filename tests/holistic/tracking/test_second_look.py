"""Looking twice: where a lost hand is looked for, how often, and what is believed."""

import cv2
import numpy as np
import pytest
from hands import hand_at

from builder import ROOT
from holistic import Tracker
from holistic.inference import model_files
from holistic.inference.roi import Region
from holistic.options import MEDIAPIPE_SMOOTHING, POSE_SMOOTHING
from holistic.results import record as records
from holistic.results.result import people_from_record
from holistic.tracking.regions import palm_region
from holistic.tracking.second_look import (
    DOUBTFUL_SCORE,
    FAINT_FRAMES,
    FAINT_SCORE,
    GLIMPSE_SCORE,
    LOOKS,
    PATIENCE,
    ROUNDS,
    TURNS,
    PersistentFaceTrack,
    PersistentHandTrack,
    Scene,
    Turn,
)
from holistic.tracking.stages import stage

MEDIA = ROOT / "tests" / "media"
FRAME = np.zeros((480, 640, 3), np.uint8)

needs_models = pytest.mark.skipif(
    not model_files.find("palm_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)


def pose(wrist=(450.0, 300.0), visibility=0.9):
    """A body whose left hand points up from ``wrist``; its right hand is far away."""
    points = np.full((33, 5), visibility)
    points[:, :3] = (320, 200, 0)
    points[[11, 12, 23, 24], :2] = ((420, 200), (220, 200), (400, 440), (240, 440))
    points[[15, 17, 19], :2] = np.array(((0, 0), (10, -40), (-10, -40))) + wrist
    points[[16, 18, 20], :2] = ((100, 300), (90, 260), (110, 260))
    return points


def hand(wrist=(450.0, 300.0), **more):
    """A hand at the wrist of ``pose``, or elsewhere."""
    return hand_at(wrist, **more)


class Looked:
    """Stands in for the hand network: gives its answers in turn and notes the regions."""

    MIN_SCORE = 0.5

    def __init__(self, *answers):
        self.answers = list(answers)
        self.regions = []

    def __call__(self, frame, region, min_score):
        self.regions.append(region)
        answer = self.answers.pop(0) if self.answers else None
        return answer if answer and answer.score > min_score else None


class Palms:
    """Stands in for the palm detector, which sees nothing; notes the windows."""

    def __init__(self):
        self.windows = []

    def __call__(self, frame, window, limit):
        self.windows.append(window)
        return []


def track(*answers, side="left_hand"):
    """A track, and what stands in for its hand network and its palm detector."""
    looked, palms = Looked(*answers), Palms()
    recrop = Region(450, 280, 100, 0.0)
    return (
        PersistentHandTrack(side, recrop=lambda *_: recrop, landmarks=looked, palms=palms),
        looked,
        palms,
    )


class TestLooks:
    """Where and how often a hand is looked for."""

    def test_a_hand_that_is_found_at_once_costs_one_look(self):
        following, looked, palms = track(hand(), hand(), hand())
        for _ in range(3):
            assert following.seek(Scene(FRAME, pose()))
        assert len(looked.regions) == 3
        assert not palms.windows

    def test_where_the_first_look_fails_another_region_is_looked_at(self):
        following, looked, _ = track(hand(), None, hand((452.0, 303.0)))
        following.seek(Scene(FRAME, pose()))
        assert following.seek(Scene(FRAME, pose((452.0, 303.0)))) is not None
        before, first, second = looked.regions
        assert second != first
        assert second != before

    def test_where_a_look_nearly_saw_a_hand_the_second_one_looks_closer(self):
        glimpse = hand((456.0, 306.0), score=GLIMPSE_SCORE + 0.01)
        following, looked, _ = track(hand(), glimpse, found := hand((456.0, 306.0)))
        following.seek(Scene(FRAME, pose()))
        assert following.seek(Scene(FRAME, pose())) is found
        assert looked.regions[-1] == palm_region(glimpse.points)

    def test_a_glimpse_is_forgotten_with_the_frame(self):
        glimpse = hand(score=GLIMPSE_SCORE + 0.01)
        following, looked, _ = track(glimpse, None)
        following.seek(Scene(FRAME, pose(), second_look=False))
        following.seek(Scene(FRAME, pose(), second_look=False))
        assert looked.regions[-1] != palm_region(glimpse.points)

    def test_a_lost_hand_is_looked_for_in_all_regions_within_a_few_frames(self):
        following, looked, _ = track()
        for _ in range(len(LOOKS)):
            following.seek(Scene(FRAME, pose()))
        assert len({region.size for region in looked.regions}) == 2  # the re-crop's, the pose's

    def test_the_palm_detector_looks_seldom_and_in_frames_without_other_looks(self):
        following, looked, palms = track()
        others = []
        for _ in range(100):
            following._turns = 0  # no look in the whole frame
            before = len(looked.regions), len(palms.windows)
            following.seek(Scene(FRAME, pose()))
            if len(palms.windows) > before[1]:
                others.append(len(looked.regions) - before[0])
        assert others
        assert not any(others)
        others_in_a_round = 2  # nobody knows where the hand was
        assert others_in_a_round * (ROUNDS - 1) * len(palms.windows) < len(looked.regions)

    def test_a_region_is_looked_at_once_where_the_recrop_agrees_with_it(self):
        following, looked, _ = track(hand(), None, None)
        following._recrop = lambda *_: palm_region(hand().points)
        following._redetect_interval = 9
        for _ in range(2):
            following.seek(Scene(FRAME, pose(), second_look=False))
        assert len(looked.regions) == 2

    def test_a_frame_has_one_look_more_than_the_first_and_in_time_fewer(self):
        following, looked, palms = track()
        counts = []
        for _ in range(PATIENCE + 12):
            before = len(looked.regions) + len(palms.windows)
            following.seek(Scene(FRAME, pose()))
            counts.append(len(looked.regions) + len(palms.windows) - before)
        assert max(counts) <= 2
        assert sum(counts[PATIENCE + 2 :]) <= 10 * 1.5 / 2 + 2

    def test_a_person_has_at_most_one_second_look_in_a_frame(self):
        found = {"left_hand": hand(), "right_hand": hand((100.0, 300.0), left=0.1)}
        tracks = {side: track(one, one, side=side) for side, one in found.items()}
        turns = {side: Turn(side) for side in tracks}
        for _ in range(40):
            more = 0
            for side, (following, looked, palms) in tracks.items():
                turns[side].begin_frame()
                before = len(looked.regions) + len(palms.windows)
                following.seek(Scene(FRAME, pose(), second_look=turns[side].held))
                more += max(len(looked.regions) + len(palms.windows) - before - 1, 0)
            assert more <= 1

    def test_a_followed_hand_is_looked_for_where_its_wrist_has_gone(self):
        following, looked, _ = track(hand(), hand())
        following._redetect_interval = 9
        following.seek(Scene(FRAME, pose()))
        following.seek(Scene(FRAME, pose((460.0, 290.0))))
        was, (_, now) = palm_region(hand().points), looked.regions
        assert (now.x - was.x, now.y - was.y) == pytest.approx((10, -10))

    def test_a_picture_is_searched_to_the_end(self):
        following, looked, palms = track()
        following.seek(Scene(FRAME, pose(), thorough=True))
        assert len(looked.regions) == 3
        assert len(palms.windows) == 2  # around the wrist, and the whole frame


class Window:
    """Stands in for the detector of faces, which sees none; notes how large its windows are."""

    def __init__(self):
        self.sizes = []

    def __call__(self, frame, window, limit):
        self.sizes.append(window.size)
        return []


class TestFaces:
    """A face that the detector does not see."""

    def body(self):
        points = pose()
        points[:11, :2] += np.arange(11)[:, None] * (4, 1)
        return points

    def test_while_it_is_lost_it_is_searched_farther_from_the_head_in_turn(self):
        turn = Turn("left_hand")
        turn.begin_frame()  # which is the face's
        window, following = Window(), PersistentFaceTrack(turn)
        for _ in range(4):
            assert following.update(FRAME, self.body(), window, lambda *_: None) is None
        near, far, *again = window.sizes
        assert far > 1.5 * near
        assert again == [near, far]

    def test_the_head_itself_is_looked_at_on_the_faces_turn(self):
        turn = Turn("face")
        looks, following = [], PersistentFaceTrack(turn)
        for _ in TURNS:
            turn.begin_frame()
            following.update(FRAME, self.body(), Window(), lambda _, region: looks.append(region))
        assert len(looks) == TURNS.count("face")


class TestBelieving:
    """What is believed."""

    def test_a_doubtful_hand_is_believed_where_the_pose_expects_it(self):
        doubtful = hand(score=DOUBTFUL_SCORE + 0.01)
        following, *_ = track(doubtful)
        assert following.seek(Scene(FRAME, pose())) is doubtful

    def test_a_followed_hand_may_be_faint_for_some_frames(self):
        faint = hand(score=FAINT_SCORE + 0.01)
        following, *_ = track(faint)
        assert following.seek(Scene(FRAME, pose())) is None
        following, *_ = track(hand(), *[faint] * 30)
        found = [following.seek(Scene(FRAME, pose())) is not None for _ in range(20)]
        assert found == [True] * (FAINT_FRAMES + 1) + [False] * (19 - FAINT_FRAMES)

    def test_a_followed_hand_may_be_faint_where_the_pose_is_wrong_of_its_size(self):
        small = pose()
        small[[17, 19], :2] = ((452, 294), (448, 294))
        faint = hand(score=FAINT_SCORE + 0.01)
        following, *_ = track(faint)
        assert following.seek(Scene(FRAME, small)) is None
        following, *_ = track(hand(), faint)
        following.seek(Scene(FRAME, pose()))
        assert following.seek(Scene(FRAME, small)) is faint

    def test_a_doubtful_hand_of_another_size_is_not(self):
        following, *_ = track(*[hand(score=0.4, size=260.0)] * 2)
        assert following.seek(Scene(FRAME, pose())) is None

    def test_a_hand_that_is_found_already_is_not_found_again(self):
        following, *_ = track(*[hand()] * 9)
        assert following.seek(Scene(FRAME, None, hands=(hand().points,), thorough=True)) is None

    def test_palms_together_remain_two_hands(self):
        together = pose((330.0, 300.0))
        together[[16, 18, 20], :2] = ((310, 300), (300, 260), (320, 260))
        together[[13, 14], :2] = ((430, 400), (210, 400))
        for left in (0.1, 0.9):
            found = hand((320.0, 300.0), left=left)
            for side in ("left_hand", "right_hand"):
                following, *_ = track(*[found] * 9, side=side)
                assert following.seek(Scene(FRAME, together)) is found

    def test_a_hand_of_the_other_side_is_not_taken(self):
        following, *_ = track(*[hand((100.0, 300.0), left=0.9)] * 9)
        assert following.seek(Scene(FRAME, pose())) is None

    def test_a_followed_hand_outlives_a_frame_in_which_it_looks_like_the_other(self):
        close = pose((330.0, 300.0))
        close[16, :2] = (318, 300)
        following, *_ = track(hand((330.0, 300.0), left=0.95), hand((330.0, 300.0), left=0.3))
        assert following.seek(Scene(FRAME, close))
        assert following.seek(Scene(FRAME, close))

    def test_a_hand_has_its_middle_in_the_frame(self):
        low, lower = hand((450.0, 500.0)), hand((450.0, 560.0))
        following, *_ = track(*[lower] * 9)
        assert following.seek(Scene(FRAME, pose((450.0, 530.0)))) is None
        following, *_ = track(low, *[lower] * 9)
        assert following.seek(Scene(FRAME, pose((450.0, 500.0)))) is low
        assert following.seek(Scene(FRAME, pose((450.0, 530.0)))) is None


class TestWithoutABody:
    """Hands alone."""

    def test_until_the_palm_detector_is_there_nobody_looks_where_only_it_could(self):
        following, looked, palms = track()
        following.palms = None
        for found in (pose(), None):
            for _ in range(3 * len(TURNS)):
                assert following.seek(Scene(FRAME, found)) is None
        seen = len(looked.regions)
        following.palms = palms
        following.seek(Scene(FRAME, None))
        assert len(looked.regions) == seen, "it sees no palms"
        assert len(palms.windows) == 1

    def test_the_palm_detector_looks_in_some_frames(self):
        following, _, palms = track()
        turn = Turn("left_hand")
        for _ in range(3 * len(TURNS)):
            turn.begin_frame()
            following.seek(Scene(FRAME, None, second_look=turn.held))
        assert len(palms.windows) == 3 * TURNS.count("left_hand")

    def test_a_followed_hand_needs_no_body(self):
        following, looked, palms = track(hand(), hand(), hand())
        assert following.seek(Scene(FRAME, pose()))
        assert following.seek(Scene(FRAME, None))
        assert following.seek(Scene(FRAME, pose()))
        assert len(looked.regions) == 3
        assert not palms.windows


def frames(clip):
    video = cv2.VideoCapture(str(MEDIA / clip))
    while (read := video.read())[0]:
        yield cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)


@needs_models
class TestTracker:
    """With the real networks."""

    def test_a_close_up_of_a_hand_becomes_part_of_the_person_when_a_body_appears(self, picture):
        close_up = cv2.resize(picture[410:505, 380:475], (480, 480))
        hand_alone = np.full_like(picture, 90)
        hand_alone[:, :480] = close_up
        with Tracker(0) as tracker, Tracker(0, second_look=False) as once:
            alone = [tracker.process(hand_alone, time) for time in range(0, 300, 33)][-1]
            whole = [tracker.process(picture, time) for time in (333, 366, 400)][-1]
            assert not once.process(hand_alone, 0).people
        assert alone.people[0].left_hand is not None
        assert [person.id for person in alone.people] == [person.id for person in whole.people]
        assert whole.people[0].pose is not None

    def test_a_face_needs_no_body(self, picture):
        close_up = cv2.resize(picture[40:150, 250:370], (480, 440))
        record = records.empty()
        find = stage("face", model_files.load)
        for time in (0, 33):
            find(close_up, time, record)
        (person,) = people_from_record(record)
        assert person.pose is None
        assert person.face is not None

    def test_an_empty_room_has_neither_faces_nor_hands(self):
        noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
        room = cv2.GaussianBlur(noise, (31, 31), 9)
        with Tracker(0) as tracker:
            for time in range(0, 400, 33):
                assert not tracker.process(room, time).people

    @pytest.mark.parametrize("complexity", [0, 1])
    def test_fewer_hands_in_view_are_without_landmarks(self, complexity):
        lost = {}
        for second_look in (False, True):
            with Tracker(complexity, second_look=second_look) as tracker:
                results = [
                    tracker.process(f, i * 33) for i, f in enumerate(frames("intel__book.mkv"))
                ]
            people = [result.people[0] for result in results]
            lost[second_look] = sum(p.left_hand is None for p in people)
            lost[second_look] += sum(p.right_hand is None for p in people)
        assert lost[True] < 0.8 * lost[False]

    def test_hands_and_faces_at_rest_are_steadier_than_mediapipes_and_hardly_lag(self):
        found = {}
        for smoothing in (None, MEDIAPIPE_SMOOTHING):
            with Tracker(0, smoothing=smoothing) as tracker:
                results = [
                    tracker.process(f, i * 33) for i, f in enumerate(frames("intel__milk.mkv"))
                ]
            found[smoothing is None] = np.array([r.people[0].face[:, :2] for r in results])
        bent = {key: np.abs(np.diff(faces, 2, axis=0)).mean() for key, faces in found.items()}
        assert bent[True] < 0.6 * bent[False]
        assert np.abs(found[True] - found[False]).max() < 0.01

    def test_the_stages_take_turns(self, monkeypatch, picture):
        looks = []
        seek, update = PersistentHandTrack.seek, PersistentFaceTrack.update

        def noted_seek(self, scene):
            looks.append(scene.second_look)
            return seek(self, scene)

        def noted_update(self, *args):
            looks.append(self._turn.held)
            return update(self, *args)

        monkeypatch.setattr(PersistentHandTrack, "seek", noted_seek)
        monkeypatch.setattr(PersistentFaceTrack, "update", noted_update)
        with Tracker(0) as tracker:
            for time in range(0, 200, 33):
                looks.clear()
                tracker.process(picture, time)
                assert sorted(looks) == [False, False, True]

    def test_mediapipes_smoothing_is_the_poses_alone(self):
        assert {part for part, one in MEDIAPIPE_SMOOTHING.items() if one} == {"pose"}
        assert MEDIAPIPE_SMOOTHING["pose"] == POSE_SMOOTHING
