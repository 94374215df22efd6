"""Logging into Rerun: what the real library reads back from its file."""

import sys
from pathlib import Path

import numpy as np
import pytest

from holistic import Tracker, cli
from holistic.live.rerun import RerunLog
from holistic.results.optional import MissingLibraryError
from holistic.results.result import Result

rerun = pytest.importorskip("rerun", reason="Rerun is not installed")
MEDIA = Path(__file__).parents[2] / "media"


@pytest.fixture(scope="module")
def person(picture):
    with Tracker(mode="picture") as tracker:
        return tracker.process(picture)


def batches(path):
    """The tables of the file, by the place that they are of."""
    from rerun.chunk import RrdReader

    found = {}
    for chunk in RrdReader(str(path)).stream():
        found.setdefault(chunk.entity_path, []).append(chunk.to_record_batch())
    return found


def column(tables, ending):
    """The values of the column with this ending."""
    named = [(t, name) for t in tables for name in t.schema.names if name.endswith(ending)]
    return [value for table, name in named for value in table.column(name).to_pylist()]


@pytest.fixture(scope="module")
def logged(tmp_path_factory, picture, person):
    path = tmp_path_factory.mktemp("rerun") / "log.rrd"
    with RerunLog(str(path)) as log:
        for timestamp in (0.0, 40.0):
            people = person.people
            log.write(Result(timestamp, person.width, person.height, people), picture)
        log.write(Result(80.0, person.width, person.height, ()))
    return batches(path)


def test_image_landmarks_lie_over_the_picture_in_pixels(logged, person):
    (hand, *_) = column(logged["/picture/0/left_hand"], "Points2D:positions")
    expected = person.pixels(person.people[0].left_hand)[:, :2]
    np.testing.assert_allclose(hand, expected, atol=0.01)
    assert len(column(logged["/picture"], "EncodedImage:blob")) == 2


def test_points_that_are_hardly_visible_are_left_out_and_keep_their_numbers(logged, person):
    (numbers, *_) = column(logged["/picture/0/pose"], "Points2D:keypoint_ids")
    assert numbers == np.flatnonzero(person.people[0].pose.visibility >= 0.5).tolist()


def test_world_landmarks_are_in_metres(logged, person):
    (world, *_) = column(logged["/world/0/pose_world"], "Points3D:positions")
    np.testing.assert_allclose(world, person.people[0].pose_world, atol=1e-5)


def test_the_timelines_are_the_time_stamps_and_the_frames(logged):
    tables = [table for table in logged["/picture"] if "frame" in table.schema.names]
    assert [n for table in tables for n in table.column("frame").to_pylist()] == [0, 1]
    times = [time for table in tables for time in table.column("time").cast("int64").to_pylist()]
    assert times == [0, 40_000_000]  # nanoseconds


def test_angles_of_joints_and_of_the_head_are_curves(logged):
    assert "/curves/0/angle/left_elbow" in logged
    (yaw, *_) = column(logged["/curves/0/head/yaw"], "Scalars:scalars")
    assert abs(yaw[0]) < 45


def test_who_is_gone_is_not_shown_any_more(logged):
    assert any("Clear" in name for t in logged["/picture/0/left_hand"] for name in t.schema.names)


def test_the_command_logs_one_input(tmp_path):
    out, log = tmp_path / "l.json", tmp_path / "l.rrd"
    picture = str(MEDIA / "signing.jpg")
    assert cli.main([picture, "--out", str(out), "--rerun", str(log)]) == 0
    assert "/picture/0/face" in batches(log)


def test_several_inputs_are_refused(tmp_path, capsys):
    picture = str(MEDIA / "signing.jpg")
    assert cli.main([picture, picture, "--out", str(tmp_path), "--rerun", "l.rrd"]) == cli.USAGE
    assert "--rerun shows one input" in capsys.readouterr().err


def test_what_is_no_place_is_refused():
    with pytest.raises(ValueError, match=r"'log.txt' is no place for Rerun: give a file .* .rrd"):
        RerunLog("log.txt")


def test_without_rerun_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(MissingLibraryError, match=r'pip install "holistic-tracking\[rerun\]"'):
        RerunLog()
