"""Stepping down on a slow machine, and up again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holistic.shared import quality
from holistic.shared.layout import PARTS
from holistic.shared.quality import LEVELS, Governor

COSTS = {"full": 1.0, "lite": 0.7, "sparse": 0.5, "alternate": 0.2}
"""What a simulated frame takes at each level, in frames at full effort."""


AUTOMATIC = quality.levels(1, with_pose=True)
"""The levels that are chosen by themselves."""


def run(governor, full_ms, frames):
    """Levels of ``frames`` frames on a machine that takes ``full_ms`` for a whole frame."""
    levels = []
    for _ in range(frames):
        levels.append(governor.level)
        governor.note(full_ms * COSTS[governor.level])
    return levels


@pytest.mark.parametrize(
    ("full_ms", "level"),
    [
        (20, "full"),
        (49, "full"),
        (60, "lite"),
        (90, "sparse"),
        (200, "alternate"),
        (900, "alternate"),
    ],
)
def test_effort_falls_to_the_first_level_that_fits_the_budget(full_ms, level):
    governor = Governor(50, AUTOMATIC)
    assert run(governor, full_ms, 60)[-1] == level


def test_it_falls_step_by_step_and_says_why():
    governor = Governor(50, AUTOMATIC)
    assert governor.reason == "nothing measured yet"
    levels = run(governor, 900, 60)
    assert [level for i, level in enumerate(levels) if level not in levels[:i]] == AUTOMATIC
    assert governor.reason == "frames took 450 ms of 50 ms"


def test_one_slow_frame_changes_nothing():
    governor = Governor(50, AUTOMATIC)
    run(governor, 20, 20)
    governor.note(5000)
    assert set(run(governor, 20, 20)) == {"full"}


def test_when_there_is_room_again_it_recovers():
    governor = Governor(50, AUTOMATIC)
    assert run(governor, 900, 60)[-1] == "alternate"
    assert run(governor, 20, 200)[-1] == "full"
    assert governor.reason == "frames took only 14 ms of 50 ms"


def test_between_too_slow_and_room_enough_the_level_stays():
    governor = Governor(50, AUTOMATIC)
    run(governor, 60, 30)
    assert set(run(governor, 65, 1000)) == {"lite"}  # 45 ms: full effort would take 65


def test_a_step_up_that_does_not_hold_is_tried_ever_more_rarely():
    governor = Governor(50, AUTOMATIC)
    levels = run(governor, 110, 4000)  # sparse 55, too slow; alternate 22, with room
    ups = sum(one == "alternate" and two == "sparse" for one, two in pairwise(levels))
    assert 2 <= ups <= 9
    assert levels[2000:].count("alternate") > 1900


def test_a_step_up_that_holds_is_trusted_again():
    governor = Governor(50, AUTOMATIC)
    run(governor, 110, 1000)
    run(governor, 20, 4000)
    run(governor, 110, 30)
    levels = run(governor, 20, 150)
    assert levels[-1] == "full"


@given(st.lists(st.floats(0, 1e4), max_size=300))
def test_levels_change_by_one_step_and_never_within_a_window(times):
    governor, changes, last = Governor(50), [], 0
    for frame, time in enumerate(times):
        governor.note(time)
        step = LEVELS.index(governor.level)
        assert abs(step - last) <= 1
        if step != last:
            changes.append(frame)
        last = step
    assert all(b - a >= Governor.WINDOW for a, b in pairwise(changes))


def test_levels_that_make_no_difference_are_left_out():
    assert set(run(Governor(50, ["full"]), 900, 50)) == {"full"}


def test_nobody_loses_their_hands_unless_asked() -> None:
    assert "simple" in LEVELS
    assert "simple" not in AUTOMATIC


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_left_out_twice_in_a_row(level, part):
    depth = LEVELS.index(level)
    computed = [quality.computes(depth, part, frame) for frame in range(12)]
    assert all(any(pair) for pair in pairwise(computed))
    assert all(computed) == quality.computes_always(depth, part)


@pytest.mark.parametrize("frame", range(6))
def test_the_work_of_alternating_frames_is_shared_out_evenly(frame):
    depth = LEVELS.index("alternate")
    computed = {part for part in PARTS if quality.computes(depth, part, frame)}
    assert len(computed & {"pose", "face"}) == len(computed & {"left_hand", "right_hand"}) == 1


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="above 0 ms, not 0"):
        Governor(0)
    with pytest.raises(ValueError, match="'half'"):
        quality.check("half")
