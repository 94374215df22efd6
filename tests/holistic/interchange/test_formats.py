"""The table of formats: names, what is held, and recordings from one into another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recordings import person, recorded

from builder import ROOT
from holistic.interchange import formats
from holistic.interchange.face68 import FACE68
from holistic.results.named_points import Rotations
from holistic.results.optional import MissingLibraryError
from holistic.results.result import SHAPES

ENDINGS = [form.ending for form in formats.FORMATS]
READABLE = [form.ending for form in formats.FORMATS if form.read]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a.json", "JSON"),
        ("A.POSE", ".pose"),
        ("a.coco.json", "COCO-WholeBody JSON"),
        ("a.b.dlc.csv", "DeepLabCut CSV"),
        ("a.analysis.h5", "SLEAP analysis HDF5"),
        ("a.slp", "SLEAP"),
        ("folder", "OpenPose JSON"),
    ],
)
def test_the_longest_ending_that_fits_says_the_format(name, title):
    assert formats.format_of(Path(name)).title == title


@pytest.mark.parametrize("name", ["a.fbx", "a.h5", "a.pose.zip"])
def test_other_endings_are_refused_with_those_that_there_are(name):
    with pytest.raises(formats.FormatError, match=r"no known format: .*\.pose, .*\.trc"):
        formats.format_of(Path(name))


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_writes_a_person(ending, alone, tmp_path):
    try:
        formats.write(alone, tmp_path / f"a{ending}")
    except MissingLibraryError as error:
        pytest.skip(str(error))
    assert (tmp_path / f"a{ending}").exists()


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_writes_nobody_unless_it_holds_one_person(ending, tmp_path):
    path = tmp_path / f"a{ending}"
    if formats.format_of(path).holds_one_person:
        with pytest.raises(ValueError, match="holds a person, and nobody was found"):
            formats.write(recorded((), ()), path)
        return
    try:
        formats.write(recorded((), ()), path)
    except MissingLibraryError as error:
        pytest.skip(str(error))
    assert path.exists()


@pytest.mark.parametrize("ending", READABLE)
def test_a_format_holds_what_it_says(ending, alone, tmp_path):
    path = tmp_path / f"a{ending}"
    try:
        formats.write(alone, path)
    except MissingLibraryError as error:
        pytest.skip(str(error))
    found = formats.read(path, size=(640, 480))
    assert (found.width, found.height) == (640, 480)
    parts = {part for part, _ in found.results[0].person.parts()}
    assert parts == set(formats.format_of(path).holds) & set(SHAPES)


@pytest.mark.parametrize("ending", sorted(set(ENDINGS) - set(READABLE)))
def test_what_holds_too_little_is_not_read(ending, tmp_path):
    with pytest.raises(formats.FormatError, match="too little to be read back"):
        formats.read(tmp_path / f"a{ending}")


def test_parts_that_a_format_does_not_hold_are_named(alone):
    trc, own = (formats.format_of(Path(name)) for name in ("a.trc", "a.json"))
    assert formats.left_out(alone, trc) == ["pose", "face", "left_hand", "right_hand"]
    assert formats.left_out(alone, own) == []


def test_rotations_are_in_our_own_files_and_in_those_of_motion():
    turned = Rotations.of(np.zeros((54, 4), np.float32))
    recording = recorded((replace(person(0, "pose"), rotations=turned),))
    for name in ("a.csv", "a.parquet", "a.pose"):
        assert "rotations" in formats.left_out(recording, formats.format_of(Path(name)))
    for name in ("a.json", "a.npz", "a.bvh"):
        assert "rotations" not in formats.left_out(recording, formats.format_of(Path(name)))


def test_masks_are_in_npz_alone(tmp_path):
    masked = replace(person(0, "pose"), mask=np.ones((480, 640), np.float32))
    recording = recorded((masked,))
    json, npz = (formats.format_of(Path(name)) for name in ("a.json", "a.npz"))
    assert formats.left_out(recording, json) == ["mask"]
    assert formats.left_out(recording, npz) == []
    formats.write(recording, tmp_path / "a.npz")
    assert formats.read(tmp_path / "a.npz").results[0].person.mask.all()


def test_nobody_is_chosen_where_all_are_held(pair, tmp_path):
    with pytest.raises(formats.FormatError, match=r"\.pose holds all people"):
        formats.write(pair, tmp_path / "a.pose", person=4)


def test_pixels_need_the_frames_size(tmp_path):
    unknown = replace(recorded((person(0, "pose"),)), width=0, height=0)
    with pytest.raises(ValueError, match="give the size"):
        formats.write(unknown, tmp_path / "a.pose")


def test_the_documentation_has_every_format_and_the_points_of_a_face():
    text = (ROOT / "docs" / "formats.md").read_text()
    for form in formats.FORMATS:
        assert f"`{form.ending}`" in text or not form.ending
    for points in (FACE68[:17], FACE68[48:60]):
        assert f"| {' '.join(map(str, points))} |" in text
