"""The examples: each one file, driven by the landmarks of the signing clips."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import CLIP
from playwright.sync_api import Browser, Download, Page, expect
from replay import details, send, track
from tab import Tab

from builder import ROOT
from holistic.results.result import Result

EXAMPLES = sorted((ROOT / "web" / "examples").glob("*.html"))
TAG = "holistic-tracking"


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """Somebody raises both hands, holds them together and lowers them."""
    return track(CLIP)


@pytest.fixture
def example(launch: Callable[..., Browser], site: str) -> Callable[[str], Page]:
    """A function that opens an example without the tag's module: tests send its events."""
    context = launch().new_context(viewport={"width": 1100, "height": 760})
    context.route("**/holistic-tracking.js", lambda route: route.abort())

    def example(name: str) -> Page:
        page = context.new_page()
        page.goto(f"{site}examples/{name}")
        return page

    yield example
    context.close()


def saved(page: Page, button: str) -> tuple[str, str]:
    """The name and the text of the file that a button saves."""
    with page.expect_download() as started:
        page.click(button)
    download: Download = started.value
    return download.suggested_filename, Path(download.path()).read_text()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_one_file_that_needs_nothing_but_the_tag(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"\.\./[\w.-]+", text)) == {"../holistic-tracking.js", "../sample.webm"}
    assert "http" not in text
    assert "import " not in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_fits_a_phone_and_names_its_controls(
    example: Callable[[str], Page], path: Path
) -> None:
    page = example(path.name)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("button, input, select").all():
        assert control.evaluate("(it) => it.labels?.[0]?.textContent || it.textContent").strip()


class TestPuppet:
    """The puppet does what the person does."""

    @staticmethod
    def colours(page: Page) -> dict[str, int]:
        """How many pixels of the stage have which colour."""
        return page.evaluate("""async () => {
            for (let i = 0; i < 20; i++) await new Promise(requestAnimationFrame); // it glides
            const canvas = document.getElementById('stage');
            const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const counts = {};
            for (let i = 0; i < data.length; i += 4) {
                const colour = [...data.subarray(i, i + 3)].map(
                    (value) => value.toString(16).padStart(2, '0')).join('');
                counts[colour] = (counts[colour] ?? 0) + 1;
            }
            return counts;
        }""")

    def test_head_body_and_hands_follow(
        self, example: Callable[[str], Page], results: list[Result], screenshots: Path
    ) -> None:
        page = example("puppet.html")
        assert "f0915a" not in self.colours(page), "nobody is there yet"
        send(page, TAG, details(results[:45]), pause=20)
        shown = self.colours(page)
        page.screenshot(path=screenshots / "puppet.png")
        for part in ("f0915a", "ffe9d2", "4a7fb5", "5a90c6"):  # fur, muzzle, shirt, sleeves
            assert shown.get(part, 0) > 500, part
        expect(page.locator("#hint")).to_be_empty()

    def test_eyes_close_and_the_mouth_opens(
        self, example: Callable[[str], Page], results: list[Result]
    ) -> None:
        page = example("puppet.html")
        (face,) = details(results[:1])
        send(page, TAG, [face])
        awake = self.colours(page)
        points = np.array(face["people"][0]["face"])
        for top, bottom in ((159, 145), (386, 374)):
            points[top] = points[bottom]
        points[14, 1] += 0.8 * (points[308, 0] - points[78, 0]) * 640 / 480
        face["people"][0]["face"] = points.tolist()
        send(page, TAG, [face])
        yawning = self.colours(page)
        assert awake["ffffff"] > 100 > yawning.get("ffffff", 0), "the white of the eyes"
        assert yawning["ef6f7c"] > awake["ef6f7c"] + 50, "the tongue"


class TestFitness:
    """Repetitions are counted from a joint's angle."""

    def test_raising_and_lowering_the_arms_counts_once(
        self, example: Callable[[str], Page], results: list[Result], screenshots: Path
    ) -> None:
        page = example("fitness.html?exercise=curl")
        send(page, TAG, details(results[:60]), pause=10)
        expect(page.locator("#count")).to_have_text("0")
        send(page, TAG, details(results[60:]), pause=10)
        expect(page.locator("#count")).to_have_text("1")
        page.screenshot(path=screenshots / "fitness.png")

    def test_trembling_around_a_threshold_counts_nothing(
        self, example: Callable[[str], Page], results: list[Result]
    ) -> None:
        page = example("fitness.html?exercise=curl")
        bent, straight = details([results[50], results[0]])
        for event in (straight, bent, straight, bent, straight):
            send(page, TAG, [event])
        expect(page.locator("#count")).to_have_text("2")
        arm = np.array(bent["people"][0]["poseWorld"])
        for number in range(20):  # to 125 and 95 degrees: the stretched one is never reached
            send(page, TAG, [elbows_at(bent, arm, 125 if number % 2 else 95)])
        expect(page.locator("#count")).to_have_text("2")

    def test_a_joint_out_of_view_is_told(
        self, example: Callable[[str], Page], results: list[Result]
    ) -> None:
        page = example("fitness.html?exercise=squat")
        send(page, TAG, details(results[:1]))
        expect(page.locator("#state")).to_contain_text("out of view")


class TestTogether:
    """With the tag: the sample clip, tracked in the page itself."""

    @pytest.mark.parametrize(
        ("name", "works"),
        [
            ("puppet.html", "document.getElementById('hint').textContent === ''"),
            ("fitness.html?exercise=curl", "Number(document.getElementById('count').value) > 0"),
            ("fingerspelling.html", "/A: [1-9]/.test(document.getElementById('tally').innerText)"),
        ],
        ids=["puppet", "fitness", "fingerspelling"],
    )
    def test_an_example_follows_the_sample_clip(
        self, open_tab: Callable[..., Tab], site: str, name: str, works: str, screenshots: Path
    ) -> None:
        again = """addEventListener('state', ({detail, target}) => {
            if (detail.state === 'ended') target.start();  // a slow machine sees more of it then
        });"""
        tab = open_tab(f"{site}examples/{name}", script=again)
        tab.page.click("#clip")
        if tab.page.locator("#record").count():
            tab.page.click("#record")
        tab.wait_for("landmarks", 3)
        tab.wait(works)
        tab.page.screenshot(path=screenshots / f"{name.partition('.')[0]}_with_tag.png")
        assert tab.complaints == []


def elbows_at(event: dict, arm: np.ndarray, degrees: float) -> dict:
    """The event with both elbows at this angle."""
    world = arm.copy()
    for shoulder, elbow, wrist in ((11, 13, 15), (12, 14, 16)):
        turn = np.radians(degrees)
        world[elbow] = world[shoulder] + (0, 0.3, 0)
        world[wrist] = world[elbow] + 0.25 * np.array((np.sin(turn), -np.cos(turn), 0))
    person = event["people"][0] | {"poseWorld": world.tolist()}
    return event | {"people": [person]}


class TestFingerspelling:
    """Labelled frames of normalised hands."""

    @pytest.fixture
    def recorded(
        self, example: Callable[[str], Page], results: list[Result], screenshots: Path
    ) -> Page:
        """A page that has recorded five frames of one sign and three of another."""
        page = example("fingerspelling.html")
        send(page, TAG, details(results[:2]))  # not recorded
        for label, frames in (('A "b"', results[40:45]), ("C", results[50:53])):
            page.fill("#label", label)
            page.click("#record")
            send(page, TAG, details(frames))
            page.click("#record")
        expect(page.locator("#tally")).to_have_text('A "b": 5, C: 3')
        page.screenshot(path=screenshots / "fingerspelling.png")
        return page

    def test_hands_begin_at_the_wrist_and_have_a_palm_of_length_one(
        self, recorded: Page, results: list[Result]
    ) -> None:
        name, text = saved(recorded, "#json")
        samples = json.loads(text)["samples"]
        assert name == "fingerspelling.json"
        assert [sample["label"] for sample in samples] == ['A "b"'] * 5 + ["C"] * 3
        result = results[40]
        expected = result.pixels(result.left_hand)
        expected = (expected - expected[0]) / np.linalg.norm(expected[9] - expected[0])
        hand = np.reshape(samples[0]["left"], (21, 3))
        assert hand == pytest.approx(expected, abs=1e-3)
        assert hand[0] == pytest.approx((0, 0, 0))

    def test_a_line_of_the_table_is_a_frame(self, recorded: Page, results: list[Result]) -> None:
        name, text = saved(recorded, "#csv")
        lines = list(csv.DictReader(io.StringIO(text)))
        assert name == "fingerspelling.csv"
        assert len(lines) == 8
        assert len(lines[0]) == 2 + 2 * 63
        assert lines[0]["label"] == 'A "b"'
        for line, result in zip(lines, [*results[40:45], *results[50:53]], strict=True):
            assert float(line["timestamp"]) == pytest.approx(result.timestamp)
            assert (line["right_x8"] == "") == (result.right_hand is None)
