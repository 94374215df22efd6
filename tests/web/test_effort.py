"""The level of effort is the one that was chosen, or follows from how long frames take."""

from typing import Any

from holistic.shared import layout, quality
from state.effort import Effort
from state.options import Options

SLOW = 3 * quality.BUDGET_MS


def test_everything_is_computed_unless_something_else_is_chosen() -> None:
    effort = Effort()
    assert not effort.choose("full", list(quality.LEVELS))
    assert effort.index == 0


def test_a_chosen_level_stays_however_long_frames_take() -> None:
    effort = Effort()
    assert effort.choose("sparse", list(quality.LEVELS))
    assert (effort.level, effort.reason) == ("sparse", "asked for")
    assert not any(effort.note(SLOW) for _ in range(100))
    assert not effort.is_automatic


def test_from_lite_on_light_models_are_needed() -> None:
    effort = Effort()
    needed = []
    for level in quality.LEVELS:
        effort.choose(level, list(quality.LEVELS))
        needed.append(effort.is_light)
    assert needed == [False, True, True, True, True]


def light(tasks: tuple[tuple[str, ...], ...], **settings: Any) -> list[str]:
    """The light submodels that a worker with these tasks of all parts can need."""
    return Options(list(layout.PARTS), **settings).light_submodels(tasks)


def test_a_worker_needs_the_light_models_of_its_own_tasks() -> None:
    pose, hands = (("pose",), ("face",)), (("left_hand",), ("right_hand",))
    assert light(pose) == ["pose_landmarks_lite"]
    assert light(hands) == ["hand_landmarks_lite"]
    assert light(hands, variant="float") == []
    assert light(pose + hands, complexity=0) == []


def test_light_models_are_loaded_at_first_for_a_lower_level_that_is_chosen() -> None:
    pose = (("pose",),)
    for level in ("full", quality.AUTO, "lite", "alternate"):
        names = Options(["pose"], level=level).submodels(pose)
        assert ("pose_landmarks_lite" in names) == (level in ("lite", "alternate"))


def test_an_automatic_level_follows_the_frames() -> None:
    effort = Effort()
    effort.choose(quality.AUTO, ["full", "sparse"])
    assert effort.is_automatic
    changes = [effort.note(SLOW) for _ in range(quality.Governor.WINDOW)]
    assert changes == [False] * (quality.Governor.WINDOW - 1) + [True]
    assert effort.level == "sparse"
    assert "ms" in effort.reason
