"""What files of other tools ask of a recording."""

from dataclasses import replace

import pytest
from recordings import person, recorded

from holistic.interchange import tracks


def test_the_rate_is_what_the_recording_says(alone):
    assert tracks.rate(alone) == 25


def test_without_one_it_is_the_mean_of_the_time_stamps(alone):
    assert tracks.rate(replace(alone, fps=None)) == pytest.approx(25)


def test_where_the_frames_are_of_another_rate_their_time_stamps_hold(alone):
    assert tracks.rate(replace(alone, fps=26)) == 26
    assert tracks.rate(replace(alone, fps=30)) == pytest.approx(25)


@pytest.mark.parametrize("frames", [0, 1])
def test_a_picture_has_the_rate_1(frames):
    assert tracks.rate(replace(recorded(*[()] * frames), fps=None)) == 1


def test_the_one_person_need_not_be_chosen(alone):
    assert tracks.only_person(alone, None) == 3


def test_one_of_several_people_must_be_chosen(pair):
    assert tracks.only_person(pair, 4) == 4
    with pytest.raises(ValueError, match="has 2 \\(track ids: 1, 4\\): choose one"):
        tracks.only_person(pair, None)


def test_hands_that_are_nobodys_are_no_other_person():
    hands = replace(person(1, "left_hand"), id=-1), replace(person(1, "right_hand"), id=-2)
    before_the_body_is_found = recorded(hands, (person(3, "pose"),))
    assert tracks.only_person(before_the_body_is_found, None) == 3
    assert tracks.only_person(before_the_body_is_found, -1) == -1
    assert tracks.only_person(recorded(hands[:1]), None) == -1


def test_nobody_cannot_be_chosen():
    with pytest.raises(ValueError, match="nobody was found"):
        tracks.only_person(recorded((), ()), None)


def test_a_person_who_is_not_there_is_named(pair):
    with pytest.raises(ValueError, match="no person 2: the track ids are 1, 4"):
        tracks.only_person(pair, 2)


def test_a_size_that_is_not_known_is_asked_for(alone):
    with pytest.raises(ValueError, match="give the size"):
        tracks.size(replace(alone, width=0))
