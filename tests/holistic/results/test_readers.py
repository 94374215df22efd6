"""Reading recordings back: each format gives what was written."""

import json
from dataclasses import replace

import numpy as np
import pytest

from holistic.results.named_points import (
    FacePoints,
    HandPoints,
    PosePoints,
    Rotations,
    WorldPosePoints,
)
from holistic.results.readers import read
from holistic.results.result import HANDEDNESS, SHAPES, Person, Result
from holistic.results.writers import WRITERS, Head
from holistic.shared import layout

HEAD = Head("walk.mp4", 640, 480, 29.97003)
KINDS = {"pose": PosePoints, "pose_world": WorldPosePoints, "face": FacePoints}


def person(number, *parts, rng, irises=False):
    shapes = SHAPES | ({"face": (478, 3)} if irises else {})
    points = {name: KINDS.get(name, HandPoints).of(rng.normal(size=shapes[name])) for name in parts}
    hands = {HANDEDNESS[name]: rng.random() for name in points if name in HANDEDNESS}
    scores = {name: rng.random() for name in points if name in layout.PARTS}
    return Person(id=number, **points, **hands, scores=scores)


@pytest.fixture
def results():
    """Two people; nobody; one of them without a face; a face with irises alone."""
    rng = np.random.default_rng(6)
    pose = ("pose", "pose_world")
    people = (
        (person(1, *SHAPES, rng=rng), person(4, *pose, "face", rng=rng)),
        (),
        (person(4, *pose, "left_hand", "left_hand_world", rng=rng),),
        (person(5, "face", rng=rng, irises=True),),
    )
    return [Result(n * 33.3667, 640, 480, each) for n, each in enumerate(people)]


def write(path, results):
    with path.open("wb") as file, WRITERS[path.suffix[1:]](file, HEAD) as writer:
        for result in results:
            writer.write(result)
    return path


@pytest.mark.parametrize("form", WRITERS)
def test_what_was_written_is_read(form, results, tmp_path):
    recording = read(write(tmp_path / f"a.{form}", results), size=(640, 480))
    written = [result for result in results if result.people or form != "csv"]
    times = [result.timestamp for result in recording.results]
    assert times == pytest.approx([result.timestamp for result in written], abs=1e-3)
    assert (recording.width, recording.height) == (640, 480)
    for result, expected in zip(recording.results, written, strict=True):
        assert [person.id for person in result.people] == [person.id for person in expected.people]
        for found, original in zip(result.people, expected.people, strict=True):
            there = dict(original.parts())
            assert dict(found.parts()).keys() == there.keys()
            for name, points in found.parts():
                assert type(points) is type(there[name])
                assert points == pytest.approx(there[name], abs=1e-5)
            assert found.scores == pytest.approx(original.scores, abs=1e-5)
            for name in HANDEDNESS.values():
                assert getattr(found, name) == pytest.approx(getattr(original, name), abs=1e-5)


@pytest.mark.parametrize("form", ["json", "npz"])
def test_rotations_are_read_where_there_are_any(form, tmp_path):
    rng = np.random.default_rng(2)
    plain = person(0, "pose", rng=rng)
    rotations = Rotations.of(rng.normal(size=(54, 4)))
    turned = replace(plain, rotations=rotations, hips_position=rng.normal(size=3))
    lost = replace(turned, hips_position=None)
    results = [
        Result(time, 640, 480, people)
        for time, people in enumerate([(plain,), (turned, plain), (), (lost,)])
    ]
    found = read(write(tmp_path / f"a.{form}", results)).results
    assert found[0].person.rotations is None
    assert found[1].person.rotations["leftHand"] == pytest.approx(rotations["leftHand"], abs=1e-5)
    assert found[1].person.hips_position == pytest.approx(turned.hips_position, abs=1e-5)
    assert found[1].people[1].rotations is None
    assert found[3].person.rotations == pytest.approx(rotations, abs=1e-5)
    assert found[3].person.hips_position is None


def test_what_was_still_or_skipped_is_read_from_json(tmp_path):
    results = [
        Result(0.0, 640, 480, ()),
        Result(33.0, 640, 480, (), still=True, skipped=("pose", "face")),
        Result(66.0, 640, 480, (), skipped=("left_hand",)),
    ]
    found = read(write(tmp_path / "a.json", results)).results
    assert [each.still for each in found] == [False, True, False]
    assert [each.skipped for each in found] == [(), ("pose", "face"), ("left_hand",)]


def test_rotations_of_another_shape_are_refused(tmp_path):
    someone = person(0, "pose", rng=np.random.default_rng(2))
    path = write(tmp_path / "a.json", [Result(0.0, 640, 480, (someone,))])
    path.write_text(path.read_text().replace('"scores"', '"rotations": [[0, 0, 0, 1]], "scores"'))
    with pytest.raises(ValueError, match=r"rotations has the shape \(1, 4\)"):
        read(path)


def test_masks_are_in_npz(tmp_path):
    mask = np.zeros((480, 640), np.float32)
    mask[100:200, 50:90] = 1
    masked = replace(person(0, "pose", rng=np.random.default_rng(1)), mask=mask)
    path = write(tmp_path / "a.npz", [Result(0.0, 640, 480, (masked,))])
    assert np.array_equal(read(path).results[0].person.mask, mask)


def test_json_tells_the_source_and_its_rate(results, tmp_path):
    recording = read(write(tmp_path / "a.json", results))
    assert (recording.source, recording.fps) == ("walk.mp4", 29.97)


@pytest.mark.parametrize("form", WRITERS)
def test_a_recording_without_frames(form, tmp_path):
    assert read(write(tmp_path / f"a.{form}", []), size=(640, 480)).results == ()


def test_a_table_needs_the_frames_size(results, tmp_path):
    with pytest.raises(ValueError, match=r"size=\(width, height\)"):
        read(write(tmp_path / "a.csv", results))


def test_another_suffix_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"a\.txt must be a \.json, \.csv, \.npz file"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b'{"format": "other"}', b"[]"])
def test_other_content_is_refused(form, content, tmp_path):
    path = tmp_path / f"a.{form}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="holds no recording, or is damaged"):
        read(path, size=(640, 480))


@pytest.mark.parametrize("form", ["json", "npz"])
def test_a_file_that_was_cut_short_is_refused(form, results, tmp_path):
    path = write(tmp_path / f"a.{form}", results)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="is damaged"):
        read(path)


def test_a_part_with_too_few_points_is_named(results, tmp_path):
    path = write(tmp_path / "a.json", results)
    content = json.loads(path.read_text())
    content["frames"][0]["people"][0]["face"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"face has the shape \(467, 3\)"):
        read(path)
