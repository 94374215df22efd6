"""Recordings: kept in memory, saved as files that the native package reads, played again."""

import base64
import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import HANDS_CLIP
from playwright.sync_api import Page
from replay import PARTS, details, send, track

from holistic import landmarks
from holistic.export import WRITERS, Head
from holistic.recording import read
from holistic.result import HANDEDNESS, Result

NAMES = {
    "pose": landmarks.POSE,
    "hand": landmarks.HAND,
    "face": {number: name for name, number in landmarks.FACE.items()},
}

# A recording of what comes, as ``recording``; ``save(format)`` promises its file.
RECORD = """async ([names, options]) => {
    const { Recording } = await import('./recording/recording.mjs');
    const { exported } = await import('./recording/export.mjs');
    globalThis.recording = new Recording('clip', options);
    globalThis.taken = [];
    document.body.addEventListener('landmarks', ({detail}) => taken.push(recording.add(detail)));
    globalThis.save = async (format) => {
        const blob = await exported(recording, format, names);
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    };
}"""


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """A signer's frames; then nobody, and two people."""
    found = track(HANDS_CLIP)[:20]
    found[3] = Result(found[3].timestamp, 640, 480, ())
    second = replace(found[5].people[0], id=1)
    found[4] = Result(found[4].timestamp, 640, 480, (*found[4].people, second))
    return found


def record(page: Page, results: list[Result], **options: Any) -> list[bool]:
    """Record the events of these results; which of them were taken."""
    page.evaluate(RECORD, [NAMES, options])
    send(page, "body", details(results))
    return page.evaluate("taken")


class TestFiles:
    """What is saved in the page is what the native package would have written."""

    @pytest.fixture
    def saved(self, empty_page: Page, results: list[Result], tmp_path: Path) -> Any:
        """A function that saves the results in the page and gives the file."""
        assert all(record(empty_page, results, fps=30))

        def save(form: str) -> Path:
            path = tmp_path / f"page.{form}"
            path.write_bytes(base64.b64decode(empty_page.evaluate(f"save('{form}')")))
            return path

        return save

    @pytest.mark.parametrize("form", WRITERS)
    def test_the_native_package_reads_it(
        self, saved: Any, results: list[Result], form: str
    ) -> None:
        recording = read(saved(form), size=(640, 480))
        written = [result for result in results if result.people or form != "csv"]
        assert (recording.width, recording.height) == (640, 480)
        assert len(recording.results) == len(written)
        for found, expected in zip(recording.results, written, strict=True):
            assert found.timestamp == pytest.approx(expected.timestamp, abs=1e-3)
            assert len(found.people) == len(expected.people)
            for person, original in zip(found.people, expected.people, strict=True):
                assert person.id == original.id
                for name in PARTS.values():
                    assert_equal(getattr(person, name), getattr(original, name))
                assert person.scores == pytest.approx(original.scores, abs=1e-5)
                for name in HANDEDNESS.values():
                    assert_equal(getattr(person, name), getattr(original, name))

    @pytest.fixture
    def native(self, results: list[Result], tmp_path: Path) -> Any:
        """A function that writes the results natively and gives the file."""

        def native(form: str) -> Path:
            path = tmp_path / f"native.{form}"
            with WRITERS[form](path, Head("clip", 640, 480, 30)) as writer:
                for result in results:
                    writer.write(result)
            return path

        return native

    def test_json_is_that_of_the_native_writer(self, saved: Any, native: Any) -> None:
        assert json.loads(saved("json").read_text()) == json.loads(native("json").read_text())

    def test_csv_is_that_of_the_native_writer(self, saved: Any, native: Any) -> None:
        assert table(saved("csv")) == table(native("csv"))

    def test_arrays_are_those_of_the_native_writer(self, saved: Any, native: Any) -> None:
        with np.load(native("npz")) as theirs, np.load(saved("npz")) as ours:
            assert sorted(ours) == sorted(theirs)
            for name in theirs:
                assert ours[name].shape == theirs[name].shape
                assert ours[name].dtype == theirs[name].dtype
                assert np.array_equal(ours[name], theirs[name], equal_nan=True)


def assert_equal(points: Any, expected: Any) -> None:
    assert (points is None) == (expected is None)
    if points is not None:
        assert np.asarray(points) == pytest.approx(np.asarray(expected), abs=1e-5)


def table(path: Path) -> list[list[str | float]]:
    """The lines of a CSV file, with numbers as such."""
    with path.open(newline="") as file:
        return [[_value(text) for text in line] for line in csv.reader(file)]


def _value(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


class TestLimits:
    """A recording keeps what it has, and says why it takes no more."""

    def test_a_full_recording_keeps_what_it_has(
        self, empty_page: Page, results: list[Result]
    ) -> None:
        size = sum(np.asarray(points, np.float32).nbytes for points in arrays(results[:2]))
        assert record(empty_page, results[:3], limit=size) == [True, True, False]
        assert empty_page.evaluate("[recording.end, recording.frames.length]") == ["full", 2]
        assert empty_page.evaluate("recording.bytes") == size

    @pytest.mark.parametrize(
        "other",
        [{"timestamp": 0.0}, {"timestamp": 33.0}, {"width": 1280}, {"height": 960}],
        ids=["earlier", "same time", "wider", "higher"],
    )
    def test_another_size_or_an_earlier_time_is_another_source(
        self, empty_page: Page, results: list[Result], other: dict[str, Any]
    ) -> None:
        first, second = (replace(result, timestamp=33.0) for result in results[:2])
        second = replace(second, **({"timestamp": 66.0} | other))
        assert record(empty_page, [first, second, results[9]]) == [True, False, False]
        assert empty_page.evaluate("recording.end") == "other-source"

    def test_the_frame_of_a_time_is_the_last_one_until_then(
        self, empty_page: Page, results: list[Result]
    ) -> None:
        record(empty_page, results)
        times = [-1, 0, 33, 34, 99.9, 100, 1e9]
        found = empty_page.evaluate(
            "(times) => times.map((time) => recording.frames.indexOf(recording.at(time)))", times
        )
        assert found == [-1, 0, 0, 1, 2, 3, 19]


def arrays(results: list[Result]) -> list[Any]:
    """All arrays of an event that are there."""
    people = [person for result in results for person in result.people]
    found = [getattr(person, name) for person in people for name in PARTS.values()]
    return [points for points in found if points is not None]
