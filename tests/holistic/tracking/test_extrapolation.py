"""Carrying parts on through frames in which they are not computed."""

import numpy as np
import pytest

from holistic.results import record as records
from holistic.shared import layout
from holistic.tracking.extrapolation import TRUST, Extrapolation


def record(x: float, person: int = 7, score: float = 1.0) -> np.ndarray:
    """A record of one person whose left hand is at x, y = 0.5."""
    made = records.empty()
    (section,) = records.people(made)
    section[layout.PERSON_ID] = person
    records.section(section, "left_hand")[records.SCORE] = score
    records.hand_points(section, "left_hand")[:] = x, 0.5, 0
    records.hand_world(section, "left_hand")[:] = x
    return made


@pytest.fixture
def carried() -> Extrapolation:
    return Extrapolation(("left_hand",), leads=False)


def hand(made: np.ndarray) -> np.ndarray:
    return records.hand_points(records.people(made)[0], "left_hand")


def next_frame(carried: Extrapolation, timestamp: float, person: int = 7) -> np.ndarray:
    made = record(0, person, score=0)
    carried.write(timestamp, made)
    return made


def test_a_part_goes_on_as_it_moved(carried: Extrapolation) -> None:
    carried.note(0, record(0.2))
    carried.note(66, record(0.3))
    made = next_frame(carried, 99)
    assert hand(made)[:, 0] == pytest.approx(0.3 + TRUST * 0.05)
    assert hand(made)[:, 1] == pytest.approx(0.5)


def test_scores_and_world_landmarks_stay(carried: Extrapolation) -> None:
    carried.note(0, record(0.2))
    carried.note(66, record(0.3))
    (section,) = records.people(next_frame(carried, 99))
    assert records.found(section, "left_hand")
    assert records.hand_world(section, "left_hand") == pytest.approx(0.3)


def test_what_is_carried_on_says_that_it_was_skipped(carried: Extrapolation) -> None:
    carried.note(0, record(0.2))
    assert records.skipped(next_frame(carried, 33), layout.PARTS) == ("left_hand",)
    assert records.skipped(record(0.2), layout.PARTS) == ()


def test_after_one_frame_it_stays_where_it_was(carried: Extrapolation) -> None:
    assert not carried.knows
    carried.note(0, record(0.2))
    assert carried.knows
    assert hand(next_frame(carried, 33))[:, 0] == pytest.approx(0.2)


def test_after_a_pause_it_does_not_run_away(carried: Extrapolation) -> None:
    carried.note(0, record(0.2))
    carried.note(33, record(0.3))
    assert hand(next_frame(carried, 5000))[:, 0] == pytest.approx(0.3 + TRUST * 0.1)


def test_nobody_gets_the_hand_of_somebody_else(carried: Extrapolation) -> None:
    carried.note(0, record(0.2))
    made = next_frame(carried, 33, person=8)
    assert not records.found(records.people(made)[0], "left_hand")
    assert records.skipped(made, layout.PARTS) == ("left_hand",)


def test_whoever_leads_says_who_is_there() -> None:
    leading = Extrapolation(("left_hand",), leads=True)
    leading.note(0, record(0.2, person=3))
    (section,) = records.people(next_frame(leading, 33, person=8))
    assert section[layout.PERSON_ID] == 3


def test_of_somebody_else_nothing_goes_on(carried: Extrapolation) -> None:
    carried.note(0, record(0.2, person=1))
    carried.note(33, record(0.3))
    assert hand(next_frame(carried, 66))[:, 0] == pytest.approx(0.3)
