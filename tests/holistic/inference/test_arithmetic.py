"""What "auto" is on a machine: measured once, and remembered where that can be."""

import json

import pytest

from holistic.inference import arithmetic
from holistic.inference.model_files import ModelError

INTEGERS, FLOATS = {"auto": 1.0, "pruned": 2.0}, {"auto": 2.0, "pruned": 1.0}


class Machine:
    """A machine whose networks take these times."""

    def __init__(self, times):
        self.times = times
        self.asked = []

    def __call__(self, threads):
        self.asked.append(threads)
        return self.times


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "choice.json"


@pytest.mark.parametrize(("times", "choice"), [(INTEGERS, "auto"), (FLOATS, "pruned")])
def test_the_faster_one_is_chosen_and_measured_only_once(file, times, choice):
    machine = Machine(times)
    assert [arithmetic.choose(2, file, machine) for _ in range(3)] == [choice] * 3
    assert machine.asked == [2]


def test_each_number_of_threads_has_its_own(file):
    assert arithmetic.choose(1, file, Machine(FLOATS)) == "pruned"
    assert arithmetic.choose(4, file, Machine(INTEGERS)) == "auto"
    assert arithmetic.choose(1, file, Machine(INTEGERS)) == "pruned"


@pytest.mark.parametrize("what", ["_processor", "_litert"])
def test_another_processor_or_litert_is_measured_anew(file, monkeypatch, what):
    assert arithmetic.choose(1, file, Machine(FLOATS)) == "pruned"
    monkeypatch.setattr(arithmetic, what, lambda: "another")
    assert arithmetic.choose(1, file, Machine(INTEGERS)) == "auto"
    monkeypatch.undo()
    assert arithmetic.choose(1, file, Machine(INTEGERS)) == "pruned"  # a home that both share


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"other": 7}'])
def test_a_damaged_file_is_measured_again_and_mended(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    assert arithmetic.choose(1, file, Machine(FLOATS)) == "pruned"
    assert "pruned" in json.loads(file.read_bytes()).values()


def test_a_note_of_no_variant_is_not_believed(file):
    arithmetic.choose(1, file, Machine(FLOATS))
    (machine,) = json.loads(file.read_bytes())
    file.write_text(json.dumps({machine: "fast"}))
    assert arithmetic.choose(1, file, Machine(FLOATS)) == "pruned"


def test_where_nothing_can_be_written_it_is_measured_each_time(tmp_path):
    (tmp_path / "cache").write_text("a file, where the folder would be")
    machine = Machine(FLOATS)
    file = tmp_path / "cache" / "choice.json"
    assert [arithmetic.choose(1, file, machine) for _ in range(2)] == ["pruned"] * 2
    assert machine.asked == [1, 1]


def test_nothing_is_left_of_a_file_that_could_not_be_put_in_place(file):
    file.mkdir(parents=True)  # a folder cannot be replaced by a file
    assert arithmetic.choose(1, file, Machine(FLOATS)) == "pruned"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("error", [ModelError("missing"), RuntimeError("damaged")])
def test_where_it_cannot_be_measured_nothing_is_remembered(file, error):
    def measure(threads):
        raise error

    assert arithmetic.choose(1, file, measure) == "auto"
    assert not file.exists()


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache/holistic-tracking"),
        ("linux", {"HOME": "/home/me"}, "/home/me/.cache/holistic-tracking"),
        ("darwin", {"HOME": "/Users/me"}, "/Users/me/Library/Caches/holistic-tracking"),
    ],
)
def test_the_file_is_in_the_users_cache_folder(monkeypatch, system, variables, expected):
    monkeypatch.setattr(arithmetic.sys, "platform", system)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert arithmetic.cache_file().parent.as_posix() == expected


def test_in_webassembly_integers_are_always_faster(monkeypatch):
    monkeypatch.setattr(arithmetic.sys, "platform", "emscripten")
    assert arithmetic.fastest(1) == "auto"


def test_a_folder_of_one_variant_tells_nothing(tmp_path, monkeypatch):
    (tmp_path / f"{arithmetic.NETWORK}.tflite").write_bytes(b"\x1c\0\0\0TFL3 and more")
    monkeypatch.setenv("HOLISTIC_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="one variant only"):
        arithmetic.measured(1)


def test_both_networks_run_when_measured():
    try:
        times = arithmetic.measured(1)
    except ModelError:
        pytest.skip("the models are not there: run `python build.py models`")
    assert set(times) == {"auto", "pruned"}
    assert all(0 < time < float("inf") for time in times.values())
