"""Writers that take results as they come: .pose and Parquet keep few of them in memory."""

import io
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from holistic.interchange import formats, parquet
from holistic.interchange.collected import WRITERS
from holistic.results.optional import MissingLibraryError
from holistic.results.result import Result
from holistic.results.writers import Head

HEAD = Head("walk.mp4", 640, 480, 25.0)


@pytest.mark.parametrize("form", ["pose", "parquet"])
def test_what_is_written_is_what_the_format_writes(form, pair, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    file = io.BytesIO()
    with WRITERS[form](file, HEAD) as writer:
        for result in pair.results:
            writer.write(result)
    formats.write(pair, tmp_path / f"a.{form}")
    assert file.getvalue() == (tmp_path / f"a.{form}").read_bytes()


@pytest.fixture
def moving(alone, monkeypatch):
    """A function that gives so many frames, one after the other; Parquet's row groups are small."""
    monkeypatch.setattr(parquet, "ROWS", 10_000)
    (person,) = alone.results[0].people

    def moving(frames):
        for number in range(frames):
            copied = replace(person, face=person.face.copy())
            yield Result(number * 40.0, 640, 480, (copied,))

    return moving


@pytest.mark.parametrize("form", ["pose", "parquet"])
def test_ten_times_the_frames_take_no_more_memory(form, moving, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")

    def most_memory(frames):
        tracemalloc.start()
        with (tmp_path / "a").open("wb") as file, WRITERS[form](file, HEAD) as writer:
            for result in moving(frames):
                writer.write(result)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most_memory(20)  # whatever is imported or made once
    assert most_memory(500) < 1.3 * most_memory(50)


@pytest.mark.parametrize("form", ["pose", "parquet"])
def test_many_frames_are_read_back_in_order(form, moving, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"a.{form}"
    with path.open("wb") as file, WRITERS[form](file, HEAD) as writer:
        for result in moving(50):
            writer.write(result)
    expected = list(moving(50))
    found = formats.read(path).results
    assert [r.timestamp for r in found] == [r.timestamp for r in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.face, other.face, atol=1e-6)


@pytest.mark.parametrize("form", ["pose", "parquet"])
def test_a_reader_at_the_other_end_of_a_pipe_gets_all(form, pair, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.got = b""

        def writable(self):
            return True

        def write(self, content):
            self.got += bytes(content)
            return len(content)

    pipe = Pipe()
    with WRITERS[form](pipe, HEAD) as writer:
        for result in pair.results:
            writer.write(result)
    formats.write(pair, tmp_path / f"a.{form}")
    assert pipe.got == (tmp_path / f"a.{form}").read_bytes()


def test_a_missing_library_is_named_before_anything_is_tracked(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    writer = WRITERS["parquet"](io.BytesIO(), HEAD)
    with pytest.raises(MissingLibraryError, match=r"\[parquet\]"):
        writer.__enter__()


def test_every_one_of_them_is_a_format_by_its_ending():
    assert {f".{form}" for form in WRITERS} <= {form.ending for form in formats.FORMATS}
