"""The blendshape network, and the V2 face network that it belongs to."""

import numpy as np
import pytest

from builder import ROOT
from holistic import ModelError
from holistic.inference import model_files
from holistic.inference.blendshapes import POINTS, Blendshapes
from holistic.inference.landmarkers import FaceLandmarks
from holistic.inference.model_cache import ModelCache
from holistic.inference.roi import Region
from holistic.shared.blendshapes import NAMES
from holistic.shared.model_sets import BLENDSHAPES, FACE_MODELS
from holistic.tracking.regions import mesh_region

TESTS = ROOT / "tests"
SIZE = (640, 480)
JAW = (17, 84, 314, 152, 148, 377, 176, 400, 14, 87, 317, 178, 402, 88, 318)
"""Points of the lower lip and the chin."""
LEFT_UPPER_LID = (466, 388, 387, 386, 385, 384, 398)
LEFT_LOWER_LID = (249, 390, 373, 374, 380, 381, 382)

pytestmark = pytest.mark.skipif(
    not model_files.find(BLENDSHAPES).exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(scope="module")
def recorded():
    """What MediaPipe's FaceLandmarker finds in the picture."""
    with np.load(TESTS / "parity" / "recordings" / "expressions.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def points(recorded):
    return recorded["points"][:, :2] * SIZE


@pytest.fixture(scope="module")
def blendshapes():
    return Blendshapes(model_files.load(BLENDSHAPES))


@pytest.fixture(scope="module")
def face():
    return ModelCache(model_files.load)(FACE_MODELS[1])


def test_names_are_mediapipes(recorded):
    assert recorded["names"].tolist() == list(NAMES)


def test_the_points_are_different_ones_and_ten_of_them_on_irises():
    assert len(set(POINTS)) == len(POINTS) == 146
    assert sum(point >= 468 for point in POINTS) == 10


def test_mediapipes_points_give_mediapipes_blendshapes(blendshapes, points, recorded):
    assert blendshapes(points) == pytest.approx(recorded["picture"], abs=1e-4)


def test_an_expression_does_not_depend_on_where_and_how_large_a_face_is(blendshapes, points):
    assert blendshapes(points * 0.3 + (40, 900)) == pytest.approx(blendshapes(points), abs=1e-3)


def test_a_chin_that_goes_down_opens_the_jaw(blendshapes, points):
    opened = points.copy()
    opened[list(JAW), 1] += 0.3 * np.ptp(points[:, 1])
    jaw_open = NAMES.index("jawOpen")
    assert blendshapes(points)[jaw_open] < 0.05
    assert blendshapes(opened)[jaw_open] > 0.3


def test_a_lid_that_goes_down_closes_the_persons_own_eye(blendshapes, points):
    winking = points.copy()
    winking[list(LEFT_UPPER_LID)] = points[list(LEFT_LOWER_LID)]
    left, right = NAMES.index("eyeBlinkLeft"), NAMES.index("eyeBlinkRight")
    change = blendshapes(winking) - blendshapes(points)
    assert change[left] > 0.2
    assert abs(change[right]) < 0.1


def test_what_it_gives_stays_as_it_is_when_it_runs_again(blendshapes, points):
    first = blendshapes(points)
    kept = first.copy()
    blendshapes(points[::-1])
    assert (first == kept).all()


def test_the_face_network_gives_mediapipes_points(face, picture, points):
    found = face(picture, mesh_region(points)).points
    assert found.shape == (478, 3)
    off = np.hypot(*(found[:, :2] - points).T)
    assert off.mean() < 0.02 * np.ptp(points[:, 1])  # MediaPipe's region is that of its detection


def test_where_no_face_is_there_are_no_points(face):
    assert face(np.full((480, 640, 3), 200, np.uint8), Region(320, 240, 200, 0)) is None


@pytest.mark.parametrize("content", [b"", "face_landmarks"])
def test_another_file_is_refused_by_name(content):
    given = model_files.load(content) if isinstance(content, str) else content
    with pytest.raises(ModelError, match="model 'face_blendshapes'"):
        Blendshapes(given)
    with pytest.raises(ModelError, match="model 'face_landmarks_v2'"):
        FaceLandmarks(given, name="face_landmarks_v2", points=478)
