"""People shoulder to shoulder: faces, and one body with the neighbours covered."""

import numpy as np
import pytest
from crowds import FRAME, WHOLE, body, faces_at
from hypothesis import given
from hypothesis import strategies as st

from holistic.inference.roi import Region
from holistic.tracking.occlusion import Face, alone, body_alone, faces, trunk
from holistic.tracking.search import SearchWindow


class TestFaces:
    """Where faces are."""

    def test_one_that_is_seen_in_two_windows_is_one(self):
        searches = [WHOLE, SearchWindow(Region(200, 200, 300, 0.0), 1)]
        (face,) = faces(FRAME, searches, faces_at((0.9, 200, 200)), 4)
        assert face == pytest.approx((0.9, 200, 200, 40))

    def test_those_that_are_not_sure_are_left_out(self):
        assert faces(FRAME, [WHOLE], faces_at((0.5, 200, 200)), 4) == []


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


def test_a_face_agrees_with_a_body_by_place_and_size_of_the_head():
    face = Face(0.9, 200, 200, 40)
    assert face.agreement(body(200, 200).points) == pytest.approx(0.9)
    assert 0.45 < face.agreement(body(212, 200).points) < 0.9
    assert face.agreement(body(240, 200).points) == 0
    assert face.agreement(body(200, 200, head=8.0).points) == 0
    assert face.agreement(body(200, 200, head=90.0).points) == 0
