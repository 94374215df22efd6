"""Which frames of a ring are computed, and which repeat an earlier one."""

import pytest

from holistic.shared.stillness import SETTLING
from state.still_frames import StillFrames

ALL, POSE = 15, 1
FREE = None
"""No slot has a frame that was admitted."""


@pytest.fixture
def frames() -> StillFrames:
    """Of looks that are numbers: what differs has moved."""
    return StillFrames(lambda now, before: now != before)


def settle(frames: StillFrames, look: int, parts: int = ALL) -> None:
    """So many frames of one look are computed that the next one is a repetition."""
    for _ in range(SETTLING):
        assert not frames.repeats(0, look, parts, FREE)
        frames.note_computed(0, found_everything=True)


def test_the_first_frame_is_computed(frames: StillFrames) -> None:
    assert not frames.repeats(0, 1, ALL, FREE)


def test_what_looks_like_the_last_computed_one_repeats_it(frames: StillFrames) -> None:
    settle(frames, 1)
    assert frames.repeats(1, 1, ALL, FREE)
    assert not frames.repeats(2, 2, ALL, FREE)


def test_a_frame_is_compared_with_the_newest_that_is_being_computed(frames: StillFrames) -> None:
    settle(frames, 1)
    assert not frames.repeats(1, 2, ALL, FREE)
    assert not frames.repeats(2, 1, ALL, newest=1)  # back again, but 2 is on its way
    frames.note_computed(1, found_everything=True)
    frames.note_computed(2, found_everything=True)
    assert frames.repeats(3, 1, ALL, newest=2)


def test_with_other_parts_nothing_is_repeated(frames: StillFrames) -> None:
    settle(frames, 1, POSE)
    assert not frames.repeats(1, 1, ALL, FREE)
