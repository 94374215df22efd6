"""Following parts from frame to frame: which region is looked at, and what is forgotten."""

from math import radians

import numpy as np
import pytest

from holistic.detection import Detection
from holistic.geometry import Region
from holistic.submodels import FaceEstimate, HandEstimate, PoseEstimate
from holistic.tracks import FaceTrack, HandTrack, Limits, PoseTrack, palm_region, still_holds

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


def upright_hand():
    """A (21, 3) hand that points up: wrist at (100, 200), knuckles 50 px above it."""
    points = np.zeros((21, 3))
    points[:, :2] = (100, 180)
    points[0, :2] = (100, 200)
    points[[5, 9, 13, 17], :2] = ((85, 150), (95, 150), (105, 150), (115, 150))
    return points


def test_a_palm_region_is_upright_along_the_palm_and_ignores_finger_tips():
    region = palm_region(upright_hand())
    assert region.angle == pytest.approx(np.arctan2(-5, 50))
    assert region.size == pytest.approx(100, rel=0.05)
    assert region.y < 175  # shifted towards the fingers
    spread = upright_hand()
    spread[[4, 8, 12, 16, 20], :2] = (400, 20)
    assert palm_region(spread) == region


class Recorder:
    """Stands in for a submodel: notes the regions it was asked for and gives fixed answers."""

    def __init__(self, answer):
        self.answer = answer
        self.regions = []

    def __call__(self, frame, region):
        self.regions.append(region)
        return self.answer


def body(x=320.0):
    """A pose estimate around x: mid-hip at (x, 300), the circle's top 200 px above."""
    points = np.full((33, 5), 0.9)
    points[:, :3] = (x, 200, 0)
    return PoseEstimate(0.9, points, np.zeros((33, 3)), np.array(((x, 300.0), (x, 100.0))))


BODY = Detection(0.9, (0.4, 0.1, 0.6, 0.3), np.array(((300.0, 300.0), (300.0, 140.0))))


class TestPoseTrack:
    """The body."""

    def test_the_detector_looks_at_the_whole_frame_until_there_is_a_body(self):
        detector, landmarks, track = Recorder([]), Recorder(body()), PoseTrack()
        assert track.update(FRAME, 0, detector, landmarks) is None
        assert landmarks.regions == []
        detector.answer = [BODY]
        for time in (33, 66):
            track.update(FRAME, time, detector, landmarks)
        assert detector.regions == [Region(320, 240, 640, 0)] * 2
        assert landmarks.regions[0] == pytest.approx((300, 300, 400, 0))  # from the detection
        assert landmarks.regions[1] == pytest.approx((320, 300, 500, 0))  # from the landmarks

    def test_visibility_and_world_survive_a_lost_body_but_positions_do_not(self):
        track, detector = PoseTrack(), Recorder([BODY])
        track.update(FRAME, 0, detector, Recorder(body(100.0)))
        assert track.update(FRAME, 33, detector, Recorder(None)) is None
        moved = body(500.0)
        moved.points[:, 3] = 0.0
        moved.world[:] = 1.0
        found = track.update(FRAME, 66, detector, Recorder(moved))
        assert found.points[:, 0] == pytest.approx(500)
        assert found.points[:, 3] == pytest.approx(0.81)
        assert (found.world < 1).all()


class TestHandTrack:
    """A hand."""

    pose = np.zeros((33, 5))
    pose[[15, 17, 19], :2] = ((100, 200), (115, 150), (95, 150))

    def test_a_hand_is_looked_for_only_if_its_wrist_is_visible(self):
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
        assert track.update(FRAME, np.zeros((33, 5)), Recorder([]), landmarks) is None
        assert landmarks.regions == []
        assert track.points is None
