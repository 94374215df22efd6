"""Which frames of a ring are computed, and which repeat an earlier one."""

import pytest

from holistic.shared import layout
from holistic.shared.stillness import SETTLING
from state.still_frames import StillFrames

ALL, POSE = 15, 1
FREE = [layout.FREE] * layout.SLOTS
NUMBERS = [0.0] * layout.SLOTS


@pytest.fixture
def frames() -> StillFrames:
    """Of looks that are numbers: what differs has moved."""
    return StillFrames(lambda now, before: now != before)


def settle(frames: StillFrames, look: int, parts: int = ALL) -> None:
    """So many frames of one look are computed that the next one is a repetition."""
    for _ in range(SETTLING):
        assert not frames.repeats(0, look, parts, FREE, NUMBERS)
        frames.note_computed(0, found_everything=True)


def test_the_first_frame_is_computed(frames: StillFrames) -> None:
    assert not frames.repeats(0, 1, ALL, FREE, NUMBERS)


def test_what_looks_like_the_last_computed_one_repeats_it(frames: StillFrames) -> None:
    settle(frames, 1)
    assert frames.repeats(1, 1, ALL, FREE, NUMBERS)
    assert not frames.repeats(2, 2, ALL, FREE, NUMBERS)


def test_a_frame_is_compared_with_the_newest_that_is_being_computed(frames: StillFrames) -> None:
    settle(frames, 1)
    assert not frames.repeats(1, 2, ALL, FREE, NUMBERS)
    states, numbers = list(FREE), list(NUMBERS)
    states[1], numbers[1] = layout.BUSY | ALL, 3.0
    assert not frames.repeats(2, 1, ALL, states, numbers)  # back again, but 2 is on its way
    states[2], numbers[2] = layout.DONE, 4.0
    frames.note_computed(1, found_everything=True)
    frames.note_computed(2, found_everything=True)
    assert frames.repeats(3, 1, ALL, states, numbers)


def test_a_frame_that_waits_is_not_what_others_are_compared_with(frames: StillFrames) -> None:
    settle(frames, 1)
    assert not frames.repeats(1, 2, ALL, FREE, NUMBERS)
    states, numbers = list(FREE), list(NUMBERS)
    states[1], numbers[1] = layout.READY | ALL, 3.0
    assert not frames.repeats(2, 2, ALL, states, numbers)


def test_with_other_parts_nothing_is_repeated(frames: StillFrames) -> None:
    settle(frames, 1, POSE)
    assert not frames.repeats(1, 1, ALL, FREE, NUMBERS)
