"""Marker files: one person in metres, under the axes of OpenSim and of laboratories."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recordings import person, recorded

from holistic.interchange import c3d, formats, markers, trc

RIGHT, UP, NEARER = (1, 0, 0), (0, -1, 0), (0, 0, -1)
"""In the frame's axes, of someone who looks into the camera: to the picture's right, and so on."""


@pytest.mark.parametrize(
    ("axes", "directions"),
    [
        ("y up", {NEARER: (1, 0, 0), UP: (0, 1, 0), RIGHT: (0, 0, -1)}),  # OpenSim: x, y, -z
        ("z up", {NEARER: (1, 0, 0), RIGHT: (0, 1, 0), UP: (0, 0, 1)}),
    ],
)
def test_axes_are_forward_up_and_to_the_persons_right_or_left(axes, directions):
    rotation = markers.AXES[axes]
    assert np.linalg.det(rotation) == pytest.approx(1)  # right-handed, as the frame's axes are
    for frame, expected in directions.items():
        assert (rotation @ frame).tolist() == list(expected)


def test_a_hands_wrist_is_the_poses(alone):
    found = markers.markers(alone, "y up")
    place = {name: found.positions[0, column] for column, name in enumerate(found.names)}
    assert_allclose(place["left_hand_wrist"], place["left_wrist"])
    hand = alone.results[0].person.left_hand_world
    moved = place["left_hand_thumb_tip"] - place["left_hand_wrist"]
    assert_allclose(moved, markers.AXES["y up"] @ (hand["thumb_tip"] - hand["wrist"]), atol=1e-6)


def test_absent_parts_are_nan(alone):
    found = markers.markers(alone, "y up")
    assert found.positions.shape == (3, 33 + 21 + 21, 3)
    absent = np.isnan(found.positions).any(axis=2)
    assert not absent[0].any()
    assert absent[1].all()
    assert absent[2].tolist() == [False] * 33 + [True] * 42


def test_a_recording_without_metres_is_refused():
    with pytest.raises(ValueError, match="no pose in metres"):
        markers.markers(recorded((person(0, "face"),)), "y up")


@pytest.mark.parametrize("form", [trc, c3d])
class TestFiles:
    """What both formats keep."""

    @pytest.fixture(autouse=True)
    def _library(self, form):
        if form is c3d:
            pytest.importorskip("ezc3d")

    @pytest.fixture
    def path(self, form, tmp_path):
        return tmp_path / f"a.{form.__name__.rpartition('.')[2]}"

    def test_are_read_back(self, form, alone, path):
        form.write(alone, path)
        found = form.read(path)
        assert found.fps == 25
        assert [result.timestamp for result in found.results] == pytest.approx([0, 40, 80])
        assert [len(result.people) for result in found.results] == [1, 0, 1]
        before, after = alone.results[0].person, found.results[0].person
        assert_allclose(after.pose_world, before.pose_world, atol=1e-6)
        hand = np.asarray(before.left_hand_world)
        assert_allclose(after.left_hand_world, hand - hand.mean(axis=0), atol=1e-5)
        assert found.results[2].person.left_hand_world is None

    def test_hold_the_person_who_is_chosen(self, form, pair, path):
        form.write(pair, path, 4)
        found = form.read(path).results[0].person
        assert_allclose(found.pose_world, pair.results[0].people[1].pose_world, atol=1e-6)


class TestTrc:
    """Text as Pose2Sim writes and reads it, for OpenSim."""

    @pytest.fixture
    def lines(self, alone, tmp_path):
        trc.write(alone, tmp_path / "walk.trc")
        return (tmp_path / "walk.trc").read_text().splitlines()

    def test_the_head(self, lines):
        assert lines[0] == "PathFileType\t4\t(X/Y/Z)\twalk.trc"
        assert dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True)) == {
            "DataRate": "25",
            "CameraRate": "25",
            "NumFrames": "3",
            "NumMarkers": "75",
            "Units": "m",
            "OrigDataRate": "25",
            "OrigDataStartFrame": "1",
            "OrigNumFrames": "3",
        }
        assert lines[3].split("\t")[:9] == ["Frame#", "Time", "nose", "", "", *_next()]
        assert lines[4].split("\t")[:6] == ["", "", "X1", "Y1", "Z1", "X2"]

    def test_every_line_has_as_many_cells(self, lines):
        assert {len(line.split("\t")) for line in lines[3:]} == {2 + 3 * 75}

    def test_pandas_reads_it_as_pose2sim_has_it_read(self, alone, lines, tmp_path):
        pandas = pytest.importorskip("pandas")
        table = pandas.read_csv(tmp_path / "walk.trc", sep="\t", skiprows=4, header=0)
        assert table.iloc[:, 0].tolist() == [1, 2, 3]
        assert table.iloc[:, 1].tolist() == [0, 0.04, 0.08]
        x, y, z = alone.results[0].person.pose_world[0].tolist()
        assert table.iloc[0, 2:5].tolist() == pytest.approx([-z, -y, -x], abs=1e-6)
        assert table.iloc[1, 2:].isna().all()

    def test_millimetres_are_read(self, lines, tmp_path):
        head = lines[2].replace("\tm\t", "\tmm\t")
        (tmp_path / "b.trc").write_text("\n".join([*lines[:2], head, *lines[3:]]))
        metres, millimetres = (trc.read(tmp_path / name) for name in ("walk.trc", "b.trc"))
        expected = np.asarray(metres.results[0].pose_world) / 1000
        assert_allclose(millimetres.results[0].pose_world, expected, rtol=1e-5)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("PathFileType", "{", "does not begin with PathFileType"),
            ("\tm\t", "\tfeet\t", "'feet', not m or mm"),
            ("_", ".", "none of its markers are nose"),
            ("\n25\t", "\nfast\t", "could not convert"),
        ],
    )
    def test_what_is_wrong_is_named(self, lines, tmp_path, old, new, message):
        (tmp_path / "b.trc").write_text("\n".join(lines).replace(old, new))
        with pytest.raises(ValueError, match=message):
            formats.read(tmp_path / "b.trc")


def _next():
    return ["left_eye_inner", "", "", "left_eye"]


class TestC3d:
    """Binary files as ezc3d reads them."""

    @pytest.fixture
    def file(self, alone, tmp_path):
        library = pytest.importorskip("ezc3d")
        c3d.write(alone, tmp_path / "walk.c3d")
        return library.c3d(str(tmp_path / "walk.c3d"))

    def test_the_parameters(self, file):
        parameters = file["parameters"]["POINT"]
        assert parameters["RATE"]["value"] == [25]
        assert parameters["UNITS"]["value"] == ["mm"]
        assert parameters["LABELS"]["value"][:2] == ["nose", "left_eye_inner"]
        assert parameters["X_SCREEN"]["value"] == ["+X"]
        assert parameters["Y_SCREEN"]["value"] == ["+Z"]

    def test_no_frame_is_lost_that_a_file_cannot_count(self, tmp_path):
        somebody = person(3, "pose_world")
        with pytest.raises(ValueError, match="up to 65535 frames, and the recording has 65536"):
            c3d.write(recorded(*[(somebody,)] * 65536), tmp_path / "long.c3d")

    def test_points_are_in_millimetres_with_z_up(self, file, alone):
        x, y, z = alone.results[0].person.pose_world[0].tolist()
        expected = np.array([-z, x, -y]) * 1000
        assert_allclose(file["data"]["points"][:3, 0, 0], expected, rtol=1e-5)

    def test_absent_markers_are_marked_as_such(self, file):
        residuals = file["data"]["meta_points"]["residuals"][0]  # (markers, frames)
        assert (residuals[:, 1] == -1).all()
        assert (residuals[:33, 2] >= 0).all()
        assert np.isnan(file["data"]["points"][:3, :, 1]).all()

    @pytest.mark.parametrize("content", [b"", b"C3D" * 1000])
    def test_a_damaged_file_is_refused(self, content, tmp_path):
        pytest.importorskip("ezc3d")
        (tmp_path / "a.c3d").write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.c3d holds no recording, or is damaged"):
            formats.read(tmp_path / "a.c3d")

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"gone\.c3d"):
            formats.read(tmp_path / "gone.c3d")

    def test_without_the_library_the_error_says_how_to_get_it(self, alone, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "ezc3d", None)
        with pytest.raises(ImportError, match=r'pip install "holistic-tracking\[c3d\]"'):
            c3d.write(alone, tmp_path / "a.c3d")
