"""When a detector searches for newcomers, and in which windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holistic.inference.roi import Region
from holistic.tracking.search import (
    FRACTIONS,
    INTERVAL_MS,
    DetectionScheduler,
    SearchWindow,
    whole_frame,
    windows,
)

FRAME = np.zeros((480, 640, 3), np.uint8)
WHOLE = SearchWindow(Region(320, 240, 640, 0), 0)
LOST = Region(100, 120, 80, 0.5)


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from(FRACTIONS))
def test_windows_cover_the_frame_without_end(width, height, fraction):
    frame = np.broadcast_to(np.uint8(0), (height, width, 3))
    found = windows(frame, fraction)
    size = found[0].size
    assert len(found) <= (2 / fraction - 1) ** 2 + 1e-6
    for axis, length in ((0, width), (1, height)):
        middles = sorted({region[axis] for region in found})
        assert middles[0] - size / 2 <= 1e-6
        assert middles[-1] + size / 2 >= length - 1e-6
        assert (np.diff(middles) <= size / 2 + 1e-6).all()  # neighbours share half a window


def test_one_person_is_searched_in_the_whole_frame_in_every_frame_without_them():
    scheduler = DetectionScheduler(limit=1)
    for time in (0, 33, 66):
        assert scheduler.searches(FRAME, time, 0, [], []) == [WHOLE]
    assert whole_frame(FRAME) == WHOLE.window
    assert scheduler.searches(FRAME, 99, 1, [], []) == []


def test_the_first_frame_is_searched_everywhere_as_closely_as_asked():
    for depths in (1, 2, len(FRACTIONS)):
        first, *rest = DetectionScheduler(limit=3, depths=depths).searches(FRAME, 0, 0, [], [])
        assert first == WHOLE
        assert rest == [
            SearchWindow(window, depth + 1)
            for depth in range(depths)
            for window in windows(FRAME, FRACTIONS[depth])
        ]


def test_without_depths_the_whole_frame_is_searched_as_long_as_there_is_room():
    scheduler = DetectionScheduler(limit=2, depths=0)
    for time in (0, 33, 66):
        assert scheduler.searches(FRAME, time, 1, [LOST], [LOST]) == [WHOLE]
    assert scheduler.searches(FRAME, 99, 2, [], []) == []


@pytest.fixture
def scheduler():
    """One for three that has seen its first frame, of which two people are followed."""
    scheduler = DetectionScheduler(limit=3)
    scheduler.searches(FRAME, 0, 0, [], [])
    return scheduler


def test_while_people_are_followed_it_searches_two_windows_now_and_then(scheduler):
    frames = [scheduler.searches(FRAME, time, 2, [], []) for time in range(33, 5033, 33)]
    busy = [searches for searches in frames if searches]
    assert all(len(searches) == 2 and searches[0] == WHOLE for searches in busy)
    assert 10 <= len(busy) <= 5000 / INTERVAL_MS
    assert len({searches[1] for searches in busy}) == len(busy)  # another window each time


def test_nothing_is_searched_when_all_slots_are_taken(scheduler):
    assert all(not scheduler.searches(FRAME, time, 3, [], []) for time in range(33, 5033, 33))


def test_a_person_just_lost_is_searched_at_once_where_they_were(scheduler):
    (search,) = scheduler.searches(FRAME, 33, 2, [LOST], [LOST])
    assert search == SearchWindow(Region(100, 120, 120, 0), 0)
    assert scheduler.searches(FRAME, 66, 2, [LOST], []) == []
    assert search in scheduler.searches(FRAME, INTERVAL_MS + 40, 2, [LOST], [])


def test_with_nobody_left_it_searches_every_frame_at_bounded_cost(scheduler):
    for time in range(33, 3000, 33):
        assert len(scheduler.searches(FRAME, time, 0, [], [])) == 2
