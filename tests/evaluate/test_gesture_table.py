"""The table of gestures: limits are chosen on other people's hands than those that they judge."""

from pathlib import Path

import numpy as np
import pytest

from evaluate import gestures as table
from holistic import gestures

NAMES = ("hagrid_a_stop_inverted_00010.jpg", "hagrid_b_three2_00003.jpg", "asl_V7.jpg")
NAMES += ("digits_5_IMG_1.jpg", "hagrid_c_no_gesture_00001.jpg", "asl_B3.jpg", "cat.jpg")


def test_names_of_pictures_tell_source_and_gesture(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).touch()
    found = {each.path.name: each[1:] for each in table.pictures(tmp_path)}
    assert found == {
        "hagrid_a_stop_inverted_00010.jpg": ("hagrid a", "stop_inverted", "open_hand"),
        "hagrid_b_three2_00003.jpg": ("hagrid b", "three2", table.NONE),
        "hagrid_c_no_gesture_00001.jpg": ("hagrid c", "no_gesture", table.UNSAID),
        "asl_V7.jpg": ("asl", "V", "victory"),
        "digits_5_IMG_1.jpg": ("digits", "5", "open_hand"),
    }


def measured(spreads: np.ndarray) -> gestures.Measures:
    """Hands with two stretched fingers so many degrees apart."""
    count = len(spreads)
    reach = np.tile((2.0, 2.0, 0.5, 0.5), (count, 1))
    far = np.ones(count)
    return gestures.Measures(reach, 0.5 * far, spreads, 2 * far, 90 * far)


SPREADS = np.concatenate([np.linspace(0, 12, 30), np.linspace(14, 30, 30)])
TRUTH = np.array([table.NONE] * 30 + ["victory"] * 30)


def test_limits_move_to_where_gestures_part() -> None:
    limits = table.chosen(measured(SPREADS), TRUTH)
    assert sum(limits.apart) / 2 == pytest.approx(13, abs=1.5)
    assert (table.recognized(measured(SPREADS), limits) == TRUTH).all()
    assert limits.aside == gestures.LIMITS.aside


def test_a_source_has_no_say_in_the_limits_that_judge_it() -> None:
    sources = np.array(["one", "other", "third"] * 20)
    wrong = np.where(sources == "third", "fist", TRUTH)  # what one source calls everything
    found, limits = table.cross_validated(measured(SPREADS), wrong, sources)
    third = sources == "third"
    assert set(limits) == {"one", "other", "third"}
    assert (found[third] == TRUTH[third]).all()


def test_hands_whose_gesture_is_not_said_count_for_nothing() -> None:
    truth = np.array(["fist", table.UNSAID, table.NONE])
    assert table.goodness(np.array(["fist", "victory", "fist"]), truth) == 0.5
