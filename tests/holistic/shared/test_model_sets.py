"""Which model files the parts need."""

import pytest

from holistic.shared.model_sets import FACE_DETECTORS, submodel_names


@pytest.mark.parametrize(("parts", "needs_it"), [(["pose", "face"], True), (["face"], False)])
def test_several_bodies_are_looked_for_below_faces_that_are_seen_from_afar(parts, needs_it):
    assert (FACE_DETECTORS["full"] in submodel_names(parts, 1, several=True)) == needs_it
    assert FACE_DETECTORS["full"] not in submodel_names(parts, 1)
