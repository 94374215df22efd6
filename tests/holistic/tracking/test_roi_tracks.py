"""Following parts from frame to frame: which region is chosen, and what is forgotten."""

from math import radians

import numpy as np
import pytest
from hands import upright_hand

from holistic.inference.detector import Detection
from holistic.inference.landmarkers import FaceEstimate, HandEstimate, PoseEstimate
from holistic.inference.roi import Region
from holistic.options import Options
from holistic.shared import model_sets
from holistic.tracking.regions import palm_region
from holistic.tracking.roi_tracks import (
    FaceTrack,
    HandTrack,
    Limits,
    PoseTrack,
    still_holds,
)

FRAME = np.zeros((480, 640, 3), np.uint8)
FRESH = Region(300, 200, 100, 0.3)
LIMITS = Limits(angle=15, shift=0.1, change=0.3, margin=-0.2)
CENTRE = np.array(((300.0, 200.0, 0.0),))


class TestStillHolds:
    """Whether the region of the frame before may be kept."""

    @pytest.mark.parametrize(
        ("kept", "holds"),
        [
            (FRESH, True),
            (FRESH._replace(angle=0.3 + radians(14.9)), True),
            (FRESH._replace(angle=0.3 - radians(15.1)), False),
            (FRESH._replace(angle=0.3 + radians(360)), True),
            (FRESH._replace(size=129), True),
            (FRESH._replace(size=131), False),
            (FRESH._replace(x=310.1, y=203.0), False),  # more than 10 px along the region's x
            (FRESH._replace(x=309.0, y=203.0), True),
        ],
    )
    def test_it_must_be_near_the_fresh_one(self, kept, holds):
        assert still_holds(kept, CENTRE, FRESH, LIMITS) is holds

    @pytest.mark.parametrize(("away", "holds"), [(39.9, True), (40.1, False)])
    def test_all_landmarks_must_lie_inside_the_fresh_one_and_its_margin(self, away, holds):
        direction = np.array((np.cos(0.3), np.sin(0.3), 0))
        points = np.vstack((CENTRE, CENTRE + away * direction))
        assert still_holds(FRESH, points, FRESH, LIMITS) is holds


class Recorder:
    """Stands in for a submodel: notes the regions it was asked for and gives fixed answers."""

    def __init__(self, answer):
        self.answer = answer
        self.regions = []

    def __call__(self, frame, region):
        self.regions.append(region)
        return self.answer


class Detections(Recorder):
    """Stands in for a detector."""

    def __call__(self, frame, region, limit=1):
        return super().__call__(frame, region)[:limit]


def body(x=320.0):
    """A pose estimate around x: mid-hip at (x, 300), the circle's top 200 px above."""
    points = np.full((33, 5), 0.9)
    points[:, :3] = (x, 200, 0)
    return PoseEstimate(0.9, points, np.zeros((33, 3)), np.array(((x, 300.0), (x, 100.0))))


class TestPoseTrack:
    """The body."""

    def test_its_region_is_around_its_axis_until_it_is_lost(self):
        track = PoseTrack()
        assert track.region is None
        track.accept(body(320.0), 0)
        assert track.region == pytest.approx((320, 300, 500, 0))
        track.lose()
        assert track.region is None

    def test_visibility_and_world_survive_a_lost_body_but_positions_do_not(self):
        track = PoseTrack()
        track.accept(body(100.0), 0)
        track.lose()
        moved = body(500.0)
        moved.points[:, 3] = 0.0
        moved.world[:] = 1.0
        found = track.accept(moved, 66)
        assert found.points[:, 0] == pytest.approx(500)
        assert found.points[:, 3] == pytest.approx(0.81)
        assert (found.world < 1).all()

    def test_without_smoothing_what_is_found_is_what_is_told_and_the_axis_is_smooth(self):
        track = PoseTrack(smoothing=None)
        for x, time in ((100.0, 0), (110.0, 33)):
            found = track.accept(body(x), time)
        assert (found.points == body(110.0).points).all()
        assert 100 < track.region.x < 110

    def test_its_region_may_follow_the_raw_axis_as_in_mediapipes_tasks(self):
        track = PoseTrack(steady_axis=False)
        for x, time in ((100.0, 0), (110.0, 33)):
            found = track.accept(body(x), time)
        assert track.region.x == 110
        assert 100 < found.points[0, 0] < 110


class TestHandTrack:
    """A hand."""

    pose = np.zeros((33, 5))
    pose[[15, 17, 19], :2] = ((100, 200), (115, 150), (95, 150))

    def test_a_hand_is_searched_only_if_its_wrist_is_visible(self):
        recrop, landmarks = Recorder(Region(100, 175, 120, 0)), Recorder(None)
        pose = self.pose.copy()
        for visibility, asked in ((0.1, 0), (0.11, 1)):
            pose[15, 3] = visibility
            HandTrack("left_hand").update(FRAME, pose, recrop, landmarks)
            assert len(landmarks.regions) == asked

    def test_it_follows_itself_while_the_recrop_agrees_and_forgets_a_lost_hand(self):
        hand = HandEstimate(0.9, 1.0, upright_hand(), np.zeros((21, 3)))
        fresh = palm_region(hand.points)._replace(size=110.0)
        recrop, landmarks, track = Recorder(fresh), Recorder(hand), HandTrack("left_hand")
        pose = self.pose.copy()
        pose[15, 3] = 1
        track.update(FRAME, pose, recrop, landmarks)
        track.update(FRAME, pose, recrop, landmarks)
        assert landmarks.regions == [fresh, palm_region(hand.points)]
        pose[15, 3] = 0
        assert track.update(FRAME, pose, recrop, landmarks) is None
        assert track.points is None


class TestFaceTrack:
    """The face."""

    def test_without_a_detection_there_is_no_face_even_while_tracked(self):
        track, landmarks = FaceTrack(), Recorder(FaceEstimate(0.9, np.zeros((468, 3))))
        track.points = np.zeros((468, 3))
        assert track.update(FRAME, np.zeros((33, 5)), Detections([]), landmarks) is None
        assert landmarks.regions == []
        assert track.points is None

    def test_among_several_people_it_is_the_face_at_the_bodys_nose(self):
        pose = np.zeros((33, 5))
        pose[:11, :2] = (200, 100)
        pose[[5, 2], 0] = (190, 210)

        def face(x, score):
            keypoints = np.array(((-9, -5), (9, -5), (0, 0), (0, 8), (-20, 0), (20, 0)), float)
            return Detection(score, (0, 0, 1, 1), keypoints + np.array((x, 100)))

        for several, x in ((True, 203), (False, 260)):
            landmarks = Recorder(None)
            track = FaceTrack(several)
            track.update(FRAME, pose, Detections([face(260, 0.9), face(203, 0.6)]), landmarks)
            assert landmarks.regions[0].x == pytest.approx(x, abs=5)

    def test_a_simple_track_spares_the_detector_while_there_is_a_face(self):
        points = np.zeros((468, 3))
        points[[33, 263], 0] = (90, 110)
        track, detector = FaceTrack(), Detections([])
        landmarks = Recorder(FaceEstimate(0.9, points))
        track.simple = True
        track.points = points
        assert track.update(FRAME, np.zeros((33, 5)), detector, landmarks) is not None
        assert detector.regions == []
        landmarks.answer = None
        assert track.update(FRAME, np.zeros((33, 5)), detector, landmarks) is None
        assert len(detector.regions) == 1


class TestRedetection:
    """How often the detector or the re-crop checks a part that is followed."""

    pose = np.zeros((33, 5))
    pose[[15, 17, 19], :2] = ((100, 200), (115, 150), (95, 150))
    pose[15, 3] = 1
    points = upright_hand()
    points[[6, 10, 14, 18], 1] = 125  # the fingers' next joints
    hand = HandEstimate(0.9, 1.0, points, np.zeros((21, 3)))

    def followed(self, redetect_interval, phase=0):
        """A track that has found the hand, with the submodels that it is to be updated with."""
        submodels = Recorder(palm_region(self.hand.points)), Recorder(self.hand)
        track = HandTrack("left_hand", redetect_interval, phase)
        track.update(FRAME, self.pose, *submodels)
        return track, *submodels

    @pytest.mark.parametrize(("interval", "phase", "checked"), [(1, 0, 9), (4, 0, 3), (4, 3, 3)])
    def test_a_part_where_it_is_expected_is_checked_in_every_so_many_frames(
        self, interval, phase, checked
    ):
        track, recrop, landmarks = self.followed(interval, phase)
        for _ in range(8):
            assert track.update(FRAME, self.pose, recrop, landmarks)
        assert len(recrop.regions) == checked
        assert set(landmarks.regions) == {palm_region(self.hand.points)}

    def test_phases_tell_apart_which_frames_those_are(self):
        frames = []
        for phase in (0, 2):
            track, recrop, landmarks = self.followed(4, phase)
            for frame in range(8):
                before = len(recrop.regions)
                track.update(FRAME, self.pose, recrop, landmarks)
                frames += [(phase, frame)] * (len(recrop.regions) - before)
        assert frames == [(0, 2), (0, 6), (2, 0), (2, 4)]

    @pytest.mark.parametrize("moved", [(0.0, 60.0, 1.0), (0.0, 0.0, 4.0), (0.0, 0.0, 0.3)])
    def test_a_part_away_from_where_the_pose_expects_it_is_checked_at_once(self, moved):
        x, y, scale = moved
        track, recrop, landmarks = self.followed(100)
        pose = self.pose.copy()
        pose[:, :2] = (pose[:, :2] - (100, 175)) * scale + (100 + x, 175 + y)
        track.update(FRAME, pose, recrop, landmarks)
        assert len(recrop.regions) == 2

    @pytest.mark.parametrize("redetect_interval", [0, 2.0, True])
    def test_it_is_a_whole_number_of_frames(self, redetect_interval):
        with pytest.raises(ValueError, match="redetect_interval must be a whole number from 1"):
            Options(redetect_interval=redetect_interval)

    def test_auto_checks_rarely_and_every_other_variant_as_often_as_mediapipe(self):
        often = {variant: model_sets.redetect_interval(variant) for variant in model_sets.VARIANTS}
        assert often.pop(model_sets.AUTO) > 1
        assert set(often.values()) == {1}

    def test_a_part_that_is_lost_is_searched_in_the_same_frame(self):
        track, recrop, _ = self.followed(100)
        assert track.update(FRAME, self.pose, recrop, Recorder(None)) is None
        assert len(recrop.regions) == 2
        assert track.points is None
