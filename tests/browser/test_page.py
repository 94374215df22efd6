"""The page's controls, and how it tells that it is loading."""

from collections.abc import Callable
from pathlib import Path

from conftest import ALLOW_CAMERA
from playwright.sync_api import expect
from tab import Tab


def test_loading_is_told_in_bytes_for_each_part(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(
        site,
        script="""
        globalThis.progress = {};
        addEventListener('progress', ({detail: {part, ...bytes}}) => {
            if (detailIsNews(progress[part], bytes)) progress[part] = bytes;
        });
        const detailIsNews = (old, {loaded}) => !old || loaded >= old.loaded;
        """,
    )
    tab.wait_for("ready")
    progress = tab.page.evaluate("progress")
    assert set(progress) == {"runtime", "packages", "models"}
    for part, bytes_ in progress.items():
        assert bytes_["loaded"] == bytes_["total"] > 100_000, part
    expect(tab.page.locator("#loading")).to_be_hidden()


def test_start_stop_and_mirror(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(site, *camera, ALLOW_CAMERA)
    tab.page.click("#camera")
    tab.wait_for("landmarks", 3)
    tab.page.click("#mirror")
    expect(tab.page.locator("#mirror")).to_have_attribute("aria-pressed", "true")
    tab.page.click("#stop")
    expect(tab.page.locator("#stop")).to_be_disabled()
    count = len(tab.seen("landmarks"))
    tab.page.wait_for_timeout(500)
    assert len(tab.seen("landmarks")) == count
    tab.page.click("#camera")
    assert tab.wait_for_more()[count]["frame"] == 1, "a new start counts anew"
    assert tab.complaints == []


def test_a_picture_takes_the_cameras_place(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str], picture: Path
) -> None:
    tab = open_tab(f"{site}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait_for("landmarks", 3)
    tab.choose_file(picture)
    tab.wait_for_state("ended")
    tab.wait("seen.landmarks.at(-1).timestamp === 0")
    assert tab.complaints == []


def test_overlays_can_be_switched_off(
    open_tab: Callable[..., Tab], site: str, picture: Path, screenshots: Path
) -> None:
    tab = open_tab(site)
    tab.choose_file(picture)
    tab.wait_for("landmarks")
    view = tab.page.locator("#tracker")
    tab.page.screenshot(path=screenshots / "picture.png")
    with_overlays = view.screenshot()
    for part in ("pose", "face", "leftHand", "rightHand"):
        tab.page.uncheck(f"#show-{part}")
    assert view.screenshot() != with_overlays


def test_dark_and_narrow_screens(
    open_tab: Callable[..., Tab], site: str, picture: Path, screenshots: Path
) -> None:
    tab = open_tab(site)
    tab.choose_file(picture)
    tab.wait_for("landmarks")
    tab.page.emulate_media(color_scheme="dark")
    tab.page.screenshot(path=screenshots / "dark.png")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.screenshot(path=screenshots / "phone.png", full_page=True)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
