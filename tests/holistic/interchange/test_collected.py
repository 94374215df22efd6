"""Writers that know all frames before they write."""

import io
import sys

import pytest

from holistic.interchange import formats
from holistic.interchange.collected import WRITERS
from holistic.results.optional import MissingLibraryError
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
        assert not file.getvalue()
    formats.write(pair, tmp_path / f"a.{form}")
    assert file.getvalue() == (tmp_path / f"a.{form}").read_bytes()


def test_a_missing_library_is_named_before_anything_is_tracked(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    writer = WRITERS["parquet"](io.BytesIO(), HEAD)
    with pytest.raises(MissingLibraryError, match=r"\[parquet\]"):
        writer.__enter__()


def test_every_one_of_them_is_a_format_by_its_ending():
    assert {f".{form}" for form in WRITERS} <= {form.ending for form in formats.FORMATS}
