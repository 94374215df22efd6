"""The 'page benchmark' button: the visitor's own machine, measured by the page."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect
from tab import PATIENCE, Tab

from bench import visits


def test_it_measures_the_sample_clip_and_gives_the_result_as_json(
    open_tab: Callable[..., Tab], site: str
) -> None:
    tab = open_tab(f"{site}?workers=1")
    page: Page = tab.page
    page.click("#benchmark-start")
    expect(page.locator("#benchmark-start")).to_be_disabled()
    expect(page.locator("#benchmark-cancel")).to_be_visible()
    expect(page.locator("#benchmark-result")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("row", name="Frames a second")).to_be_visible()
    expect(page.locator("#benchmark-progress")).to_be_hidden()
    with page.expect_download() as download:
        page.click("#benchmark-save")
    run = json.loads(download.value.path().read_text())
    assert run["frames"] > 1
    assert 0 < run["latency_median_ms"] <= run["latency_p95_ms"]
    assert run["stages_ms"]["pose"]["network"] > 0
    assert run["settings"]["workers"] == 1
    assert f"| {run['frames_per_second']:.1f} |" in visits.markdown({"benchmark.json": run})
    assert tab.complaints == []


def test_it_can_be_cancelled_and_leaves_no_source(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(site)
    tab.page.click("#benchmark-start")
    tab.page.focus("#benchmark-cancel")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#benchmark-status")).to_have_text("Cancelled.")
    expect(tab.page.locator("#benchmark-start")).to_be_enabled()
    expect(tab.page.locator("#benchmark-result")).to_be_hidden()
    tab.wait("document.getElementById('tracker').state === 'idle'")
    assert tab.complaints == []
