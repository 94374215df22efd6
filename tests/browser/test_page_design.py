"""The page: one click shows it work; every setting acts at once and is kept in the address; it can
be used on a phone, by keyboard and by ear, in the light and in the dark.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ALLOW_CAMERA, FAKE_CAMERA
from playwright.sync_api import Page, expect
from tab import Tab

PHONE = {"width": 360, "height": 740}

# The names of all controls, of which none may be empty.
NAMES = """() => [...document.querySelectorAll('button, input, select, a, summary, [tabindex]')]
    .map((it) => [it.id || it.textContent.trim() || it.value, (it.getAttribute('aria-label')
        || it.labels?.[0]?.textContent || it.textContent).trim()])"""

# Everything that can be seen and used.
USABLE = """() => [...document.querySelectorAll('button, input, select, a, summary, [tabindex]')]
    .filter((it) => it.checkVisibility() && !it.disabled).length"""

# Contrast of texts with what is behind them, as WCAG computes it.
CONTRASTS = """() => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (it) => {
        const colour = getComputedStyle(it).backgroundColor;
        return colour === 'rgba(0, 0, 0, 0)' ? ground(it.parentElement) : colour;
    };
    const texts = [...document.querySelectorAll('h1, h2, p, a, button, label, th, output, select')];
    return texts.filter((it) => it.checkVisibility() && !it.disabled && it.textContent.trim()
            && !it.closest('#tracker')).map((it) => {
        const [a, b] = [getComputedStyle(it).color, ground(it)].map(light).sort((x, y) => y - x);
        return [it.textContent.trim().slice(0, 30), (a + 0.05) / (b + 0.05)];
    });
}"""


SETTLED = "Promise.all(document.getAnimations().map(({finished}) => finished)).then(() => true)"


def wait_until_painted(tab: Tab, selector: str) -> None:
    """Look at a canvas, and wait for something to be drawn on it."""
    tab.page.locator(selector).scroll_into_view_if_needed()
    tab.wait(f"""(() => {{
        const canvas = document.querySelector('{selector}');
        const {{width, height}} = canvas;
        const copy = new OffscreenCanvas(width, height).getContext('2d');
        copy.drawImage(canvas, 0, 0);
        return copy.getImageData(0, 0, width, height).data.some(Boolean);
    }})()""")


def test_one_click_shows_it_work_in_every_view(
    open_tab: Callable[..., Tab], site: str, screenshots: Path
) -> None:
    tab = open_tab(site)
    page = tab.page
    tab.wait("globalThis.holisticTracking")
    page.click("#hint-sample")
    tab.wait_for("landmarks", 3)
    assert page.url == f"{site}?src=.%2Fsample.webm"
    for canvas in (
        "#world",
        "#charts figure:nth-child(1) canvas",
        "#charts figure:nth-last-child(1 of :not([hidden])) canvas",
    ):
        wait_until_painted(tab, canvas)
    page.screenshot(path=screenshots / "plots.png", full_page=True)
    expect(page.locator("#seen-face")).to_have_text("found")
    expect(page.locator("#hint")).to_be_hidden()
    tab.wait_for_state("ended")
    expect(page.locator("#summary")).to_have_text("The source has ended.")
    assert "Intel" in page.locator("footer").inner_text()
    assert "stay on this machine" in page.locator("footer").inner_text()
    assert tab.complaints == []


def test_a_setting_acts_at_once_and_is_kept_in_the_address(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(site, *camera, ALLOW_CAMERA)
    page = tab.page
    tab.wait("globalThis.holisticTracking")
    page.click("#camera")
    tab.wait("seen.landmarks.at(-1)?.people[0]?.face")
    page.get_by_label("Find the face").uncheck()
    tab.wait("seen.landmarks.at(-1).people[0]?.face === null")
    page.get_by_label("Find the left hand").uncheck()
    page.get_by_label("Draw the picture").uncheck()
    page.fill("#people", "3")
    page.press("#people", "Enter")
    page.select_option("#complexity", "0")
    page.select_option("#rotations", "1")
    page.select_option("#level", "lite")
    page.click("#mirror")
    tab.wait("seen.landmarks.at(-1).people[0]?.bones?.head")
    expected = {"src": "camera", "parts": "pose right-hand", "people": "3", "complexity": "0"}
    expected |= {"rotations": "1"}
    expected |= {"level": "lite", "mirror": "", "overlay": "pose face left-hand right-hand"}
    assert query(page) == expected
    page.reload()
    tab.wait("globalThis.holisticTracking")
    assert page.input_value("#people") == "3"
    assert page.input_value("#complexity") == "0"
    assert not page.get_by_label("Find the face").is_checked()
    assert not page.get_by_label("Draw the picture").is_checked()
    expect(page.locator("#mirror")).to_have_attribute("aria-pressed", "true")
    tab.wait(
        "seen.landmarks.at(-1)?.people.length && seen.landmarks.at(-1).people[0].face === null"
    )
    page.select_option("#complexity", "1")
    assert "complexity" not in query(page), "what is the default goes without saying"


def query(page: Page) -> dict[str, str]:
    """What the page's address says."""
    return page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")


def test_an_address_mirrors_unless_it_says_0(open_tab: Callable[..., Tab], site: str) -> None:
    for address, pressed in (("?mirror", "true"), ("?mirror=0", "false")):
        tab = open_tab(f"{site}{address}")
        tab.wait("globalThis.holisticTracking")
        expect(tab.page.locator("#mirror")).to_have_attribute("aria-pressed", pressed)


def test_the_camera_and_its_resolution_can_be_chosen(
    open_tab: Callable[..., Tab], site: str
) -> None:
    tab = open_tab(site, FAKE_CAMERA, ALLOW_CAMERA)
    page = tab.page
    tab.wait("globalThis.holisticTracking")
    page.click("#camera")
    tab.wait("seen.landmarks.at(-1)?.width === 640")
    page.locator("#device option").nth(1).wait_for(state="attached")
    page.select_option("#resolution", "1280x720")
    tab.wait("seen.landmarks.at(-1)?.width === 1280")
    assert query(page) == {"src": "camera", "resolution": "1280x720"}
    page.reload()
    tab.wait("seen.landmarks.at(-1)?.width === 1280")
    page.locator("#device option").nth(1).wait_for(state="attached")
    page.select_option("#device", index=1)
    page.select_option("#resolution", "640x480")
    tab.wait("seen.landmarks.at(-1).width === 640")
    assert query(page) == {"src": "camera"}
    page.click("#stop")
    expect(page.locator("#stop")).to_be_disabled()


@pytest.fixture
def idle(open_tab: Callable[..., Tab], site: str) -> Page:
    """The page before anything is tracked."""
    tab = open_tab(site)
    tab.wait("globalThis.holisticTracking")
    return tab.page


def test_it_can_be_used_by_keyboard_and_by_ear(idle: Page) -> None:
    assert [name for name, label in idle.evaluate(NAMES) if not label] == []
    usable = idle.evaluate(USABLE)
    assert usable > 30
    reached = set()
    for _ in range(usable + 3):
        idle.keyboard.press("Tab")
        reached.add(
            idle.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
    assert len(reached) >= usable, "Tab reaches everything"
    part = idle.get_by_label("Find the body")
    for box in ("face", "left hand", "right hand"):
        idle.get_by_label(f"Find the {box}").uncheck()
    part.focus()
    idle.keyboard.press("Space")
    expect(part).to_be_checked()  # something must be found
    assert {"status", "alert"} <= set(
        idle.evaluate("[...document.querySelectorAll('[role]')].map((it) => it.role)")
    )


def test_the_effort_that_the_tag_chooses_is_told(idle: Page) -> None:
    tell = """tracker.dispatchEvent(new CustomEvent('level',
        {detail: {level: 'lite', reason: 'frames take 70 ms'}}))"""
    idle.evaluate(tell)
    expect(idle.locator("#level-now")).to_have_text("Now lite: frames take 70 ms.")
    idle.select_option("#level", "lite")
    idle.evaluate(tell)
    expect(idle.locator("#level-now")).to_be_hidden()  # it was asked for


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(idle: Page, scheme: str, screenshots: Path) -> None:
    idle.emulate_media(color_scheme=scheme)
    idle.evaluate(SETTLED)  # buttons change their colour slowly
    idle.screenshot(path=screenshots / f"idle_{scheme}.png")
    faint = {text: round(ratio, 2) for text, ratio in idle.evaluate(CONTRASTS) if ratio < 4.5}
    assert faint == {}
    idle.set_viewport_size(PHONE)
    assert idle.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in idle.locator("button:visible").all():
        assert button.bounding_box()["height"] >= 36
    idle.screenshot(path=screenshots / f"phone_{scheme}.png", full_page=True)
