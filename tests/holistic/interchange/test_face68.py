"""The 68 points of a face among the mesh's."""

import numpy as np

from holistic.interchange import face68
from holistic.shared import landmarks


def test_there_are_68_different_points_of_the_unrefined_mesh():
    assert len(set(face68.FACE68)) == 68
    assert max(face68.FACE68) < 468


def test_named_points_are_at_their_places():
    places = {8: "chin", 36: "right_eye_outer", 39: "right_eye_inner", 42: "left_eye_inner"}
    places |= {45: "left_eye_outer", 48: "mouth_right", 54: "mouth_left"}
    places |= {62: "upper_lip", 66: "lower_lip", 27: "nose_bridge"}
    for place, name in places.items():
        assert face68.FACE68[place] == landmarks.FACE[name], name


def test_outlines_are_on_the_regions_of_their_names():
    regions = {
        "face_oval": face68.JAW,
        "right_eyebrow": face68.RIGHT_BROW,
        "left_eyebrow": face68.LEFT_BROW,
        "right_eye_contour": face68.RIGHT_EYE,
        "left_eye_contour": face68.LEFT_EYE,
        "lips_outer": face68.OUTER_LIPS,
        "lips_inner": face68.INNER_LIPS,
    }
    for region, points in regions.items():
        assert set(points) <= set(landmarks.FACE_REGIONS[region]), region


def test_left_and_right_mirror_each_other():
    oval = landmarks.FACE_REGIONS["face_oval"]  # from the forehead around by the left
    mirrored = dict(zip(oval, (oval[0], *reversed(oval[1:])), strict=True))
    assert [mirrored[point] for point in face68.JAW] == list(reversed(face68.JAW))


def test_rows_are_taken_in_order():
    face = np.arange(478)[:, None] * np.ones(3)
    assert face68.face68(face)[:, 0].tolist() == list(face68.FACE68)
