"""People shoulder to shoulder: bodies below faces, with the neighbours covered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holistic.inference.detector import Detection
from holistic.inference.landmarkers import PoseEstimate
from holistic.inference.roi import Region
from holistic.tracking.occlusion import Face, alone, below_faces, body_alone, faces, trunk
from holistic.tracking.search import SearchWindow

FRAME = np.full((480, 640, 3), 90, np.uint8)
WHOLE = SearchWindow(Region(320, 240, 640, 0.0), 0)


def body(x, y, score=1.0, head=30.0):
    """A pose whose head is ``head`` wide around (x, y), shoulders and hips below it."""
    points = np.zeros((33, 5))
    points[:, :2] = x, y + 100
    points[:11, :2] = x, y
    points[7, 0], points[8, 0] = x + head / 2, x - head / 2
    return PoseEstimate(score, points, np.zeros((33, 3)), np.zeros((2, 2)))


def detector(*seen):
    """A stand-in that sees faces of 40 pixels: (score, x, y) each."""

    def detect(frame, window, limit=1, min_score=None):
        def fraction(x, y):
            return ((x - window.x) / window.size + 0.5, (y - window.y) / window.size + 0.5)

        return [
            Detection(
                score, (*fraction(x - 20, y - 20), *fraction(x + 20, y + 20)), np.zeros((6, 2))
            )
            for score, x, y in seen
            if score >= min_score
        ][:limit]

    return detect


class TestFaces:
    """Where faces are."""

    def test_one_that_is_seen_in_two_windows_is_one(self):
        searches = [WHOLE, SearchWindow(Region(200, 200, 300, 0.0), 1)]
        (face,) = faces(FRAME, searches, detector((0.9, 200, 200)), 4)
        assert face == pytest.approx((0.9, 200, 200, 40))

    def test_those_that_are_not_sure_are_left_out(self):
        assert faces(FRAME, [WHOLE], detector((0.6, 200, 200)), 4) == []


class TestBelowFaces:
    """Bodies of faces that belong to no known body."""

    def find(self, seen, landmarks, known=()):
        return below_faces(FRAME, [WHOLE], list(known), detector(*seen), landmarks, 4)

    def test_nothing_is_searched_below_the_face_of_a_known_body(self):
        def never(frame, region):
            raise AssertionError("it searched")

        assert self.find([(0.9, 200, 200)], never, [body(205, 195)]) == []

    def test_all_other_people_are_covered(self):
        shown = []

        def landmarks(frame, region):
            shown.append((frame, region))
            return body(region.x, region.y - 160)

        seen = [(0.9, 200, 200), (0.8, 300, 200)]
        assert len(self.find(seen, landmarks, [body(450, 220)])) == 2
        frame, region = shown[0]
        assert (region.x, region.size) == (200, 480)
        assert frame[200, 200, 0] == 90, "one's own face is there"
        assert frame[200, 300, 0] == frame[260, 300, 0] == 128, "the other one is not"
        assert frame[250, 450, 0] == 128, "nor a person who turns away"
        assert (FRAME == 90).all(), "the frame itself stays"

    def test_a_body_elsewhere_is_the_neighbours(self):
        assert self.find([(0.9, 200, 200)], lambda frame, region: body(300, 200)) == []

    def test_where_the_first_region_fails_a_closer_one_is_taken(self):
        sizes = []

        def landmarks(frame, region):
            sizes.append(region.size)
            return body(200, 200, score=1.0 if len(sizes) == 2 else 0.6)

        (found,) = self.find([(0.9, 200, 200)], landmarks)
        assert found.score == 1.0
        assert sizes[1] < sizes[0]

    @pytest.mark.parametrize("doubtful", [{"score": 0.6}, {"head": 10.0}])
    def test_a_doubtful_body_or_one_with_a_tiny_head_is_not_believed(self, doubtful):
        found = self.find([(0.9, 200, 200)], lambda frame, region: body(200, 200, **doubtful))
        assert found == []

    def test_without_landmarks_below_a_face_there_is_no_body(self):
        assert self.find([(0.9, 200, 200)], lambda frame, region: None) == []


boxes = st.tuples(*(st.floats(-700, 1400) for _ in range(4))).map(
    lambda box: (min(box[::2]), min(box[1::2]), max(box[::2]), max(box[1::2]))
)


@given(own=boxes, others=st.lists(boxes, max_size=4))
def test_ones_own_box_is_always_seen_and_nothing_outside_of_the_others_changes(own, others):
    frame = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16, 1)
    scaled = [tuple(side / 50 for side in box) for box in (own, *others)]
    shown = alone(frame, scaled[0], scaled[1:])
    assert shown.shape == frame.shape
    left, top, right, bottom = (max(round(side), 0) for side in scaled[0])
    assert (shown[top:bottom, left:right] == frame[top:bottom, left:right]).all()
    changed = shown != frame
    for other in scaled[1:]:
        left, top, right, bottom = (max(round(side), 0) for side in other)
        changed[top:bottom, left:right] = False
    assert not changed.any()


def test_a_body_is_alone_when_the_other_trunks_are_covered():
    one, other = body(100, 100).points, body(300, 100).points
    other[27, :2] = 400, 400  # a foot is no trunk
    assert trunk(other) == pytest.approx((285, 100, 315, 200))
    shown = body_alone(FRAME, one, [other])
    assert (shown[150, 300] == 128).all()
    assert (shown[400, 400] == 90).all()


def test_a_face_knows_its_body_by_where_the_head_is():
    face = Face(0.9, 200, 200, 40)
    assert face.is_of(body(210, 205).points)
    assert not face.is_of(body(240, 200).points)
