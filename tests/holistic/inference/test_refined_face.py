"""The refined face mesh: eyes, lips and irises."""

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic import ModelError
from holistic.inference import model_files
from holistic.inference.landmarkers import FaceLandmarks
from holistic.inference.refined_face import (
    MODELS,
    PARTS,
    RefinedFaceLandmarks,
    patch_matrix,
    sampled,
)
from holistic.inference.roi import LEVEL, Region, axis_angle, landmark_extent, roi_from_box

TESTS = ROOT / "tests"
SIZE = (640, 480)

needs_models = pytest.mark.skipif(
    not model_files.find(MODELS[1]).exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(scope="module")
def recorded():
    with np.load(TESTS / "parity" / "recordings" / "solutions.npz") as arrays:
        return arrays["clip_face_mesh_multi_face_landmarks"][:, 0].astype(np.float64)


@pytest.fixture(scope="module")
def frames():
    video = cv2.VideoCapture(str(TESTS / "media" / "intel__milk.mkv"))
    return [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(10)]


@pytest.fixture(scope="module")
def refined():
    return RefinedFaceLandmarks(*(model_files.load(name) for name in MODELS))


def region_of(points):
    right, left = points[[33, 263], :2].tolist()
    return roi_from_box(landmark_extent(points), axis_angle(right, left, LEVEL), scale=1.5)


def test_a_patch_that_covers_the_map_is_the_map():
    features = np.random.default_rng(0).random((16, 16, 3), np.float32)
    matrix = np.array(((1.0, 0, 0), (0, 1, 0)))
    assert sampled(features, matrix) == pytest.approx(features)


def test_a_patch_is_sampled_bilinearly_and_black_outside():
    rows, columns = np.mgrid[:48, :48].astype(np.float32)
    patch = sampled(np.dstack((rows, columns)), np.array(((0.5, 0, -2.0), (0, 0.5, 10))))
    assert patch[0, 8] == pytest.approx((9.75, 1.75))  # pixel centres are at halves
    assert not patch[:, :4].any()


def test_a_patch_turns_and_stretches_with_its_part():
    mesh = np.zeros((468, 3))
    lips = PARTS[0]
    turn = np.array(((0.0, 1), (-1, 0)))  # row vectors: right becomes down
    mesh[list(lips.points), :2] = np.array((20, 10)) @ turn
    for point, position in zip(
        (61, 291, 0, 17), ((10, 10), (30, 10), (20, 6), (20, 14)), strict=True
    ):
        mesh[point, :2] = np.array(position) @ turn
    matrix = patch_matrix(mesh, lips)
    assert matrix @ (8, 8, 1) == pytest.approx(np.array((20, 10)) @ turn)
    assert matrix @ (16, 8, 1) == pytest.approx(np.array((35, 10)) @ turn)  # half of 20 x 1.5
    assert matrix @ (8, 16, 1) == pytest.approx(np.array((20, 16)) @ turn)  # half of 8 x 1.5


@needs_models
def test_irises_eyes_and_lips_are_mediapipes(refined, frames, recorded):
    """Each frame from MediaPipe's landmarks of the frame before; pixels at 640 x 480."""
    for before, frame, expected in zip(recorded, frames[1:], recorded[1:], strict=False):
        points = refined(frame, region_of(before)).points
        assert points.shape == (478, 3)
        assert np.hypot(*(points - expected)[:, :2].T).max() < 0.05
        assert np.abs(points - expected)[:, 2].max() < 0.05


@needs_models
def test_irises_lie_inside_the_eyes(refined, frames, recorded):
    points = refined(frames[0], region_of(recorded[0])).points
    for iris, eye in ((468, [33, 133]), (473, [362, 263])):
        left, right = np.sort(points[eye, 0])
        assert left < points[iris, 0] < right


@needs_models
def test_the_rest_of_the_face_is_about_the_plain_meshs(refined, frames, recorded):
    plain = FaceLandmarks(model_files.load("face_landmarks"))
    region = region_of(recorded[0])
    apart = refined(frames[0], region).points[:468] - plain(frames[0], region).points
    assert np.hypot(*apart[:, :2].T).mean() < 0.03 * region.size


@needs_models
def test_where_no_face_is_there_are_no_points(refined):
    wall = np.full((480, 640, 3), 90, np.uint8)
    assert refined(wall, Region(320, 240, 200, 0)) is None


@needs_models
def test_models_that_are_swapped_or_damaged_are_named():
    mesh, parts = (model_files.load(name) for name in MODELS)
    with pytest.raises(ModelError, match=MODELS[0]):
        RefinedFaceLandmarks(parts, mesh)
    with pytest.raises(ModelError, match=f"{MODELS[1]}.*damaged"):
        RefinedFaceLandmarks(mesh, parts[:1000])
    with pytest.raises(ModelError, match=f"{MODELS[1]}.*other inputs"):
        RefinedFaceLandmarks(mesh, mesh)
