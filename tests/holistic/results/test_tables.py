"""Many results as a table of pandas and a data set of xarray."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from holistic.results import tables
from holistic.results.named_points import FacePoints, HandPoints, PosePoints
from holistic.results.readers import Recording
from holistic.results.result import CSV_COLUMNS, Person, Result


@pytest.fixture
def recording():
    """Two people; nobody; a face with irises."""
    rng = np.random.default_rng(3)
    pose = PosePoints.of(rng.random((33, 5), np.float32))
    hand = HandPoints.of(rng.random((21, 3), np.float32))
    faces = [FacePoints.of(rng.random((points, 3), np.float32)) for points in (468, 478)]
    frames = (
        (
            Person(1, pose=pose, scores={"pose": 0.75}),
            Person(4, left_hand=hand, left_hand_world=hand, left_handedness=0.5, face=faces[0]),
        ),
        (),
        (Person(4, face=faces[1]),),
    )
    results = (Result(40.0 * number, 640, 480, people) for number, people in enumerate(frames))
    return Recording(tuple(results), 640, 480, "walk.mp4", 25.0)


class TestLongTable:
    """One row a landmark."""

    def test_columns_are_those_of_csv_and_the_frame(self, recording):
        table = tables.long_table(recording.results)
        assert set(table) == {"frame", *CSV_COLUMNS}
        assert {len(column) for column in table.values()} == {33 + 21 + 21 + 468 + 478}

    def test_rows_are_those_of_csv(self, recording):
        table = tables.long_table(recording.results)
        rows = [row for result in recording.results for row in result.rows()]
        for name, column in zip(CSV_COLUMNS, zip(*rows, strict=True), strict=True):
            found = table[name]
            if name in tables.MEASURES:
                expected = np.array(column, np.float32)  # None becomes NaN
                np.testing.assert_allclose(found, expected, atol=1e-5)
            else:
                assert found.tolist() == list(column)

    def test_nobody_gives_columns_without_rows(self):
        table = tables.long_table(())
        assert {name: len(column) for name, column in table.items()} == dict.fromkeys(
            tables.COLUMNS, 0
        )


class TestStack:
    """One array a part."""

    def test_people_and_frames_are_aligned(self, recording):
        ids, parts = tables.stack(recording.results)
        assert ids == [1, 4]
        assert {part: values.shape for part, values in parts.items()} == {
            "pose": (3, 2, 33, 5),
            "left_hand": (3, 2, 21, 3),
            "left_hand_world": (3, 2, 21, 3),
            "face": (3, 2, 478, 3),
        }
        assert_array_equal(parts["pose"][0, 0], recording.results[0].people[0].pose)
        assert np.isnan(parts["pose"][:, 1]).all()

    def test_faces_without_irises_have_room_for_them(self, recording):
        _, parts = tables.stack(recording.results)
        assert_array_equal(parts["face"][0, 1, :468], recording.results[0].people[1].face)
        assert np.isnan(parts["face"][0, 1, 468:]).all()
        assert_array_equal(parts["face"][2, 1], recording.results[2].people[0].face)


class TestPandas:
    """``to_pandas`` of a result and of a recording."""

    def test_a_point_over_time_is_a_selection(self, recording):
        pytest.importorskip("pandas")
        table = recording.to_pandas()
        chins = table[(table["part"] == "face") & (table["name"] == "chin")]
        assert chins["frame"].tolist() == [0, 2]
        assert chins["person"].tolist() == [4, 4]
        x = [recording.results[frame].people[-1].face["chin"][0] for frame in (0, 2)]
        assert chins["x"].tolist() == x

    def test_a_result_is_a_table_too(self, recording):
        pytest.importorskip("pandas")
        assert len(recording.results[2].to_pandas()) == 478
        assert recording.results[1].to_pandas().empty


class TestXarray:
    """``to_xarray`` of a result and of a recording."""

    def test_points_are_found_by_name(self, recording):
        pytest.importorskip("xarray")
        data = recording.to_xarray()
        assert data.attrs == {"width": 640, "height": 480, "source": "walk.mp4", "fps": 25}
        assert data["time"].values.tolist() == [0, 40, 80]
        wrist = data["pose"].sel(time=0, person=1, pose_point="left_wrist", space="y")
        assert float(wrist) == recording.results[0].pose["left_wrist"][1]
        assert data["pose_visibility"].dims == ("time", "person", "pose_point")
        assert data["left_hand"].dims == data["left_hand_world"].dims
        assert data["face"].sel(face_point=152).shape == (3, 2, 3)

    def test_a_result_is_a_data_set_of_one_time(self, recording):
        pytest.importorskip("xarray")
        data = recording.results[0].to_xarray()
        assert dict(data.sizes) | {"time": 1, "person": 2} == dict(data.sizes)


@pytest.mark.parametrize("name", ["pandas", "xarray"])
def test_a_missing_library_is_named_with_the_extra_that_brings_it(name, recording, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf'needs {name}: .*"holistic-tracking\[tables\]"'):
        getattr(recording, f"to_{name}")()
