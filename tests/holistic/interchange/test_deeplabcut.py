"""DeepLabCut's tables, as pandas reads them for it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recordings import person, recorded

from holistic.interchange import deeplabcut
from holistic.interchange.keypoints import NAMES
from holistic.shared import layout

pandas = pytest.importorskip("pandas")


@pytest.mark.parametrize("form", ["csv", "h5"])
class TestBothFiles:
    """The same table."""

    @pytest.fixture
    def read(self, form, tmp_path):
        """Write a recording and read it as DeepLabCut does."""
        if form == "h5":
            pytest.importorskip("tables")

        def read(recording, levels):
            path = tmp_path / f"a.{form}"
            if form == "h5":
                deeplabcut.write_h5(recording, path)
                return pandas.read_hdf(path)
            deeplabcut.write_csv(recording, path)
            return pandas.read_csv(path, header=list(range(levels)), index_col=0)

        return read

    def test_one_person_has_three_lines_of_heads(self, read, alone):
        table = read(alone, 3)
        assert list(table.columns.names) == ["scorer", "bodyparts", "coords"]
        assert table.shape == (3, len(NAMES) * 3)
        assert list(table.columns[:3]) == [
            ("holistic", "nose", c) for c in ("x", "y", "likelihood")
        ]
        x, y, _, visibility, _ = alone.results[0].pose["left_wrist"].tolist()
        found = table.loc[0, "holistic"]["left_wrist"]
        assert found.tolist() == pytest.approx([x * 640, y * 480, visibility], abs=1e-3)

    def test_absent_parts_are_empty(self, read, alone):
        table = read(alone, 3)
        assert table.loc[1].isna().all()
        assert table.loc[2, "holistic"]["left_hand_wrist"].isna().all()
        assert table.loc[0, ("holistic", "left_hand_wrist", "likelihood")] == 1

    def test_several_people_are_individuals(self, read, pair):
        table = read(pair, 4)
        assert list(table.columns.names) == ["scorer", "individuals", "bodyparts", "coords"]
        second = table.loc[0, "holistic"]["individual4"]["nose"][["x", "y"]]
        pose = pair.results[0].people[1].pose
        assert_allclose(second.astype(float), pose["nose"][:2] * (640, 480), atol=1e-3)
        assert np.isnan(float(table.loc[2, ("holistic", "individual1", "nose", "x")]))

    def test_nobody_makes_an_empty_table(self, read):
        assert read(recorded((), ()), 3).isna().all(axis=None)

    def test_a_recording_without_frames_makes_a_table_without_rows(self, read):
        assert read(recorded(), 3).shape == (0, len(NAMES) * 3)

    def test_as_many_people_as_there_can_be_fit(self, read):
        people = tuple(person(number, "pose") for number in range(layout.MAX_PEOPLE))
        assert read(recorded(people), 4).shape == (1, layout.MAX_PEOPLE * len(NAMES) * 3)
