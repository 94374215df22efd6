"""Strict pages: Trusted Types, a module that is loaded twice, and a page that cannot start."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MEDIA
from tab import Tab

from builder.server import Handler
from builder.site import SITE

TAG = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="{site}holistic-tracking.js"></script>
<holistic-tracking src="signing.jpg"></holistic-tracking>
"""


@pytest.mark.parametrize("elsewhere", [False, True], ids=["own origin", "another origin"])
@pytest.mark.parametrize("listed", ["", "; trusted-types holistic-tracking"])
def test_a_page_may_demand_trusted_types(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    own_site: tuple[Path, str],
    elsewhere: bool,
    listed: str,
) -> None:
    folder, site = own_site

    class Strict(Handler):
        def end_headers(self) -> None:
            if self.path.endswith(".html"):
                policy = f"require-trusted-types-for 'script'{listed}"
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

    (folder / "strict.html").write_text(TAG.format(site=site if elsewhere else "./"), "utf-8")
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    address = serve(folder, Strict).replace("127.0.0.1", "localhost")
    tab = open_tab(f"{address}strict.html")
    assert tab.wait_for("landmarks")[0]["people"]
    assert tab.complaints == []


def test_the_module_may_be_loaded_from_two_addresses(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, site = own_site
    again = f'<script type="module" src="{site}holistic-tracking.js?again"></script>'
    (folder / "twice.html").write_text(TAG.format(site="./") + again, "utf-8")
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    tab = open_tab(f"{site}twice.html")
    assert tab.wait_for("landmarks")[0]["people"]
    (warning,) = tab.complaints
    assert "is there already" in warning


def shown(tab: Tab) -> str:
    """What the page says instead of starting."""
    told = tab.page.locator("#unstarted.told")
    told.wait_for(state="visible")
    return told.inner_text()


@pytest.mark.parametrize("name", ["page/start.js", "tag/settings.js"])
def test_a_script_of_a_wrong_type_is_named_in_plain_words(
    open_tab: Callable[..., Tab], serve: Callable[..., str], name: str
) -> None:
    class Wrong(Handler):
        def guess_type(self, path: str) -> str:  # type: ignore[override]
            wrong = path.endswith(name)
            return "application/octet-stream" if wrong else super().guess_type(path)

    text = shown(open_tab(serve(SITE, Wrong)))
    assert f"sends {name} as application/octet-stream" in text
    assert "text/javascript" in text


def test_a_script_that_is_missing_is_named(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, site = own_site
    (folder / "page" / "service.js").unlink()
    assert "page/service.js is not on the server" in shown(open_tab(site))


def test_a_page_that_is_opened_as_a_file_says_what_to_do(open_tab: Callable[..., Tab]) -> None:
    assert "python3 build.py serve" in shown(open_tab((SITE / "index.html").as_uri()))


def test_without_scripts_the_page_says_so(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(site, java_script_enabled=False)
    text = tab.page.locator("noscript").inner_text()
    assert "JavaScript, which is switched off" in text


def test_a_page_that_starts_says_nothing(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(site)
    tab.wait("globalThis.holisticTracking")
    assert tab.page.locator("#unstarted").count() == 0


def test_controls_that_do_not_start_are_told(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, site = own_site
    (folder / "page" / "app.py").unlink()
    start = folder / "page" / "start.js"
    text = start.read_text("utf-8")
    start.unlink()
    start.write_text(re.sub(r"CONTROLS = \d+_000", "CONTROLS = 500", text), "utf-8")
    tab = open_tab(site)
    message = tab.page.locator("#fault-message")
    message.wait_for(state="visible")
    assert "controls did not start" in message.inner_text()
