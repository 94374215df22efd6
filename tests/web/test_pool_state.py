"""Which workers there are, and what follows when one fails."""

import pytest

from state import pool_state as p
from state.pool_state import PoolState


def pool(count: int = 2, ready: int = 0) -> PoolState:
    """So many workers, of which the first are ready."""
    state = PoolState()
    state.resize(count)
    for index in range(count):
        assert state.begin(index)
    for index in range(ready):
        state.note_ready(index)
    return state


def codes(actions: "list[p.Action]") -> list[str]:
    return [action[2] for action in actions if action[0] == p.REPORT]


def test_vacant_slots_are_filled_once() -> None:
    state = PoolState()
    assert state.resize(2) == []
    assert state.fill() == [(p.SPAWN, 0), (p.SPAWN, 1)]
    assert state.begin(0)
    assert not state.begin(0), "it is being started"
    assert state.fill() == [(p.SPAWN, 1)]


def test_the_last_workers_go_when_fewer_are_wanted() -> None:
    state = pool(3)
    assert state.resize(1) == [(p.DISMISS, 2), (p.DISMISS, 1)]
    assert not state.begin(1), "there is no room any more"


def test_able_are_those_that_are_ready_without_a_gap() -> None:
    state = pool(3)
    state.note_ready(1)
    assert state.workforce().able == 0
    state.note_ready(0)
    assert state.workforce().able == 2


def test_models_are_awaited_between_the_first_ones_being_ready_and_stocked() -> None:
    state = pool()
    assert not state.workforce().awaits_models
    state.note_ready(0)
    assert state.workforce().awaits_models
    state.slots[0].stocked = True
    assert not state.workforce().awaits_models


@pytest.mark.parametrize("ready", [0, 2])
def test_a_worker_that_dies_is_replaced(ready: int) -> None:
    state = pool(ready=ready)
    actions = state.note_died(1)
    assert [action[0] for action in actions] == [p.DISMISS, p.REPORT, p.SPAWN]
    assert codes(actions) == ["worker-died"]
    assert state.begin(1)


def test_workers_that_keep_dying_are_not_replaced_for_ever() -> None:
    state = pool()
    for _ in range(p.MOST_DEATHS):
        assert codes(state.note_died(0)) == ["worker-died"]
        state.begin(0)
    actions = state.note_died(0)
    assert codes(actions) == ["runtime-failed"]
    assert (p.SPAWN, 0) not in actions
    assert state.fill() == [(p.SPAWN, 0)], "but when somebody asks again"


def test_a_frame_that_is_done_forgives_the_deaths_before() -> None:
    state = pool()
    for _ in range(3 * p.MOST_DEATHS):
        assert codes(state.note_died(0)) == ["worker-died"]
        state.begin(0)
        state.note_complete()


def test_one_that_fails_while_it_starts_is_given_up_and_files_are_fetched_anew() -> None:
    actions = pool().note_failed(0, "model-corrupt", "its hash", "face.tflite")
    assert [action[0] for action in actions] == [p.DISTRUST, p.DISMISS, p.REPORT]
    assert actions[-1][2:] == ("model-corrupt", {"reason": "its hash", "name": "face.tflite"})


def test_one_that_fails_after_it_has_worked_is_ended_and_its_death_tells() -> None:
    state = pool(ready=1)
    assert state.note_failed(0, "out-of-memory", "allocation") == [(p.TERMINATE, 0)]
    assert codes(state.note_died(0)) == ["worker-died"]


def test_one_that_hangs_is_replaced() -> None:
    state = pool(ready=1)
    waiting = [(1.0, 2)]
    looks = [state.slots[0].is_stuck(False, waiting) for _ in range(p.MOST_LOOKS[False] + 1)]
    assert looks == [False] * p.MOST_LOOKS[False] + [True]
    assert codes(state.note_stuck(0)) == ["worker-stuck"]


def test_workers_that_keep_hanging_are_not_replaced_for_ever() -> None:
    state = pool(ready=1)
    for _ in range(p.MOST_DEATHS):
        assert codes(state.note_stuck(0)) == ["worker-stuck"]
        state.begin(0)
        state.note_ready(0)
    assert codes(state.note_stuck(0)) == ["runtime-failed"]


def test_one_that_goes_on_or_has_nothing_to_do_does_not_hang() -> None:
    slot = pool(ready=1).slots[0]
    assert not any(slot.is_stuck(False, [(float(frame), 2)]) for frame in range(50))
    assert not any(slot.is_stuck(False, []) for _ in range(50))


def test_one_that_loads_is_given_more_time_and_bytes_are_news() -> None:
    state = pool()
    slot = state.slots[0]
    for _ in range(3):
        assert not any(slot.is_stuck(False, []) for _ in range(p.MOST_LOOKS[True]))
        slot.note_news()
    assert not slot.is_stuck(False, [])
    assert [slot.is_stuck(False, []) for _ in range(p.MOST_LOOKS[True])][-1]
    assert codes(state.note_stuck(0)) == ["runtime-failed"]


def test_one_that_is_ready_and_was_told_more_loads_again() -> None:
    slot = pool(ready=1).slots[0]
    assert not any(slot.is_stuck(True, []) for _ in range(p.MOST_LOOKS[True]))
