"""``holistic convert IN OUT``: between formats, with errors that say what to do."""

import os
import signal
import zipfile

import numpy as np
import pytest

from holistic import cli
from holistic.interchange import formats
from holistic.results.named_points import KINDS
from holistic.results.readers import Recording, read
from holistic.results.result import SHAPES, Person, Result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with ``walk.json``, of two people, and ``alone.json``."""
    monkeypatch.chdir(tmp_path)
    people = []
    for number in (0, 5):
        parts = {
            part: KINDS[part].of(np.full(shape, 0.25, np.float32)) for part, shape in SHAPES.items()
        }
        people.append(Person(id=number, **parts))
    for name, found in (("walk", people), ("alone", people[1:])):
        results = tuple(Result(40.0 * n, 640, 480, tuple(found)) for n in range(3))
        formats.write(Recording(results, 640, 480, "walk.mp4", 25.0), tmp_path / f"{name}.json")
    return tmp_path


def convert(*words):
    return cli.main(["convert", *words])


def test_the_endings_say_the_formats(folder):
    assert convert("walk.json", "walk.pose") == 0
    assert convert("walk.pose", "again.npz") == 0
    found = read("again.npz")
    assert [len(result.people) for result in found.results] == [2, 2, 2]
    assert found.results[0].face[0].tolist() == [0.25] * 3


def test_a_name_without_an_ending_is_a_folder_for_openpose(folder):
    assert convert("walk.json", "openpose") == 0
    assert len(list((folder / "openpose").glob("walk_*_keypoints.json"))) == 3


def test_names_that_cannot_be_are_named(folder, capsys):
    assert convert("gone.json", "a.csv") == 2
    assert capsys.readouterr().err == "holistic: 'gone.json': No such file or directory\n"
    assert convert("walk.json", "no/a.csv") == 2
    assert "cannot write 'no/a.csv': there is no folder 'no'" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        convert("", "a.csv")
    assert "argument IN: it is empty" in capsys.readouterr().err


def test_an_archive_that_is_damaged_inside_is_named(folder, capsys):
    assert convert("walk.json", "walk.npz") == 0
    content = bytearray((folder / "walk.npz").read_bytes())
    with zipfile.ZipFile(folder / "walk.npz") as archive:
        begin = archive.getinfo("timestamps.npy").header_offset + 30 + len("timestamps.npy")
    content[begin : begin + 80] = b"\xff" * 80
    (folder / "walk.npz").write_bytes(content)
    assert convert("walk.npz", "again.json") == 2
    assert "walk.npz holds no recording, or is damaged" in capsys.readouterr().err


def test_a_link_stays_a_link(folder):
    (folder / "link.npz").symlink_to(folder / "there.npz")
    assert convert("walk.json", "link.npz") == 0
    assert (folder / "link.npz").is_symlink()
    assert len(read("there.npz").results) == 3
    assert convert("alone.json", "link.npz", "--force") == 0
    assert (folder / "link.npz").is_symlink()


def test_what_is_left_out_is_said(folder, capsys):
    assert convert("walk.json", "walk.dlc.csv") == 0
    assert "DeepLabCut CSV does not hold pose_world, face" in capsys.readouterr().err


def test_a_person_is_chosen_where_there_is_room_for_one(folder, capsys):
    assert convert("walk.json", "walk.trc") == 2
    assert "(track ids: 0, 5): choose one" in capsys.readouterr().err
    assert convert("walk.json", "walk.trc", "--person", "5") == 0


def test_the_size_is_given_where_the_input_does_not_tell_it(folder, capsys):
    assert convert("alone.json", "alone.csv") == 0
    assert convert("alone.csv", "alone.pose") == 2
    message = capsys.readouterr().err
    assert "a CSV file does not tell the frames' size: give it as --size 640x480" in message
    assert convert("alone.csv", "alone.pose", "--size", "640x480") == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("walk.json", "walk.fbx"), "walk.fbx is of no known format"),
        (("walk.json", "alone.json"), "'alone.json' is there already: give --force"),
        (("gone.json", "walk.pose"), "gone.json"),
        (("walk.json", "nowhere/walk.pose"), "nowhere"),
        (("walk.json", "."), "the folder '.' is there already"),
        (("walk.dlc.csv", "walk.pose"), "hold too little to be read back"),
        (("walk.json", "-"), "'-' says no format: name files"),
        (("-", "walk.pose"), "'-' says no format: name files"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(folder, capsys, words, message):
    before = sorted(folder.iterdir())
    assert convert(*words) == 2
    assert message in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_an_interruption_leaves_nothing(folder, capsys, monkeypatch):
    def interrupted(*_):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(formats, "write", interrupted)
    before = sorted(folder.iterdir())
    assert convert("walk.json", "walk.pose") == 130
    assert capsys.readouterr().err == "holistic: interrupted; nothing was written\n"
    assert sorted(folder.iterdir()) == before


def test_a_file_is_replaced_when_it_may_be(folder):
    assert convert("walk.json", "alone.json", "--force") == 0
    assert len(read("alone.json").results[0].people) == 2


@pytest.mark.parametrize("size", ["640", "0x480", "640x480x3"])
def test_a_size_is_two_numbers(folder, size, capsys):
    with pytest.raises(SystemExit) as ended:
        convert("walk.json", "a.pose", "--size", size)
    assert ended.value.code == 2
    assert "no size such as 640x480" in capsys.readouterr().err
