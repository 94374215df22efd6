"""How a session's frames are shared among workers while these come and go."""

from itertools import product
from typing import Any

import pytest

from holistic.shared import layout, schedule
from state import session_state as s
from state.options import Options
from state.pool_state import Workforce
from state.session_state import SessionState

NOBODY = Workforce(0, False)
EARLY = Workforce(1, True)  # the first worker is ready, and its models are on their way
FIRST = Workforce(1, False)
BOTH = Workforce(2, False)

POSE, FACE, LEFT, RIGHT = ((part,) for part in layout.PARTS)
ALL = schedule.bits_of(layout.PARTS)


def session(workforce: Workforce = NOBODY, thorough: bool = False, **options: Any) -> SessionState:
    """A session that looks for everything with two workers, and has asked to be prepared."""
    chosen = Options(list(layout.PARTS), **{"workers": 2, **options})
    state = SessionState(chosen, workforce, thorough)
    state.prepare(workforce)
    return state


def opened(state: SessionState, *workers: int) -> list[str]:
    """What is done when these workers can compute what they were told last."""
    generation = state.generation
    return [action for index in workers for action in state.note_opened(index, generation)]


def shared() -> SessionState:
    """A session that is ready: two workers compute it."""
    state = session(BOTH)
    opened(state, 0, 1)
    return state


def test_the_first_worker_begins_alone() -> None:
    state = session(NOBODY)
    assert (state.phase, state.plan) == (s.ALONE, (state.tasks,))


def test_where_models_are_on_their_way_it_begins_with_the_leading_tasks() -> None:
    state = session(NOBODY)
    assert state.note_worker_ready(EARLY) == [s.RETIRE_RING, s.CONFIGURE]
    assert (state.phase, state.plan) == (s.LEADING, ((POSE, FACE),))
    assert state.note_worker_ready(EARLY) == [], "it has been told"


def test_when_the_models_arrive_it_goes_on_with_everything() -> None:
    state = session(EARLY)
    opened(state, 0)
    assert not state.is_whole
    assert state.note_models_arrived() == [s.CONFIGURE]
    assert state.phase == s.ALONE
    opened(state, 0)
    assert state.is_whole
    assert state.note_models_arrived() == [], "nothing waits for them"


def test_a_picture_by_itself_waits_for_all_models() -> None:
    assert session(EARLY, thorough=True).phase == s.ALONE


def test_a_picture_by_itself_is_computed_by_the_workers_that_there_are() -> None:
    assert session(FIRST, thorough=True, workers=4).workers == 1
    assert session(BOTH, thorough=True, workers=4).workers == 2


def test_where_all_workers_are_ready_all_begin() -> None:
    state = session(BOTH)
    assert state.phase == s.SHARED
    assert opened(state, 0) == [s.TELL_OPENED]
    assert opened(state, 1) == [s.TELL_OPENED, s.RECLAIM, s.WAIT_IDLE, s.TELL_READY]
    assert state.is_ready
    assert state.is_whole


def test_one_worker_alone_is_ready_for_ever() -> None:
    state = session(FIRST, workers=1)
    assert s.TELL_READY in opened(state, 0)
    assert state.phase == s.ALONE
    assert state.is_ready


def test_readiness_is_told_once() -> None:
    state = shared()
    state.begin_source(patient=False)
    state.fit(640, 480, BOTH)
    assert s.TELL_READY not in opened(state, 0, 1)


def test_the_others_come_when_the_first_has_shown_something() -> None:
    state = session(FIRST)
    opened(state, 0)
    assert state.note_collected(complete=False) == []
    assert state.note_collected(complete=True) == [s.SPAWN_ALL]
    assert shared().note_collected(complete=True) == [], "they are there"


def test_what_the_first_frame_needs_not_comes_with_the_others() -> None:
    state = session(FIRST)
    assert state.late_submodels(0) == ["palm_detector"]
    assert state.late_submodels(1) == [], "those who come later have all"
    opened(state, 0)
    state.note_collected(complete=True)
    opened(state, 1)
    assert state.phase == s.SHARED
    assert state.late_submodels(0) == []


def test_one_worker_alone_has_everything_when_it_has_shown_something() -> None:
    state = session(NOBODY, workers=1)
    assert s.TELL_READY not in opened(state, 0)
    assert state.is_whole
    assert not state.is_ready
    assert state.note_collected(complete=True) == [s.SPAWN_ALL, s.CONFIGURE]
    assert not state.fresh, "in the same ring"
    assert state.late_submodels(0) == []
    assert s.TELL_READY in opened(state, 0)


def test_one_worker_alone_has_everything_before_a_video_begins() -> None:
    state = session(NOBODY, workers=1)
    assert state.hurry() == [s.SPAWN_ALL, s.CONFIGURE]
    assert state.late_submodels(0) == []
    assert shared().hurry() == []


def test_nothing_is_left_for_later_of_a_picture_or_without_a_pose() -> None:
    assert session(FIRST, thorough=True).late_submodels(0) == []
    hands = SessionState(Options(["left_hand", "right_hand"]), NOBODY)
    assert hands.late_submodels(0) == []


def test_the_others_come_when_the_first_has_nothing_to_do() -> None:
    state = session(FIRST)
    assert state.note_idle() == [], "it still loads"
    opened(state, 0)
    assert state.note_idle() == [s.SPAWN_ALL]
    state.fit(640, 480, FIRST)
    opened(state, 0)
    assert state.note_idle() == [], "it has frames"


@pytest.mark.parametrize("early", [FIRST, EARLY])
def test_frames_in_flight_are_handed_over_when_the_other_has_prepared(early: Workforce) -> None:
    state = session(early)
    opened(state, 0)
    state.fit(640, 480, early)
    opened(state, 0)
    before = state.generation
    assert state.tasks_of(1) == (LEFT, RIGHT), "what it will have"
    assert opened(state, 1) == [s.CONFIGURE], "in the same ring"
    assert (state.phase, state.generation) == (s.SHARED, before + 1)
    assert not state.fresh
    assert state.asked == ALL
    assert state.delivers, "those who had the tasks until now go on"
    assert not state.is_ready, "until both have heard it"
    assert s.TELL_READY in opened(state, 1, 0)


def test_of_three_workers_nobody_takes_over_before_all_have_prepared() -> None:
    state = session(FIRST, workers=3)
    opened(state, 0)
    assert opened(state, 2) == []
    assert state.state_of(2) == s.PREPARED
    assert opened(state, 1) == [s.CONFIGURE]


def test_what_is_said_of_an_earlier_generation_is_out_of_date() -> None:
    state = session(FIRST)
    old = state.generation
    state.fit(640, 480, FIRST)
    assert state.note_opened(0, old) == []
    assert state.state_of(0) == s.OPENING


def test_a_change_begins_a_generation_in_a_new_ring() -> None:
    state = shared()
    state.fit(640, 480, BOTH)
    before = state.generation
    told = state.change(Options(["face"]), BOTH)
    assert told == [s.RETIRE_RING, s.MAKE_RING, s.CONFIGURE]
    assert state.generation == before + 1
    assert (state.tasks, state.phase) == ((FACE,), s.ALONE)
    assert not state.is_ready
    assert s.TELL_READY in opened(state, 0), "of the change"


def test_frames_of_another_size_begin_afresh_and_of_the_same_go_on() -> None:
    state = shared()
    assert state.fit(640, 480, BOTH) == [s.RETIRE_RING, s.MAKE_RING, s.CONFIGURE]
    assert state.fresh
    assert state.fit(640, 480, BOTH) == []
    assert s.MAKE_RING in state.fit(320, 240, BOTH)


def test_where_no_ring_could_be_made_the_next_frame_is_the_next_chance() -> None:
    state = shared()
    state.fit(640, 480, BOTH)
    state.note_no_ring()
    assert s.MAKE_RING in state.fit(640, 480, BOTH)


def test_another_source_drops_the_frames_of_the_last_one() -> None:
    state = shared()
    state.fit(640, 480, BOTH)
    state.note_published()
    assert state.begin_source(patient=True) == [s.RETIRE_RING, s.WAIT_IDLE]
    assert (state.size, state.frames) == (s.NO_SIZE, 0)
    assert s.MAKE_RING in state.fit(640, 480, BOTH)


def test_early_frames_of_a_camera_ask_for_what_can_be_computed() -> None:
    state = session(BOTH)
    state.begin_source(patient=False)
    state.fit(640, 480, BOTH)
    assert state.asked == schedule.bits_of(("pose", "face")), "the first one admits frames"
    assert not state.delivers
    opened(state, 0)
    assert state.delivers
    assert not state.is_complete(state.asked)
    opened(state, 1)
    assert state.is_complete(state.asked)


def test_a_source_that_can_wait_asks_for_everything_at_once() -> None:
    state = session(BOTH)
    state.begin_source(patient=True)
    state.fit(640, 480, BOTH)
    assert state.asked == ALL
    opened(state, 0)
    assert not state.delivers


def test_a_worker_that_is_lost_is_waited_for() -> None:
    state = shared()
    state.note_lost(1)
    assert not state.is_ready
    assert not state.delivers
    assert state.state_of(1) == s.OPENING
    assert s.TELL_READY in state.note_opened(1, state.generation), "the one in its place"
    assert state.delivers


def test_one_that_had_prepared_and_is_lost_prepares_anew() -> None:
    state = session(FIRST, workers=3)
    opened(state, 0, 1)
    state.note_lost(1)
    assert state.delivers, "it did nothing yet"
    assert opened(state, 2) == []
    assert opened(state, 1) == [s.CONFIGURE]


def test_preparing_what_is_ready_changes_nothing() -> None:
    state = shared()
    assert state.prepare(BOTH) == []
    state.note_lost(0)
    assert state.prepare(BOTH) == [s.RETIRE_RING, s.CONFIGURE]


def test_without_shared_memory_a_worker_is_given_the_oldest_frame_that_it_can_do() -> None:
    state = shared()
    hands = layout.BUSY | schedule.bits_of(("left_hand", "right_hand"))
    states = [layout.READY | ALL, hands, hands]
    assert state.next_work(1, states, [3, 2, 1]) == (2, [LEFT, RIGHT], False)
    assert state.next_work(0, states, [3, 2, 1]) is None, "two are in flight"
    assert state.next_work(0, states[:2], [3, 2]) == (0, [POSE], True)
    assert state.next_work(0, states[:2], [3, 2]) is None, "it is admitted once"


def test_alone_it_does_everything_after_the_pose_in_one_go() -> None:
    state = session(FIRST)
    opened(state, 0)
    assert state.next_work(0, [layout.READY | ALL], [1]) == (0, list(state.tasks), True)


def test_rotations_are_made_with_the_last_parts_where_those_are_the_last() -> None:
    state = session(BOTH, rotations=1)
    opened(state, 0, 1)
    rotations = schedule.ROTATIONS
    assert state.tasks_of(1) == (LEFT, RIGHT, rotations)
    hands = layout.BUSY | schedule.bits_of(("left_hand", "right_hand", "rotations"))
    assert state.next_work(1, [hands], [1]) == (0, [LEFT, RIGHT, rotations], False)
    with_face = hands | schedule.bits_of(("face",))
    assert state.next_work(1, [with_face], [1]) == (0, [LEFT, RIGHT], False)
    assert state.busiest([10.0, 2.0, 7.0, 8.0, 1.0]) == 16


def test_a_worker_that_has_not_opened_is_given_nothing() -> None:
    assert session(FIRST).next_work(0, [layout.READY | ALL], [1]) is None


def test_what_waits_for_a_worker_is_what_it_could_compute() -> None:
    state = shared()
    states = [layout.BUSY | ALL, layout.BUSY | schedule.bits_of(("left_hand",)), layout.DONE]
    assert state.waiting(0, states, [5, 4, 3]) == [(5, states[0])]
    assert state.waiting(1, states, [5, 4, 3]) == [(4, states[1])]
    assert state.waiting(2, states, [5, 4, 3]) == []


def test_frames_that_nobody_admits_wait_for_the_first_worker() -> None:
    state = shared()
    ready = [layout.READY | ALL, layout.DONE]
    waiting = state.waiting(0, ready, [5, 4])
    assert waiting
    assert state.waiting(0, ready, [6, 4]) == waiting, "a newer one has replaced it"
    assert state.waiting(1, ready, [5, 4]) == []


def test_a_worker_that_may_admit_no_frame_has_nothing_to_do() -> None:
    state = shared()
    hand = layout.BUSY | schedule.bits_of(("left_hand",))
    assert state.waiting(0, [hand, hand, layout.READY | ALL], [3, 4, 5]) == []


def test_a_frame_takes_as_long_as_the_busiest_worker() -> None:
    times = [10.0, 2.0, 7.0, 8.0]
    assert shared().busiest(times) == 15
    assert session(FIRST).busiest(times) == 27


@pytest.mark.parametrize(
    ("workers", "parts"), [*product([1, 2, 3, 4], [layout.PARTS, layout.PARTS[1:], ("pose",)])]
)
def test_every_task_has_one_worker_in_the_end(workers: int, parts: tuple[str, ...]) -> None:
    state = SessionState(Options(list(parts), workers=workers), Workforce(4, False))
    assert tuple(task for tasks in state.plan for task in tasks) == state.tasks
    assert len(state.plan) == state.workers <= workers
    assert set(state.plan) <= state.assignments
