"""What a folder's manifest says of its results."""

import json

from holistic.batch.jobs import MANIFEST, Job, Outcome
from holistic.batch.manifest import Manifest
from holistic.options import Options


def job(folder, name="a.mp4"):
    return Job(name, folder / f"{name}.json", "json")


def lines(folder):
    return [json.loads(line) for line in (folder / MANIFEST).read_text().splitlines()]


def test_it_names_each_input_its_files_version_and_options(tmp_path):
    manifest = Manifest(tmp_path, "1.2.3", Options(complexity=0))
    manifest.add(Outcome(job(tmp_path), frames=7))
    (line,) = lines(tmp_path)
    assert line["source"] == "a.mp4"
    assert line["files"] == ["a.mp4.json"]
    assert (line["frames"], line["error"], line["version"]) == (7, None, "1.2.3")
    assert line["options"]["complexity"] == 0
    assert line["options"]["parts"] == ["pose", "face", "left_hand", "right_hand"]
    assert "threads" not in line["options"]


def test_a_failure_is_in_it_with_its_reason(tmp_path):
    Manifest(tmp_path, "1", Options()).add(Outcome(job(tmp_path), error="it is broken"))
    (line,) = lines(tmp_path)
    assert (line["files"], line["error"]) == ([], "it is broken")


def test_results_of_another_version_or_other_options_are_known(tmp_path):
    Manifest(tmp_path, "1", Options()).add(Outcome(job(tmp_path)))
    todo = [job(tmp_path), job(tmp_path, "b.mp4")]
    assert Manifest(tmp_path, "1", Options()).made_otherwise(todo) == []
    assert Manifest(tmp_path, "2", Options()).made_otherwise(todo) == todo[:1]
    assert Manifest(tmp_path, "1", Options(max_people=2)).made_otherwise(todo) == todo[:1]


def test_the_last_line_about_an_input_holds(tmp_path):
    Manifest(tmp_path, "1", Options()).add(Outcome(job(tmp_path)))
    Manifest(tmp_path, "2", Options()).add(Outcome(job(tmp_path)))
    assert Manifest(tmp_path, "2", Options()).made_otherwise([job(tmp_path)]) == []


def test_a_later_failure_says_nothing_of_the_results_that_are_there(tmp_path):
    Manifest(tmp_path, "1", Options()).add(Outcome(job(tmp_path)))
    Manifest(tmp_path, "2", Options()).add(Outcome(job(tmp_path), error="it is broken"))
    assert Manifest(tmp_path, "2", Options()).made_otherwise([job(tmp_path)]) == [job(tmp_path)]


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    manifest = Manifest(tmp_path, "1", Options())
    manifest.add(Outcome(job(tmp_path)))
    with (tmp_path / MANIFEST).open("a") as file:
        file.write('{"source": "b.m')
    assert Manifest(tmp_path, "2", Options()).made_otherwise([job(tmp_path)]) == [job(tmp_path)]
    Manifest(tmp_path, "2", Options()).add(Outcome(job(tmp_path)))
    assert Manifest(tmp_path, "2", Options()).made_otherwise([job(tmp_path)]) == [], "not the next"
