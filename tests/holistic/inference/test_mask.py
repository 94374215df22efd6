"""The segmentation mask."""

from math import pi

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic.inference import model_files
from holistic.inference.detector import pose_detector
from holistic.inference.landmarkers import PoseLandmarks, RegionMask
from holistic.inference.mask import MaskFilter, in_frame, uncertainty
from holistic.inference.roi import Region
from holistic.tracking.regions import body_region
from holistic.tracking.search import whole_frame

TESTS = ROOT / "tests"
NAME = "pose_landmarks_full_mask"

needs_models = pytest.mark.skipif(
    not model_files.find(NAME).exists(),
    reason="the float models are not there: run `python build.py models`",
)


def test_a_mask_lands_where_its_region_is():
    mask = np.zeros((256, 256), np.float32)
    mask[:, 128:] = 1  # the region's right half
    whole = in_frame(RegionMask(mask, Region(100, 60, 80, 0)), 120, 200)
    assert whole.shape == (120, 200)
    assert (whole[25:95, 105:135] == 1).all()
    assert not whole[:, :98].any()
    assert not whole[:, 142:].any()
    assert not whole[:18].any()


def test_a_turned_region_turns_its_mask():
    mask = np.zeros((256, 256), np.float32)
    mask[:, 128:] = 1
    right_is_down = Region(100, 60, 80, pi / 2)
    whole = in_frame(RegionMask(mask, right_is_down), 120, 200)
    assert (whole[65:95, 65:135] == 1).all()
    assert not whole[:58].any()


@pytest.mark.parametrize("region", [Region(-500, 60, 80, 0.3), Region(0, 0, 5000, 1.0)])
def test_regions_far_outside_and_far_larger_than_the_frame(region):
    whole = in_frame(RegionMask(np.ones((256, 256)), region), 120, 200)
    assert whole.min() == whole.max() == (1 if region.size > 1000 else 0)


def test_a_pixel_is_uncertain_at_a_half():
    values = uncertainty(np.array((0, 0.1, 0.5, 0.9, 1), np.float32))
    assert values == pytest.approx((0, 0.22, 1, 0.22, 0), abs=0.01)


def test_a_sure_pixel_changes_at_once_and_an_unsure_one_slowly():
    steady = MaskFilter()
    steady(np.zeros((1, 2), np.float32))
    assert steady(np.array(((1.0, 0.5),), np.float32))[0] == pytest.approx((1, 0.15), abs=0.01)
    steady.reset()
    assert steady(np.array(((1.0, 0.5),), np.float32))[0] == pytest.approx((1, 0.5))


def test_a_frame_of_another_size_starts_anew():
    steady = MaskFilter()
    steady(np.zeros((2, 2), np.float32))
    half = np.full((3, 3), 0.5, np.float32)
    assert (steady(half) == half).all()


@needs_models
def test_the_mask_of_a_picture_is_mediapipes():
    picture = cv2.cvtColor(cv2.imread(str(TESTS / "media" / "signing.jpg")), cv2.COLOR_BGR2RGB)
    detector = pose_detector(model_files.load("pose_detector"))
    landmarks = PoseLandmarks(NAME, model_files.load(NAME), mask=True)
    (found,) = detector(picture, whole_frame(picture))
    region = body_region(*found.keypoints[:2].tolist())
    mask = in_frame(landmarks(picture, region).mask, *picture.shape[:2])
    with np.load(TESTS / "parity" / "recordings" / "solutions.npz") as arrays:
        recorded = arrays["picture_pose_segmentation_mask"] / 255
    assert np.abs(mask - recorded).mean() < 0.002
    assert ((mask > 0.5) == (recorded > 0.5)).mean() > 0.999


@needs_models
def test_the_models_with_and_without_mask_find_the_same_points():
    picture = cv2.cvtColor(cv2.imread(str(TESTS / "media" / "signing.jpg")), cv2.COLOR_BGR2RGB)
    plain = PoseLandmarks("pose_landmarks_full", model_files.load("pose_landmarks_full"))
    masked = PoseLandmarks(NAME, model_files.load(NAME), mask=True)
    region = whole_frame(picture)
    without, with_mask = plain(picture, region), masked(picture, region)
    assert without.mask is None
    assert with_mask.mask.values.shape == (256, 256)
    assert with_mask.points == pytest.approx(without.points, abs=0.01)
