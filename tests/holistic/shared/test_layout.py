"""The shared memory's layout: what page, workers and CPython must agree about."""

import pytest

from holistic.shared import bones, layout


def test_a_person_is_the_parts_sections_one_after_the_other_and_a_number():
    ends = [0]
    for part in layout.PARTS:
        start, end = layout.SECTIONS[part]
        assert start == ends[-1] < end
        ends.append(end)
    assert ends[-1] == layout.PERSON_ID
    assert layout.SECTIONS["rotations"] == (layout.PERSON_ID + 1, layout.PERSON_FLOATS)


def test_rotations_are_those_of_all_bones_and_the_hips_position():
    assert len(bones.BONES) == layout.BONES
    start, end = layout.SECTIONS["rotations"]
    assert end - start == layout.BONES * 4 + 3


def test_a_record_is_its_head_and_its_people_without_gap():
    assert layout.person_start(0) == layout.HEAD_FLOATS
    for people in (1, 2, layout.MAX_PEOPLE):
        assert layout.record_floats(people) == layout.person_start(people)
        records = layout.SLOTS * layout.record_floats(people) * 4
        assert layout.board_bytes(people) == layout.RECORDS_OFFSET + records


@pytest.mark.parametrize("people", [0, layout.MAX_PEOPLE + 1])
def test_other_numbers_of_people_have_no_record(people):
    with pytest.raises(ValueError, match="1 to 16"):
        layout.record_floats(people)


def test_what_follows_the_control_words_is_aligned():
    assert layout.HEADERS_OFFSET % 8 == 0


def test_the_stages_write_the_whole_record_between_them():
    keys = [(each,) for each in layout.COMPUTED]
    spans = [span for key in keys for span in layout.written(key, 2, leads=key == ("pose",))]
    written = sorted(number for span in spans for number in range(*span))
    assert written == list(range(layout.record_floats(2)))
