"""Records and results: what stages write is what users read."""

import json

import numpy as np
import pytest

from holistic import Result, layout, record
from holistic.result import person_from_record


@pytest.fixture
def values():
    """A record in which every number is its own position and all parts are found."""
    return np.arange(1, layout.RECORD_FLOATS + 1, dtype=np.float32)


def test_a_section_is_its_score_and_its_arrays_without_gap_or_overlap(values):
    hands = []
    for side in ("left_hand", "right_hand"):
        start = layout.SECTIONS[side][0]
        hands += [values[start : start + layout.HAND_LANDMARKS]]
        hands += [record.hand_points(values, side), record.hand_world(values, side)]
    pieces = [
        values[layout.POSE : layout.POSE + 1],
        record.pose_points(values),
        record.pose_world(values),
        values[layout.FACE : layout.FACE + 1],
        record.face_points(values),
        *hands,
        *(record.times(values, part) for part in layout.PARTS),
    ]
    assert (np.concatenate([piece.ravel() for piece in pieces]) == values).all()


def test_a_person_has_the_records_landmarks(values):
    person = person_from_record(values, number=3)
    assert person.id == 3
    assert (person.pose == record.pose_points(values)).all()
    assert (person.right_hand_world == record.hand_world(values, "right_hand")).all()
    assert person.left_handedness == values[layout.LEFT_HAND + layout.HAND_HANDEDNESS]


@pytest.mark.parametrize("part", ["face", "left_hand", "right_hand"])
def test_a_part_that_was_not_found_is_none(values, part):
    record.section(values, part).fill(0)
    person = person_from_record(values)
    assert getattr(person, part) is None
    assert person.to_dict()[part] is None


def test_without_a_pose_there_is_no_person(values):
    record.section(values, "pose").fill(0)
    assert person_from_record(values) is None


def test_json_holds_the_landmarks_as_short_numbers(values):
    person = person_from_record(values / 7)
    content = json.loads(Result(12.3456789, 640, 480, (person,)).to_json())
    assert content["timestamp"] == 12.346
    assert (content["width"], content["height"]) == (640, 480)
    face = content["people"][0]["face"]
    assert face[0] == pytest.approx(person.face[0], abs=1e-4)
    assert len(str(face[5][1]).split(".")[1]) <= 5
