"""The long table as a Parquet file."""

from dataclasses import replace

import pytest
from numpy.testing import assert_array_equal

from holistic.interchange import formats, parquet
from holistic.results.result import HANDEDNESS, SHAPES
from holistic.results.tables import COLUMNS

pyarrow = pytest.importorskip("pyarrow")
files = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def path(pair, tmp_path):
    parquet.write(pair, tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_a_row_is_a_landmark(path, pair):
    table = files.read_table(path)
    assert tuple(table.column_names) == COLUMNS
    shapes = [points.shape for r in pair.results for p in r.people for _, points in p.parts()]
    assert len(table) == sum(rows for rows, _ in shapes)
    first = table.slice(0, 1).to_pylist()[0]
    x, y, z, visibility, presence = pair.results[0].people[0].pose[0].tolist()
    numbers = (x, y, z, visibility, presence, None, 0.5)  # handedness and score at the end
    assert tuple(first.values()) == (0, 0.0, 1, "pose", 0, "nose", *numbers)


def test_it_is_read_back_exactly(path, pair):
    found = parquet.read(path)
    head = ("width", "height", "source", "fps")
    assert [getattr(found, name) for name in head] == [getattr(pair, name) for name in head]
    assert [r.timestamp for r in found.results] == [r.timestamp for r in pair.results]
    for result, expected in zip(found.results, pair.results, strict=True):
        assert [person.id for person in result.people] == [person.id for person in expected.people]
        for person, original in zip(result.people, expected.people, strict=True):
            for part in SHAPES:
                assert_array_equal(getattr(person, part), getattr(original, part))
            for name in (*HANDEDNESS.values(), "scores"):
                assert getattr(person, name) == getattr(original, name)


def test_pandas_reads_it_as_the_recordings_own_table(path, pair):
    pandas = pytest.importorskip("pandas")
    found = pandas.read_parquet(path)
    expected = pair.to_pandas()
    pandas.testing.assert_frame_equal(
        found.astype({"part": str, "name": str}), expected.astype({"part": str, "name": str})
    )


def test_a_recording_of_nobody_is_kept(tmp_path, pair):
    nobody = replace(pair, results=(pair.results[1],) * 2)
    parquet.write(nobody, tmp_path / "a.parquet")
    assert [r.people for r in parquet.read(tmp_path / "a.parquet").results] == [(), ()]


def test_another_table_is_refused(tmp_path):
    files.write_table(pyarrow.table({"x": [1]}), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="a table without the head of a recording"):
        formats.read(tmp_path / "a.parquet")


def test_a_damaged_file_is_refused(path):
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"a\.parquet holds no recording, or is damaged"):
        formats.read(path)
