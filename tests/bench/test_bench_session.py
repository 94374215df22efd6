"""What the benchmark measures, in which order, and for how long."""

import pytest

from bench import peers, session
from bench.results import Results


def plan(todo, rounds=2, minutes=10.0, runs=()):
    results = Results(todo, {})
    results.runs = {name: dict.fromkeys(rounds) for name, rounds in dict(runs).items()}
    return results, session.Plan(results, todo, rounds, 1.0, minutes)


@pytest.fixture
def todo():
    return session.cases(
        peers.chosen([session.FASTEST, "site-auto-c0-w3", "native-float-c1"]), sweeps=True
    )


def test_the_swept_are_measured_on_all_cameras_and_with_up_to_six_people(todo):
    sizes = {case.camera.width for case in todo if case.peer.name == session.FASTEST}
    assert {320, 640, 1280, 1920, 2880} <= sizes
    people = [case.camera.people for case in todo if "people=" in getattr(case.peer, "page", "")]
    assert people == [1, 2, 3, 4, 5, 6]


def test_cases_have_names_of_their_own(todo):
    assert len({case.name for case in todo}) == len(todo)


def test_every_case_comes_once_a_round_and_the_tables_come_first(todo):
    order = list(plan(todo)[1].runs())
    assert sorted(case.name for _, case in order) == sorted(2 * [case.name for case in todo])
    tables = sum(case.camera == session.CAMERA for case in todo)
    assert all(case.camera == session.CAMERA for _, case in order[:tables])


def test_what_is_there_is_not_measured_again(todo):
    name = todo[0].name
    order = list(plan(todo, runs={name: [0]})[1].runs())
    assert [index for index, case in order if case.name == name] == [1]


def test_no_run_begins_that_would_end_too_late(todo):
    results, hurried = plan(todo, minutes=0.2)
    assert list(hurried.runs()) == []
    assert "the time was up before round" in results.problems[todo[0].name]


def test_a_case_that_never_worked_is_not_tried_again(todo):
    results, tried = plan(todo, rounds=3)
    seen = []
    for _, case in tried.runs():
        seen.append(case.name)
        results.problems[case.name] = "it crashed"
    assert len(seen) == len(todo)
