"""The camera is asked for no more frames than tracking has a use for."""

from state import camera_rate
from state.camera_rate import CameraRate


def asked(*speeds: float) -> list[int]:
    """What a camera is asked for while so many frames a second are complete, 4 s each."""
    found: list[int] = []
    camera = CameraRate(found.append)
    now = 0.0
    camera.note(now)
    for speed in speeds:
        for _ in range(round(4 * speed)):
            now += 1000 / speed
            camera.note(now)
    return found


def test_the_most_is_asked_for_when_tracking_begins() -> None:
    assert asked() == [camera_rate.MOST]


def test_a_fast_machine_keeps_the_most_that_the_camera_can_do() -> None:
    assert asked(30, 45, 60) == [camera_rate.MOST]


def test_a_slow_machine_is_not_sent_what_it_cannot_take() -> None:
    assert asked(14, 16) == [camera_rate.MOST, camera_rate.USUAL]
    assert asked(10, 16) == [camera_rate.MOST, camera_rate.USUAL, camera_rate.FEW]


def test_whoever_keeps_up_with_the_usual_gets_more_again() -> None:
    assert asked(15, 30, 40) == [camera_rate.MOST, camera_rate.USUAL, camera_rate.MOST]
    assert asked(8, 18)[-2:] == [camera_rate.FEW, camera_rate.USUAL]


def test_what_is_asked_for_does_not_swing_around_one_speed() -> None:
    assert asked(25, 26, 24.5) == [camera_rate.MOST]
    assert asked(20, 25, 26) == [camera_rate.MOST, camera_rate.USUAL]
    assert asked(8, 15, 16)[-1] == camera_rate.FEW


def test_a_scene_in_which_nothing_moves_says_nothing_about_the_machine() -> None:
    found: list[int] = []
    camera = CameraRate(found.append)
    for now in range(0, 20_000, 33):
        if now % 990 == 0:  # one is computed now and then
            camera.note(now)
        else:
            camera.pause(now)
    assert found == [camera_rate.MOST]
