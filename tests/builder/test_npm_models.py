"""Which models the npm packages have."""

from builder import npm
from holistic.shared.model_sets import AUTO, FACE_DETECTORS, FLOAT, places


def test_the_full_range_of_faces_is_in_the_package_of_more_models():
    full = FACE_DETECTORS["full"]
    assert full not in npm.needed([1], [False], several=False)
    assert full in npm.needed([1], [False])
    assert (FLOAT, FACE_DETECTORS["short"]) in places(full, AUTO)
