"""The documentation inside the built site, in a real browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from builder.site import SITE

FOLDER = "some/deep/folder"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The documentation's address, on a host where the site is not in the root."""
    root: Path = tmp_path_factory.mktemp("host")
    shutil.copytree(SITE / "docs", root / FOLDER / "docs")
    return f"{serve(root)}{FOLDER}/docs/"


@pytest.fixture
def page(launch: Callable[..., Browser]) -> Iterator[Page]:
    context = launch().new_context()
    yield context.new_page()
    context.close()


def test_pages_load_whole_and_ask_no_other_origin(page: Page, address: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
    for name in ("index.html", "api.html", "architecture.html", "journal/index.html"):
        page.goto(address + name, wait_until="networkidle")
        assert page.locator("article h1").count() == 1
    assert page.evaluate("crossOriginIsolated")
    assert not failed
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_search_finds_a_landmark_by_its_name(page: Page, address: str) -> None:
    page.goto(f"{address}index.html")
    page.locator(".md-search__button").click()
    page.get_by_role("combobox", name="Search").fill("left_wrist")
    found = page.locator("[role=listbox] a").filter(has_text="left_wrist")
    found.first.click()
    page.wait_for_url(f"{address}*.html*")
    assert "left_wrist" in page.locator("article").inner_text()


def test_the_reference_has_what_the_docstrings_say(page: Page, address: str) -> None:
    page.goto(f"{address}api.html")
    for name in ("Tracker", "Result", "Person", "angles.joint_angles", "recording.read"):
        assert page.locator(f"[id='holistic.{name}']").count() == 1, name
    assert page.get_by_text("redetect_interval").count() > 0
