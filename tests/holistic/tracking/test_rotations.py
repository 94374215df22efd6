"""The stage of rotations: everybody's bones, by the track id, into the record."""

import numpy as np
import pytest

from holistic.results import record as records
from holistic.results.result import people_from_record
from holistic.shared import layout, schedule
from holistic.tracking.stages.rotations import RotationsStage

FRAME = np.zeros((480, 640, 3), np.uint8)


def write(section, number, seed):
    random = np.random.default_rng(seed)
    section[layout.PERSON_ID] = number
    records.section(section, "pose")[records.SCORE] = 1
    records.pose_points(section)[:] = random.uniform(size=(33, 5))
    records.pose_points(section)[:, 3] = 1
    records.pose_world(section)[:] = random.normal(size=(33, 3))


def test_everybody_gets_rotations_and_keeps_them_when_the_rows_change():
    stage = RotationsStage()
    assert stage.parts == schedule.ROTATIONS
    record = records.empty(2)
    one, other = records.people(record)
    write(one, 7, seed=1)
    write(other, 8, seed=2)
    stage(FRAME, 0, record)
    first = [person.rotations.copy() for person in people_from_record(record)]
    assert not np.allclose(*first)
    write(one, 8, seed=2)  # they change places
    write(other, 7, seed=1)
    stage(FRAME, 33, record)
    second = [person.rotations for person in people_from_record(record)]
    assert second[1] == pytest.approx(first[0], abs=1e-4)
    assert second[0] == pytest.approx(first[1], abs=1e-4)
    assert np.linalg.norm(second[0], axis=1) == pytest.approx(1)


def test_nobody_has_rotations_where_nobody_is():
    record = records.empty(2)
    RotationsStage()(FRAME, 0, record)
    assert not records.people(record).any()


def test_somebodys_bones_go_on_from_the_frame_before():
    followed, fresh = RotationsStage(), RotationsStage()
    for stage, seeds in ((followed, (1, 2)), (fresh, (2,))):
        for at, seed in enumerate(seeds):
            record = records.empty()
            write(records.people(record)[0], 0, seed)
            stage(FRAME, 10 * at, record)
        stage.found = people_from_record(record)[0].rotations
    assert not np.allclose(followed.found, fresh.found, atol=0.1)


def test_reset_forgets_everybody():
    stage = RotationsStage()
    record = records.empty()
    write(records.people(record)[0], 0, seed=1)
    stage(FRAME, 0, record)
    stage.reset()
    write(records.people(record)[0], 0, seed=2)
    stage(FRAME, 10, record)
    found = people_from_record(record)[0].rotations.copy()
    fresh = records.empty()
    write(records.people(fresh)[0], 0, seed=2)
    RotationsStage()(FRAME, 10, fresh)
    assert found == pytest.approx(people_from_record(fresh)[0].rotations)
