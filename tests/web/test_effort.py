"""The level of effort is the one that was chosen, or follows from how long frames take."""

from holistic.shared import quality
from state.effort import Effort

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


def test_an_automatic_level_follows_the_frames() -> None:
    effort = Effort()
    effort.choose(quality.AUTO, ["full", "sparse"])
    assert effort.is_automatic
    changes = [effort.note(SLOW) for _ in range(quality.Governor.WINDOW)]
    assert changes == [False] * (quality.Governor.WINDOW - 1) + [True]
    assert effort.level == "sparse"
    assert "ms" in effort.reason
