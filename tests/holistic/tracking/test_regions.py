"""Regions of bodies, faces and hands, from detections and from landmarks."""

import numpy as np
import pytest
from hands import upright_hand
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from holistic.inference.detector import Detection
from holistic.inference.roi import Region, rotation
from holistic.tracking.regions import (
    TILTED,
    face_region_from_detection,
    hand_region_from_detection,
    mesh_region,
    palm_region,
)


def test_a_palm_region_is_upright_along_the_palm_and_ignores_finger_tips():
    region = palm_region(upright_hand())
    assert region.angle == pytest.approx(np.arctan2(-5, 50))
    assert region.size == pytest.approx(100, rel=0.05)
    assert region.y < 175  # shifted towards the fingers
    spread = upright_hand()
    spread[[4, 8, 12, 16, 20], :2] = (400, 20)
    assert palm_region(spread) == region


class TestWithoutABody:
    """Regions of faces and hands that detectors of their own have seen."""

    window = Region(300, 200, 100, 0)  # its corner is at (250, 150)

    def test_a_face_is_its_box_upright_along_the_eyes_and_a_half_larger(self):
        keypoints = np.array(((290.0, 200.0), (310.0, 200.0)))
        found = face_region_from_detection(
            Detection(0.9, (0.4, 0.4, 0.6, 0.6), keypoints), self.window
        )
        assert found == pytest.approx((300, 200, 30, 0))

    def test_a_hand_reaches_from_its_palm_towards_the_fingers(self):
        keypoints = np.array(((300.0, 210.0), (295.0, 190.0), (300.0, 190.0)))
        found = hand_region_from_detection(
            Detection(0.9, (0.4, 0.4, 0.6, 0.6), keypoints), self.window
        )
        assert found == pytest.approx((300, 190, 52, 0))

    def test_a_hand_may_be_tilted_as_in_mediapipes_tasks(self):
        keypoints = np.array(((300.0, 210.0), (295.0, 190.0), (300.0, 190.0)))
        detection = Detection(0.9, (0.4, 0.4, 0.6, 0.6), keypoints)
        found = hand_region_from_detection(detection, self.window, target=TILTED)
        assert np.degrees(found.angle) == pytest.approx(26.6, abs=0.1)
        assert found.size == pytest.approx(52)


@given(
    nps.arrays(np.float64, (468, 3), elements=st.floats(-50, 50, width=32)),
    st.floats(-3.1, 3.1),
    st.floats(0.2, 5),
)
def test_a_hands_region_turns_and_grows_with_the_hand(noise, angle, scale):
    hand = upright_hand() + noise[:21] / 50
    turn = rotation(angle)
    moved = hand.copy()
    moved[:, :2] = hand[:, :2] @ turn * scale + (900, 700)
    before, after = palm_region(hand), palm_region(moved)
    centre = np.array(before[:2]) @ turn * scale + (900, 700)
    assert after[:2] == pytest.approx(centre, abs=1e-6)
    assert after.size == pytest.approx(before.size * scale)
    assert np.cos(after.angle - before.angle - angle) == pytest.approx(1)


@given(
    nps.arrays(np.float64, (468, 3), elements=st.floats(0, 200, width=32)),
    st.floats(0, 500),
    st.floats(0.2, 5),
)
def test_a_faces_region_moves_and_grows_with_the_face_and_holds_it(points, away, scale):
    points[[33, 263], :2] = ((50, 100), (150, 100))
    before, after = mesh_region(points), mesh_region(points * scale + away)
    assert after == pytest.approx(
        (before.x * scale + away, before.y * scale + away, before.size * scale, 0), abs=1e-6
    )
    reach = np.abs(points[:, :2] - before[:2]).max()
    assert reach <= before.size / 1.5 / 2 + 1e-6
