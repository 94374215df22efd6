"""Recordings: kept in memory, saved as files that the native package reads, played again."""

import base64
import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import write_video
from conftest import HANDS_CLIP
from playwright.sync_api import Page, expect
from replay import PARTS, details, send, smiling, track
from tab import FRAMES, Tab

from builder import ROOT
from holistic.interchange import bvh
from holistic.motion import solve
from holistic.results.named_points import Rotations
from holistic.results.readers import Recording, read
from holistic.results.result import HANDEDNESS, MOTION, Result
from holistic.results.writers import WRITERS, Head
from holistic.shared import landmarks

NAMES = {
    "pose": landmarks.POSE,
    "hand": landmarks.HAND,
    "face": {number: name for name, number in landmarks.FACE.items()},
}

# A recording of what comes, as ``recording``; ``save(format)`` promises its file.
RECORD = """async ([names, options]) => {
    const { Recording } = await import('./recording/recording.js');
    const { exported } = await import('./recording/export.js');
    globalThis.recording = new Recording('clip', options);
    globalThis.taken = [];
    document.body.addEventListener('landmarks', ({detail}) => taken.push(recording.add(detail)));
    globalThis.save = async (format) => {
        const blob = await exported(recording, format, names);
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    };
}"""

# Reads a file of this name and content, which the sample clip stands beside, and saves it again.
READ = """async ([name, content]) => {
    const { readRecording } = await import('./recording/reading.js');
    const file = new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name);
    const video = new File([await (await fetch('./sample.webm')).blob()], 'sample.webm');
    globalThis.recording = await readRecording(file, video);
    return save('json');
}"""


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """A signer's frames, one of them with an expression; then nobody, and two people."""
    found = track(HANDS_CLIP)[:20]
    (found[2],) = smiling(found[2:3])
    found[3] = Result(found[3].timestamp, 640, 480, ())
    second = replace(found[5].people[0], id=1)
    found[4] = Result(found[4].timestamp, 640, 480, (*found[4].people, second))
    for frame in range(6, 20):  # then somebody wants bones
        person = found[frame].people[0]
        motion = solve(person, 640, 480)
        turned = Rotations.of(motion.rotations.astype(np.float32))
        hips = motion.hips.astype(np.float32) if frame != 8 else None
        person = replace(person, rotations=turned, hips_position=hips)
        found[frame] = replace(found[frame], people=(person,))
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
                assert_equal(person.blendshapes, original.blendshapes)
                assert person.blendshapes_approximate == original.blendshapes_approximate
                assert person.scores == pytest.approx(original.scores, abs=1e-5)
                for name in HANDEDNESS.values():
                    assert_equal(getattr(person, name), getattr(original, name))
                for name in MOTION if form != "csv" else ():
                    assert_equal(getattr(person, name), getattr(original, name))

    def test_a_file_of_motion_is_that_of_the_native_package(
        self, saved: Any, results: list[Result], tmp_path: Path
    ) -> None:
        path = tmp_path / "native.bvh"
        bvh.write(Recording(tuple(results), 640, 480, "clip", 30), path, person=0)
        ours, theirs = (each.read_text().split() for each in (saved("bvh"), path))
        assert len(ours) == len(theirs)
        for found, expected in zip(ours, theirs, strict=True):
            if found != expected:
                assert float(found) == pytest.approx(float(expected), abs=0.2)  # digits are cut
        assert saved("vrma").read_bytes()[:4] == b"glTF"

    @pytest.fixture
    def native(self, results: list[Result], tmp_path: Path) -> Any:
        """A function that writes the results natively and gives the file."""

        def native(form: str) -> Path:
            path = tmp_path / f"native.{form}"
            head = Head("clip", 640, 480, 30)
            with path.open("wb") as file, WRITERS[form](file, head) as writer:
                for result in results:
                    writer.write(result)
            return path

        return native

    @pytest.mark.parametrize("form", WRITERS)
    def test_the_page_reads_what_the_native_package_wrote(
        self, empty_page: Page, native: Any, results: list[Result], form: str, tmp_path: Path
    ) -> None:
        empty_page.evaluate(RECORD, [NAMES, {}])
        content = base64.b64encode(native(form).read_bytes()).decode()
        again = tmp_path / "again.json"
        again.write_bytes(base64.b64decode(empty_page.evaluate(READ, [f"native.{form}", content])))
        recording = read(again)
        expected = read(native(form), size=(640, 480))
        assert (recording.width, recording.height) == (640, 480)
        for found, result in zip(recording.results, expected.results, strict=True):
            assert found.to_dict() == result.to_dict()

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

    def test_irises_expressions_and_bones_count_too(self, empty_page: Page) -> None:
        took = """async () => {
          const { Recording } = await import('./recording/recording.js');
          const [pose, irises] = [new Float32Array(165), new Float32Array(30)];
          const bones = { hips: [0, 0, 0, 1] };
          const people = [{ pose }, { pose, irises }, { pose, bones }, { pose, blendshapes: {} }];
          return people.map((person) => {
            const recording = new Recording('camera');
            recording.add({ timestamp: 0, width: 640, height: 480, people: [person] });
            return recording.bytes;
          });
        }"""
        pose, with_irises, with_bones, with_expression = empty_page.evaluate(took)
        assert (pose, with_irises) == (660, 780)
        assert min(with_bones, with_expression) > pose + 52 * 8

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


# Clicks on a button after so many frames more, however late a busy machine would.
CLICK_LATER = """([button, frames]) => {
    const count = () => {
        if (--frames) return;
        document.body.removeEventListener('landmarks', count);
        document.querySelector(button).click();
    };
    document.body.addEventListener('landmarks', count);
}"""

STEPS = """async (content) => {
    const { openVideo } = await import('./recording/stepping.js');
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const video = await openVideo(new Blob([bytes]));
    const step = async (after) => {
        const frames = video.frames(after);
        const { value } = await frames.next();
        const time = value.timestamp / 1000;
        value.close();
        await frames.return();
        return time;
    };
    const times = [await step()];
    while (times.length < 20) times.push(await step(times.at(-1)));
    return times;
}"""


def test_wherever_one_goes_on_the_next_frame_comes(empty_page: Page) -> None:
    content = base64.b64encode(HANDS_CLIP.read_bytes()).decode()
    times = empty_page.evaluate(STEPS, content)
    assert times == pytest.approx([number * 100 / 3 for number in range(20)], abs=1)


ALL_STEPS = """async (content) => {
    const { openVideo } = await import('./recording/stepping.js');
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    let count = 0;
    try {
        const video = await openVideo(new Blob([bytes]));
        for await (const frame of video.frames()) frame.close(count++);
        return [count, ''];
    } catch ({ message }) {
        return [count, message];
    }
}"""


@pytest.mark.parametrize(
    ("name", "faststart", "readable"),
    [
        ("a.webm", True, False),  # Mediabunny leaves out a cluster that is cut, here the only one
        ("a.mp4", True, True),
        ("a.mp4", False, False),
    ],
)
def test_a_file_that_breaks_off_is_told_so_after_what_is_there(
    empty_page: Page, tmp_path: Path, name: str, faststart: bool, readable: bool
) -> None:
    content = write_video(HANDS_CLIP, tmp_path / name, faststart)
    whole = empty_page.evaluate(ALL_STEPS, base64.b64encode(content).decode())
    assert whole == [frame_count(HANDS_CLIP), ""]
    cut = base64.b64encode(content[: len(content) * 3 // 4]).decode()
    count, message = empty_page.evaluate(ALL_STEPS, cut)
    assert message.startswith("The file breaks off: at least ")
    assert (count > 20) == readable, count


class TestPage:
    """The recording panel."""

    @pytest.fixture
    def tab(self, open_tab: Callable[..., Tab], site: str) -> Tab:
        tab = open_tab(site, script=FRAMES)
        tab.wait("globalThis.holisticTracking")
        return tab

    def test_a_recording_outlives_a_worker_and_is_played_over_its_video(
        self, tab: Tab, tmp_path: Path, screenshots: Path
    ) -> None:
        page = tab.page
        page.click("#sample")
        tab.wait_for("landmarks")
        page.click("#record")
        tab.wait_for_more("landmarks", 4)
        page.evaluate("workers[0].terminate()")
        tab.wait_for_state("ended")
        expect(page.locator("#record")).to_have_text("Record")  # the source's end was its end
        saved = save(page, "json", tmp_path)
        recording = read(saved)
        assert saved.name == "sample.json"
        assert len(recording.results) >= 4
        seen = {result["timestamp"] for result in tab.seen("landmarks")}
        assert {result.timestamp for result in recording.results} <= {round(at, 3) for at in seen}
        page.click("#play")
        shown(tab, "video.currentTime = 3")
        page.screenshot(path=screenshots / "playback.png")
        page.get_by_role("button", name="Close", exact=True).click()
        # The same from files, chosen or dropped.
        sample = ROOT / "web" / "sample.webm"
        page.set_input_files("#play-files", [saved, sample])
        shown(tab, "video.currentTime = 3")
        page.get_by_role("button", name="Close", exact=True).click()
        for form in ("csv", "npz"):
            drop(page, [save(page, form, tmp_path), sample])
            shown(tab, "video.currentTime = 3")
            page.get_by_role("button", name="Close", exact=True).click()
        page.set_input_files("#play-files", [sample])
        assert "two files at once" in page.locator("#fault-message").inner_text()

    def test_every_frame_of_a_file_is_processed_once_also_after_a_break(
        self, tab: Tab, tmp_path: Path, screenshots: Path
    ) -> None:
        page = tab.page
        page.evaluate(CLICK_LATER, ["#cancel", 8])
        page.set_input_files("#process-file", HANDS_CLIP)
        tab.wait_for("landmarks")
        page.screenshot(path=screenshots / "processing.png")
        page.locator("#resume").wait_for(state="visible")
        part = len(read(save(page, "npz", tmp_path)).results)
        assert 8 <= part < frame_count(HANDS_CLIP) - 8
        page.evaluate(CLICK_LATER, ["#sample", 5])  # another source takes its place
        page.click("#resume")
        page.locator("#resume").wait_for(state="visible")
        tab.wait_for_state("ended")
        page.click("#resume")
        page.locator("#processed").wait_for(state="hidden")
        whole = read(save(page, "json", tmp_path))
        times = np.array([result.timestamp for result in whole.results])
        assert len(times) == frame_count(HANDS_CLIP)
        assert np.diff(times) == pytest.approx(100 / 3, abs=1)  # the file has whole milliseconds
        assert whole.fps == pytest.approx(30, abs=0.1)
        assert all(result.left_hand is not None for result in whole.results)
        tab.wait("unclosed() === 0")
        assert tab.complaints == []

    def test_without_streams_of_single_frames_each_is_looked_at_for_itself(
        self, open_tab: Callable[..., Tab], site: str, tmp_path: Path
    ) -> None:
        tab = open_tab(site, script="delete globalThis.MediaStreamTrackGenerator;")
        tab.wait("globalThis.holisticTracking")
        tab.page.set_input_files("#process-file", HANDS_CLIP)
        tab.wait("/: [4-9] frames/.test(document.getElementById('recording-status').innerText)")
        tab.page.click("#cancel")
        tab.page.locator("#resume").wait_for(state="visible")
        results = read(save(tab.page, "json", tmp_path)).results
        assert len(results) >= 4
        assert all(result.face is not None for result in results)
        assert np.diff([result.timestamp for result in results]) == pytest.approx(100 / 3, abs=1)

    def test_a_file_that_is_no_video_is_told(self, tab: Tab, tmp_path: Path) -> None:
        notes = tmp_path / "notes.mkv"
        notes.write_text("no video")
        tab.page.set_input_files("#process-file", notes)
        expect(tab.page.locator("#fault-message")).to_contain_text("Convert it to MP4 or WebM")


def save(page: Page, form: str, folder: Path) -> Path:
    """The file that a button saves."""
    with page.expect_download() as started:
        page.click(f"[data-save={form}]")
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def drop(page: Page, files: list[Path]) -> None:
    """Drop files on the page."""
    contents = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    page.evaluate(
        """(files) => {
            const dataTransfer = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                dataTransfer.items.add(new File([bytes], name));
            }
            window.dispatchEvent(new DragEvent('drop', {dataTransfer, cancelable: true}));
        }""",
        contents,
    )


def shown(tab: Tab, search: str) -> None:
    """Search through the video that is being played, and wait for the landmarks over it."""
    tab.page.locator("#playback").wait_for(state="visible")
    tab.wait("document.getElementById('video').readyState >= 2")
    tab.page.evaluate(f"(() => {{ const video = document.getElementById('video'); {search}; }})()")
    tab.wait("""(() => {
        const canvas = document.getElementById('video-overlay');
        const context = canvas.getContext('2d');
        return context.getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
    })()""")


def frame_count(clip: Path) -> int:
    """How many frames a clip has."""
    video = cv2.VideoCapture(str(clip))
    count = 0
    while video.grab():
        count += 1
    return count
