"""Live plots: the signals are those of holistic.angles, and both plots and 3D view show them."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from conftest import HANDS_CLIP
from playwright.sync_api import Locator, Page, expect
from replay import details, send, smiling, track, turning

from holistic.results.angles import head_pose, head_rotation, joint_angles, openings
from holistic.results.named_points import FacePoints, WorldPosePoints
from holistic.results.result import Result
from holistic.shared import connections

PATIENCE_SECONDS = 60
DRAWN = 200
"""Milliseconds by the page's own clock after which whatever has changed is drawn."""

EDGES = {"pose": connections.BODY, "face": connections.FACE}
EDGES |= dict.fromkeys(("leftHand", "rightHand"), connections.HAND)
COLOURS = {"--holistic-pose": "#ff0000", "--holistic-face": "#00ff00"}
COLOURS |= {"--holistic-left-hand": "#0000ff", "--holistic-right-hand": "#ffff00"}
COLOURS |= {"--line-1": "#ff00ff", "--line-2": "#00ffff"}
COLOURS |= {f"--line-{number}": f"#8{number}8{number}8{number}" for number in range(3, 7)}
WORLD_COLOURS = {"pose": "#ff0000", "face": "#00ff00", "leftHand": "#0000ff"}
WORLD_COLOURS |= {"rightHand": "#ffff00", "floor": "#808080"}


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """Somebody signs with one hand."""
    return track(HANDS_CLIP)[:30]


def signal(
    page: Page, name: str, *arguments: Any, module: str = "plots/signals.js"
) -> dict[str, Any]:
    """What a function of a module makes of these arguments; lists become Float32Arrays."""
    return page.evaluate(
        """async ([module, name, values, ...rest]) =>
            (await import(`./${module}`))[name](Float32Array.from(values), ...rest)""",
        [module, name, np.ravel(arguments[0]).tolist(), *arguments[1:]],
    )


class TestSignals:
    """Equal to the native package, whatever the landmarks."""

    def test_joint_angles(self, empty_page: Page, results: list[Result]) -> None:
        anything = np.random.default_rng(3).normal(size=(33, 3)).astype(np.float32)
        for world in (results[0].pose_world, results[20].pose_world, WorldPosePoints.of(anything)):
            angles = signal(empty_page, "jointAngles", world)
            assert angles == pytest.approx(joint_angles(world), abs=1e-3)

    def test_head_pose(self, empty_page: Page, results: list[Result]) -> None:
        anything = np.random.default_rng(4).normal(size=(468, 3)).astype(np.float32)
        for face in (results[0].face, results[20].face, FacePoints.of(anything)):
            head = signal(empty_page, "headOf", face, 640, 480, module="tag/head.js")
            rotation = head_rotation(face, 640, 480)
            assert head.pop("matrix") == pytest.approx(rotation.ravel().tolist(), abs=1e-4)
            assert head == pytest.approx(head_pose(face, 640, 480)._asdict(), abs=1e-3)

    def test_openings_of_eyes_and_mouth(self, empty_page: Page, results: list[Result]) -> None:
        anything = np.random.default_rng(5).normal(size=(468, 3)).astype(np.float32)
        for face in (results[0].face, results[20].face, FacePoints.of(anything)):
            found = signal(empty_page, "openings", face, 640, 480)
            assert found == pytest.approx(openings(face, 640, 480), abs=1e-4)


def wait_for_colour(page: Page, selector: str, colour: str, least: int) -> None:
    """Wait until more than ``least`` pixels of a canvas have a colour: it is drawn by and by."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := count(page, selector, colour)) <= least:
        assert time.monotonic() < deadline, (selector, colour, found)
        page.wait_for_timeout(50)


def shot(canvas: Locator) -> bytes:
    """What a canvas shows once all is drawn."""
    drawn = "new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), {}))"
    canvas.page.evaluate(drawn.format(DRAWN))
    return canvas.screenshot()


def count(page: Page, selector: str, colour: str) -> int:
    """How many pixels of a canvas have about this colour, also where they are transparent."""
    return page.evaluate(
        """([selector, colour]) => {
            const canvas = document.querySelector(selector);
            const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
            let count = 0;
            for (let i = 0; i < data.length; i += 4) {
                const close = (value, channel) => Math.abs(value - data[i + channel]) < 12;
                if (data[i + 3] > 40 && wanted.every(close)) count += 1;
            }
            return count;
        }""",
        [selector, colour],
    )


def test_a_sheet_is_drawn_as_large_as_it_is_shown_no_faster_than_asked_and_only_in_view(
    empty_page: Page,
) -> None:
    drawn = empty_page.evaluate(
        """async () => {
            const {Sheet} = await import('./plots/sheet.js');
            const soon = async () => {
                await new Promise((resolve) => setTimeout(resolve, 200));
                for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
            };
            document.body.innerHTML = '<canvas style="width: 90px; height: 50px"></canvas>';
            const canvas = document.querySelector('canvas');
            const drawn = [];
            const sheet = new Sheet(canvas, 60_000, (pen, ...size) => drawn.push(size));
            await soon();
            for (let i = 0; i < 9; i++) sheet.draw();
            await soon();
            canvas.style.display = 'none';
            const hidden = new Sheet(canvas, 0, (pen, ...size) => drawn.push(size));
            await soon();
            hidden.draw();
            return drawn;
        }"""
    )
    assert drawn == [[90, 50, 1]]


class TestCharts:
    """Strips with a legend."""

    @pytest.fixture
    def charts(self, empty_page: Page, results: list[Result]) -> Page:
        empty_page.evaluate(
            """async (colours) => {
                const {Charts} = await import('./plots/charts.js');
                for (const [name, colour] of Object.entries(colours)) {
                    document.documentElement.style.setProperty(name, colour);
                }
                globalThis.charts = new Charts(document.body);
                document.body.addEventListener('landmarks', ({detail}) => charts.push(detail));
            }""",
            COLOURS,
        )
        send(empty_page, "body", details(results), pause=20)
        return empty_page

    def test_each_signal_draws_its_line(self, charts: Page) -> None:
        titles = charts.locator("figure:not([hidden]) figcaption").all_inner_texts()
        assert titles == ["Time of each stage", "Joint angles", "Head pose", "Eyes and mouth open"]
        assert charts.locator("figure:nth-child(5)").is_hidden()
        expected = {
            1: ("--holistic-pose", "--holistic-face"),
            2: ("--line-1", "--line-6"),
            3: ("--line-1",),
        }
        for number, names in expected.items():
            for name in names:
                canvas = f"figure:nth-child({number}) canvas"
                wait_for_colour(charts, canvas, COLOURS[name], 5)

    def test_the_legend_has_the_current_numbers(self, charts: Page, results: list[Result]) -> None:
        charts.wait_for_timeout(300)
        send(charts, "body", details(results[-1:]))
        angles = joint_angles(results[-1].pose_world)
        elbow = charts.locator("figure:nth-child(2) span").first
        expect(elbow).to_have_text(f"left elbow {angles['left_elbow']:.0f}°")

    def test_an_expression_has_a_strip_as_soon_as_there_is_one(
        self, charts: Page, results: list[Result]
    ) -> None:
        expression = charts.locator("figure:nth-child(5)")
        send(charts, "body", details(smiling(results[:1])))
        expression.scroll_into_view_if_needed()
        send(charts, "body", details(smiling(results)), pause=20)
        expect(expression.locator("figcaption")).to_have_text("Expression")
        wait_for_colour(charts, "figure:nth-child(5) canvas", COLOURS["--line-1"], 5)
        smile = expression.locator("span", has_text="smile")
        expect(smile).to_have_text(f"smile {(44 + 45) / 2 / 51:.2f}")

    def test_bones_have_a_strip_as_soon_as_they_are_found(
        self, charts: Page, results: list[Result]
    ) -> None:
        bones = charts.locator("figure:nth-child(6)")
        expect(bones).to_be_hidden()
        send(charts, "body", details(turning(results[:1])))
        bones.scroll_into_view_if_needed()
        send(charts, "body", details(turning(results)), pause=20)
        expect(bones.locator("figcaption")).to_have_text("Turn of bones")
        wait_for_colour(charts, "figure:nth-child(6) canvas", COLOURS["--line-6"], 5)
        expect(bones.locator("span", has_text="head")).to_have_text("head 60°")

    def test_nobody_is_no_number(self, charts: Page) -> None:
        charts.wait_for_timeout(300)
        send(charts, "body", details([Result(9999.0, 640, 480, ())]))
        expect(charts.locator("figure:nth-child(3) span").first).to_have_text("yaw –")


class TestWorld:
    """The body in space, which can be turned."""

    @pytest.fixture
    def world(self, empty_page: Page, results: list[Result]) -> Iterator[Page]:
        empty_page.evaluate(
            """async ([edges, colours]) => {
                const {World} = await import('./plots/world.js');
                document.body.innerHTML = '<canvas id="world" tabindex="0"></canvas>';
                const canvas = document.querySelector('canvas');
                canvas.style = 'width: 400px; height: 400px';
                const world = new World(canvas, edges, colours);
                document.body.addEventListener('landmarks', ({detail}) => world.show(detail));
            }""",
            [EDGES, WORLD_COLOURS],
        )
        send(empty_page, "body", details(results[15:16]))
        return empty_page

    def test_body_face_and_hands_are_shown(self, world: Page) -> None:
        for colour in WORLD_COLOURS.values():
            wait_for_colour(world, "#world", colour, 10)

    def test_it_turns_by_dragging_and_by_keys_and_back(self, world: Page) -> None:
        canvas = world.locator("#world")
        front = shot(canvas)
        box = canvas.bounding_box()
        world.mouse.move(box["x"] + 200, box["y"] + 200)
        world.mouse.down()
        world.mouse.move(box["x"] + 300, box["y"] + 220, steps=4)
        world.mouse.up()
        dragged = shot(canvas)
        assert dragged != front
        world.mouse.move(box["x"] + 100, box["y"] + 100)
        assert shot(canvas) == dragged, "the button is up"
        canvas.focus()
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            before = shot(canvas)
            world.keyboard.press(key)
            assert shot(canvas) != before, key
        world.keyboard.press("Home")
        canvas.blur()
        assert shot(canvas) == front
