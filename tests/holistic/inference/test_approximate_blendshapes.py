"""Blendshapes that are made of the mesh, without the networks of V2."""

import numpy as np
import pytest

from builder import ROOT
from holistic.inference.approximate_blendshapes import GIVEN, approximate_blendshapes
from holistic.results.blendshapes import Blendshapes
from holistic.shared.blendshapes import NAMES

SIZE = (640, 480, 640)
JAW = (17, 84, 314, 152, 148, 377, 176, 400, 14, 87, 317, 178, 402, 88, 318, 181, 405, 91, 321)
"""Points of the lower lip and the chin."""
LEFT_UPPER_LID = (466, 388, 387, 386, 385, 384, 398)
LEFT_LOWER_LID = (249, 390, 373, 374, 380, 381, 382)
CORNERS = (61, 291)
SIDES = (
    *((33, 263), (133, 362), (160, 387), (144, 373), (159, 386), (145, 374), (158, 385)),
    *((153, 380), (107, 336), (105, 334), (70, 300), (205, 425), (98, 327), (61, 291)),
    *((78, 308), (39, 269), (181, 405)),
)
"""Points on the person's right, and the same on the left."""


@pytest.fixture(scope="module")
def face():
    """The points (468, 3) of a face in pixels, as MediaPipe finds them."""
    with np.load(ROOT / "tests" / "parity" / "recordings" / "expressions.npz") as arrays:
        return (arrays["points"] * SIZE)[:468].astype(np.float64)


def shown(points):
    return Blendshapes.of(approximate_blendshapes(points))


def test_there_are_52_of_which_some_are_always_zero(face):
    random = np.random.default_rng(0)
    for _ in range(20):
        found = approximate_blendshapes(face + random.normal(0, 3, face.shape))
        assert found.shape == (52,)
        assert ((found >= 0) & (found <= 1)).all()
        assert set(np.flatnonzero(found)) <= GIVEN
    assert {NAMES[row] for row in GIVEN} >= {"jawOpen", "eyeBlinkLeft", "mouthSmileRight"}
    assert "eyeLookInLeft" not in {NAMES[row] for row in GIVEN}


def test_they_do_not_depend_on_where_how_large_and_how_tilted_a_face_is(face):
    turn = np.deg2rad(25)
    tilt = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    moved = face * 0.3 + (40, 900, 7)
    assert shown(moved) == pytest.approx(shown(face), abs=1e-6)
    tilted = shown(face @ tilt)
    eyes = "eyeBlinkLeft", "browInnerUp", "jawOpen"
    assert tilted[eyes] == pytest.approx(shown(face)[eyes], abs=0.1)


def test_a_mirrored_face_has_left_and_right_exchanged(face):
    found, mirrored = shown(face), shown(mirror(face))
    for name in NAMES:
        side = "Left" if name.endswith("Left") else "Right"
        other = name.removesuffix(side) + {"Left": "Right", "Right": "Left"}[side]
        other = other if other in NAMES else name
        assert mirrored[other] == pytest.approx(found[name], abs=1e-6), name


def mirror(face):
    """The face as a mirror shows it, with each point in the place of the other side's."""
    other = np.arange(len(face))
    right, left = np.array(SIDES).T
    other[right], other[left] = left, right
    return (face * (-1, 1, 1))[other]


def test_a_chin_that_goes_down_opens_the_jaw(face):
    opened = face.copy()
    opened[list(JAW), 1] += 0.2 * np.ptp(face[:, 1])
    assert shown(face)["jawOpen"] < 0.1
    assert shown(opened)["jawOpen"] > 0.3


def test_a_lid_that_goes_down_closes_the_persons_own_eye(face):
    winking = face.copy()
    winking[list(LEFT_UPPER_LID)] = face[list(LEFT_LOWER_LID)]
    change = shown(winking) - shown(face)
    left, right = change[[NAMES.index("eyeBlinkLeft"), NAMES.index("eyeBlinkRight")]]
    assert left > 0.05
    assert right == 0


def test_corners_that_go_up_and_apart_smile(face):
    smiling = face.copy()
    smiling[list(CORNERS)] += np.array([[-1, -1, 0], [1, -1, 0]]) * 0.05 * np.ptp(face[:, 1])
    for name in ("mouthSmileLeft", "mouthSmileRight"):
        assert shown(smiling)[name] > shown(face)[name]


def test_points_that_are_all_one_are_no_expression_and_no_error():
    assert np.isfinite(approximate_blendshapes(np.full((468, 3), 7.0))).all()
