"""Blendshapes as users get them, and in every form of a result and every file."""

import csv
import io
import json
import pickle

import numpy as np
import pytest

from holistic import Person, Result
from holistic.interchange import formats
from holistic.results import record, tables
from holistic.results.blendshapes import Blendshapes
from holistic.results.named_points import FacePoints
from holistic.results.readers import Recording
from holistic.results.result import person_from_section
from holistic.shared import layout
from holistic.shared.blendshapes import NAMES


@pytest.fixture
def smile():
    return Blendshapes.of(np.linspace(0, 1, 52, dtype=np.float32))


@pytest.fixture
def recording(smile):
    """Somebody with an expression beside somebody without; then nobody."""
    face = FacePoints.of(np.full((478, 3), 0.5, np.float32))
    people = (Person(1, face=face), Person(4, face=face, blendshapes=smile))
    results = (Result(0.0, 640, 480, people), Result(40.0, 640, 480, ()))
    return Recording(results, 640, 480, "smile.mp4", 25.0)


def test_there_are_as_many_names_as_floats_in_a_record():
    assert len(set(NAMES)) == layout.BLENDSHAPE_COUNT
    assert layout.BLENDSHAPES + layout.BLENDSHAPE_COUNT == layout.LEFT_HAND


class TestBlendshapes:
    """The array with names."""

    def test_numbers_are_there_by_name_by_names_and_by_place(self, smile):
        assert smile["_neutral"] == smile[0] == 0
        assert smile["noseSneerRight"] == smile[-1] == 1
        assert smile["jawOpen", "_neutral"].tolist() == [smile[25], 0]

    def test_an_unknown_name_brings_those_that_are_near(self, smile):
        with pytest.raises(KeyError, match="there is no blendshape 'jaw_open'; perhaps jawOpen"):
            smile["jaw_open"]

    def test_they_are_a_dictionary_and_made_of_one_again(self, smile):
        named = smile.as_dict()
        assert list(named) == list(NAMES)
        assert (Blendshapes.of(named) == smile).all()

    @pytest.mark.parametrize(
        ("values", "message"),
        [(np.zeros(51), r"have the shape \(51,\)"), ({"jawOpen": 1}, "or lack some: _neutral")],
    )
    def test_others_than_52_are_refused(self, values, message):
        with pytest.raises(ValueError, match=message):
            Blendshapes.of(values)

    def test_what_is_computed_from_them_is_a_plain_array(self, smile):
        assert type(smile * 2) is np.ndarray
        assert type(smile[:3]) is np.ndarray
        assert np.isscalar(smile.max())

    def test_they_are_copied_to_other_processes(self, smile):
        assert (pickle.loads(pickle.dumps(smile)) == smile).all()


class TestResult:
    """The forms of a result."""

    def test_a_record_without_them_gives_none(self):
        section = np.ones(layout.PERSON_FLOATS, np.float32)
        assert (person_from_section(section).blendshapes == 1).all()
        record.blendshapes(section)[:] = 0
        assert person_from_section(section).blendshapes is None

    def test_the_first_persons_are_at_hand(self, smile):
        assert Result(0, 640, 480, (Person(0, blendshapes=smile),)).blendshapes is smile
        assert Result(0, 640, 480, ()).blendshapes is None

    def test_json_has_them_by_name_or_null(self, recording):
        without, expressive = json.loads(recording.results[0].to_json())["people"]
        assert without["blendshapes"] is None
        assert expressive["blendshapes"]["noseSneerRight"] == 1
        assert list(expressive["blendshapes"]) == list(NAMES)

    def test_csv_has_lines_of_a_name_and_a_score(self, recording):
        lines = csv.DictReader(io.StringIO(recording.results[0].to_csv()))
        found = [line for line in lines if line["part"] == "blendshapes"]
        assert [line["name"] for line in found] == list(NAMES)
        assert {line["person"] for line in found} == {"4"}
        assert (found[-1]["point"], found[-1]["x"], found[-1]["score"]) == ("51", "", "1.0")

    def test_numpy_has_rows_of_nan_where_somebody_has_none(self, recording):
        found = recording.results[0].to_numpy()["blendshapes"]
        assert found.shape == (2, 52)
        assert np.isnan(found[0]).all()
        assert found[1, -1] == 1
        assert "blendshapes" not in recording.results[1].to_numpy()

    def test_the_long_table_is_that_of_csv(self, recording):
        table = tables.long_table(recording.results)
        rows = table["part"] == "blendshapes"
        assert table["name"][rows].tolist() == list(NAMES)
        assert table["score"][rows].tolist() == pytest.approx(np.linspace(0, 1, 52))
        assert np.isnan(table["x"][rows]).all()

    def test_xarray_has_a_variable_with_the_names_if_anybody_has_them(self, recording):
        pytest.importorskip("xarray")
        found = recording.to_xarray()["blendshapes"]
        assert found.sel(time=0.0, person=4, blendshape="noseSneerRight") == 1
        assert np.isnan(found.sel(time=40.0)).all()
        assert "blendshapes" not in recording.results[1].to_xarray()


@pytest.mark.parametrize("ending", [".json", ".csv", ".npz", ".parquet"])
def test_files_give_them_back(recording, smile, ending, tmp_path):
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"a{ending}"
    formats.write(recording, path)
    without, expressive = formats.read(path, size=(640, 480)).results[0].people
    assert without.blendshapes is None
    assert expressive.blendshapes == pytest.approx(smile, abs=1e-5)
    assert expressive.face.shape == (478, 3)


@pytest.fixture
def rough(recording, smile):
    """The same, but approximate: with faces without irises."""
    face = FacePoints.of(np.full((468, 3), 0.5, np.float32))
    people = (
        Person(1, face=face),
        Person(4, face=face, blendshapes=smile, blendshapes_approximate=True),
    )
    return Recording((Result(0.0, 640, 480, people), *recording.results[1:]), 640, 480, "a", 25.0)


@pytest.mark.parametrize("ending", [".json", ".csv", ".npz", ".parquet"])
def test_files_say_that_blendshapes_are_approximate(rough, recording, smile, ending, tmp_path):
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    for whose, approximate in ((rough, True), (recording, False)):
        path = tmp_path / f"{approximate}{ending}"
        formats.write(whose, path)
        without, expressive = formats.read(path, size=(640, 480)).results[0].people
        assert expressive.blendshapes == pytest.approx(smile, abs=1e-5)
        assert expressive.blendshapes_approximate is approximate
        assert without.blendshapes_approximate is False


def test_every_form_of_a_result_says_that_they_are_approximate(rough, recording):
    result, exact = rough.results[0], recording.results[0]
    without, expressive = result.to_dict()["people"]
    assert expressive["blendshapes_approximate"] is True
    assert "blendshapes_approximate" not in without
    assert "blendshapes_approximate" not in exact.to_dict()["people"][1]
    assert result.to_numpy()["blendshapes_approximate"].tolist() == pytest.approx(
        [np.nan, 1], nan_ok=True
    )
    assert "blendshapes_approximate" not in exact.to_numpy()
    parts = {line["part"] for line in csv.DictReader(io.StringIO(result.to_csv()))}
    assert parts == {"face", "blendshapes_approximate"}
    assert set(tables.long_table([result])["part"]) == parts


def test_xarray_has_a_variable_that_says_whose_are_approximate(rough, recording):
    pytest.importorskip("xarray")
    found = rough.to_xarray()["blendshapes_approximate"]
    assert found.sel(time=0.0).values.tolist() == [False, True]
    assert "blendshapes_approximate" not in recording.to_xarray()


def test_a_record_whose_face_has_no_irises_has_approximate_ones():
    section = np.ones(layout.PERSON_FLOATS, np.float32)
    assert person_from_section(section).blendshapes_approximate is False
    section[layout.IRISES : layout.BLENDSHAPES] = 0
    assert person_from_section(section).blendshapes_approximate is True
    record.blendshapes(section)[:] = 0
    assert person_from_section(section).blendshapes_approximate is False


def test_npz_files_of_nobodys_expression_have_no_column(recording, tmp_path):
    quiet = Recording(recording.results[1:], 640, 480)
    formats.write(quiet, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert "blendshapes" not in arrays


def test_formats_that_drop_them_say_so(recording, tmp_path):
    assert formats.left_out(recording, formats.format_of(tmp_path / "a.pose")) == ["blendshapes"]
