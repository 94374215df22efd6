"""Regions of interest: rotated squares in frame pixels, as MediaPipe makes them."""

from math import cos, pi, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holistic.inference import roi
from holistic.inference.roi import LEVEL, UPRIGHT, UPSIDE_DOWN, Region

regions = st.builds(
    Region,
    st.floats(-500, 2000),
    st.floats(-500, 2000),
    st.floats(1, 3000),
    st.floats(-pi, pi),
)
angles = st.floats(-50, 50)


@given(angles)
def test_wrapped_keeps_the_direction_and_lies_between_minus_pi_and_pi(angle):
    wrapped = roi.wrapped(angle)
    assert -pi - 1e-9 <= wrapped <= pi + 1e-9
    assert cos(wrapped) == pytest.approx(cos(angle), abs=1e-9)
    assert sin(wrapped) == pytest.approx(sin(angle), abs=1e-9)


@pytest.mark.parametrize(
    ("end", "target", "degrees"),
    [
        ((0, -10), UPRIGHT, 0),
        ((10, 0), UPRIGHT, 90),  # a body that lies to the right is turned clockwise
        ((-10, 0), UPRIGHT, -90),
        ((10, 0), LEVEL, 0),
        ((10, 10), LEVEL, 45),  # y points down
        ((0, 10), UPSIDE_DOWN, 0),
    ],
)
def test_an_axis_gives_the_angle_of_its_region(end, target, degrees):
    assert roi.axis_angle((0, 0), end, target) == pytest.approx(radians(degrees))


def test_growing_shifts_by_the_height_then_squares_then_scales():
    region = roi.roi_from_rect(100, 100, 40, 20, angle=0.0, scale=2.0, shift=-0.5)
    assert region == Region(100, 90, 80, 0.0)


def test_the_shift_follows_the_regions_own_axis():
    region = roi.roi_from_rect(100, 100, 40, 20, angle=pi / 2, scale=1.0, shift=-0.5)
    assert (region.x, region.y) == pytest.approx((110, 100))


def test_an_aligned_region_reaches_from_its_centre_to_the_tip():
    region = roi.roi_from_alignment_points((50, 80), (50, 50), UPRIGHT, scale=1.25)
    assert region == pytest.approx((50, 80, 75, 0))


def test_the_extent_of_landmarks_left_of_the_frame_reaches_to_its_edge():
    points = np.array(((-30.0, 10.0, 0.0), (-20.0, 40.0, 0.0)))
    assert roi.extent(points) == (-30, 10, -20, 40)
    assert roi.landmark_extent(points) == (-30, 10, 0, 40)


@given(regions)
def test_a_regions_middle_and_corners_go_where_they_belong(region):
    middle, corner = roi.to_frame(np.array(((0.5, 0.5), (0.0, 0.0))), region)
    assert middle == pytest.approx((region.x, region.y), abs=1e-6)
    assert np.hypot(*(corner - middle)) == pytest.approx(region.size / 2**0.5, rel=1e-6)


@given(regions, st.sampled_from((128, 192, 224, 256)))
def test_crop_and_projection_are_the_same_map(region, size):
    pixels = np.array(((0, 0), (size, 0), (17, 93)))
    matrix = roi.from_frame_matrix(region, size)
    sources = np.hstack((pixels, np.ones((3, 1)))) @ matrix.T
    assert sources == pytest.approx(roi.to_frame(pixels / size, region), abs=1e-6)


def test_depth_is_measured_in_the_regions_size():
    (point,) = roi.to_frame(np.array(((0.5, 0.5, 0.25),)), Region(10, 20, 200, 1.0))
    assert point[2] == pytest.approx(50)


def test_world_landmarks_turn_with_the_region_but_do_not_move_or_grow():
    world = np.array(((0.0, -1.0, 0.5),))
    assert roi.turned(world, Region(300, 200, 400, pi / 2)) == pytest.approx(
        np.array(((1.0, 0.0, 0.5),))
    )
