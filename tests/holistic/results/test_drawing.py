"""What can be drawn into."""

import numpy as np
import pytest

from holistic.results.drawing import draw
from holistic.results.result import Result


@pytest.mark.parametrize(
    "frame",
    [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 1), np.uint8), np.zeros((4, 6, 3), np.float32)],
    ids=["grey", "grey of one channel", "float"],
)
def test_other_frames_are_refused_with_what_to_do(frame):
    with pytest.raises(ValueError, match="make a grey or float picture RGB first"):
        draw(frame, Result(0.0, 6, 4, ()))


def test_a_frame_without_people_is_copied():
    frame = np.full((4, 6, 3), 7, np.uint8)
    drawn = draw(frame, Result(0.0, 6, 4, ()))
    assert drawn is not frame
    np.testing.assert_array_equal(drawn, frame)
