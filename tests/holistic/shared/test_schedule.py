"""The rules by which workers share the work, which the page reads too."""

import ast
import importlib
from pathlib import Path

import pytest

from holistic.shared import layout, schedule

ALL = schedule.tasks(list(layout.PARTS), with_pose=True)
POSE, FACE, LEFT, RIGHT = ALL
IN_FLIGHT = layout.BUSY | schedule.bits_of(layout.PARTS)
HANDS_LEFT = layout.BUSY | schedule.bits_of(("left_hand", "right_hand"))


SHARED = ["bones", "connections", "landmarks", "layout", "model_sets", "quality", "schedule"]


@pytest.mark.parametrize("name", SHARED)
def test_what_the_page_reads_imports_nothing_but_its_like(name: str) -> None:
    module = importlib.import_module(f"holistic.shared.{name}")
    source = Path(module.__file__ or "").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, ast.Import)
        if isinstance(node, ast.ImportFrom):
            assert (node.module, [alias.name for alias in node.names]) == (
                "holistic.shared",
                ["layout"],
            )


@pytest.mark.parametrize(
    ("workers", "plan"),
    [
        (1, (ALL,)),
        (2, ((POSE, FACE), (LEFT, RIGHT))),
        (3, ((POSE, FACE), (LEFT,), (RIGHT,))),
        (4, ((POSE,), (FACE,), (LEFT,), (RIGHT,))),
    ],
)
def test_the_work_is_balanced(workers: int, plan: object) -> None:
    assert schedule.assignment(workers, ALL) == plan


def test_no_worker_starts_without_a_task() -> None:
    assert schedule.assignment(4, (FACE,)) == ((FACE,),)
    hands = schedule.tasks(["face", "left_hand", "right_hand"], with_pose=False)
    assert schedule.assignment(4, hands) == ((FACE,), (("left_hand", "right_hand"),))


def test_no_worker_is_too_few() -> None:
    with pytest.raises(ValueError, match="one worker"):
        schedule.assignment(0, ALL)


def test_unknown_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="'tail'"):
        schedule.tasks(["pose", "tail"], with_pose=True)


def next_task(
    states: list[int], share: tuple[tuple[str, ...], ...] = ALL, admitted: float = 0
) -> object:
    """The task of a worker who sees these states, of frames 1, 2, 3..."""
    frames = [float(slot + 1) for slot in range(len(states))]
    return schedule.next_task(states, frames, share, POSE, admitted)


def test_the_oldest_frame_in_flight_comes_first() -> None:
    assert next_task([IN_FLIGHT, IN_FLIGHT, layout.READY]) == (0, POSE)


def test_faces_and_hands_wait_for_the_pose() -> None:
    assert next_task([IN_FLIGHT], (FACE, LEFT)) is None
    assert next_task([HANDS_LEFT], (FACE, LEFT)) == (0, LEFT)


def test_the_newest_frame_is_admitted_by_the_worker_that_leads() -> None:
    waiting = [layout.READY, layout.READY, layout.FREE]
    assert next_task(waiting) == (1, POSE)
    assert next_task(waiting, (LEFT, RIGHT)) is None


def test_none_is_admitted_that_is_older_than_an_admitted_one() -> None:
    assert next_task([layout.READY], admitted=1) is None


def test_no_more_frames_are_in_flight_than_allowed() -> None:
    assert next_task([HANDS_LEFT, layout.READY], (POSE,)) == (1, POSE)
    assert next_task([HANDS_LEFT, HANDS_LEFT, layout.READY], (POSE,)) is None


def test_rotations_come_last_and_wait_for_everything() -> None:
    tasks = schedule.tasks(["pose", "face"], with_pose=True, rotations=True)
    assert tasks == (POSE, FACE, schedule.ROTATIONS)
    face_and_rotations = layout.BUSY | schedule.bits_of(("face", "rotations"))
    assert next_task([face_and_rotations], (schedule.ROTATIONS,)) is None
    only_rotations = layout.BUSY | schedule.bits_of(schedule.ROTATIONS)
    assert next_task([only_rotations], (POSE, schedule.ROTATIONS)) == (0, schedule.ROTATIONS)
    assert schedule.finished_state(only_rotations, schedule.ROTATIONS) == layout.DONE


def test_rotations_go_to_the_worker_that_has_the_last_parts() -> None:
    tasks = (*ALL, schedule.ROTATIONS)
    expected = ((POSE, FACE), (LEFT, RIGHT, schedule.ROTATIONS))
    assert schedule.assignment(2, tasks) == expected
    assert schedule.assignment(2, (POSE, schedule.ROTATIONS)) == ((POSE, schedule.ROTATIONS),)


def test_without_a_pose_everything_can_begin_at_once() -> None:
    hands = ("left_hand", "right_hand")
    states = [layout.BUSY | schedule.bits_of(("face", *hands))]
    assert schedule.next_task(states, [1.0], (hands,), FACE, 0) == (0, hands)
