"""The camera is asked for no more frames than tracking has a use for."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from builder import ROOT


@pytest.fixture
def rate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The page's module."""
    monkeypatch.syspath_prepend(str(ROOT / "web" / "tag"))
    import rate

    yield rate
    del sys.modules["rate"]


def asked(rate: ModuleType, *speeds: float) -> list[int]:
    """What a camera is asked for while so many frames a second are complete, 4 s each."""
    found: list[int] = []
    camera = rate.Rate(found.append)
    now = 0.0
    camera.note(now)
    for speed in speeds:
        for _ in range(round(4 * speed)):
            now += 1000 / speed
            camera.note(now)
    return found


def test_the_most_is_asked_for_when_tracking_begins(rate: ModuleType) -> None:
    assert asked(rate) == [rate.MOST]


def test_a_fast_machine_keeps_the_most_that_the_camera_can_do(rate: ModuleType) -> None:
    assert asked(rate, 30, 45, 60) == [rate.MOST]


def test_a_slow_machine_is_not_sent_what_it_cannot_take(rate: ModuleType) -> None:
    assert asked(rate, 14, 10, 16) == [rate.MOST, rate.USUAL]


def test_whoever_keeps_up_with_the_usual_gets_more_again(rate: ModuleType) -> None:
    assert asked(rate, 12, 30, 40) == [rate.MOST, rate.USUAL, rate.MOST]


def test_what_is_asked_for_does_not_swing_around_one_speed(rate: ModuleType) -> None:
    assert asked(rate, 25, 26, 24.5) == [rate.MOST]
    assert asked(rate, 20, 25, 26) == [rate.MOST, rate.USUAL]
