"""Wherever the site is hosted and the tag embedded: without headers, with strict ones, offline."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ALLOW_CAMERA, MEDIA, Hold
from tab import PATIENCE, Tab

from bench import wire
from builder import ROOT
from builder.server import Handler, PlainHandler
from builder.site import SITE

DOCUMENT = (ROOT / "docs" / "embedding.md").read_text("utf-8")
(POLICY,) = re.findall(
    r"^```text\n(Content-Security-Policy: .*?)\n```$", DOCUMENT, re.DOTALL | re.M
)
HOST = "https://tracker.example"
MOST_BYTES = 15e6
"""Of a first visit to a host that compresses; it was 14.6 MB when this was written.

2.7 of them are the palm detector, which finds hands where there is no body.
"""
TAG = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="{site}holistic-tracking.js"></script>
<holistic-tracking src="camera"></holistic-tracking>
"""


def test_no_file_is_larger_than_static_hosts_take() -> None:
    sizes = {path.name: path.stat().st_size for path in SITE.rglob("*") if path.is_file()}
    assert max(sizes.values()) < 10e6


def test_where_a_host_sends_no_headers_a_service_worker_adds_them(
    open_tab: Callable[..., Tab], serve: Callable[..., str], camera: tuple[str, str]
) -> None:
    tab = open_tab(f"{serve(SITE, PlainHandler)}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait("crossOriginIsolated && seen.ready.length")
    assert tab.seen("ready")[0]["shared"]
    assert tab.wait_for("landmarks", 3)[-1]["people"]
    assert tab.complaints == []


def test_a_page_that_could_not_wait_for_the_service_worker_is_isolated_before_it_shows_anything(
    open_tab: Callable[..., Tab], serve: Callable[..., str], hold: Hold, camera: tuple[str, str]
) -> None:
    late, service_comes = hold(PlainHandler, "holistic-service.js")
    still_later, models_come = hold(late, "pose_detector")
    tab = open_tab(f"{serve(SITE, still_later)}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait_for_state("opening")  # it has begun without
    service_comes.set()
    tab.wait("crossOriginIsolated && seen.state.length")
    models_come.set()
    assert tab.wait_for("ready")[0]["shared"]
    assert tab.wait_for("landmarks", 3)[-1]["people"]


def test_a_page_that_shows_something_is_not_loaded_again_for_the_service_worker(
    open_tab: Callable[..., Tab], serve: Callable[..., str], hold: Hold, camera: tuple[str, str]
) -> None:
    late, service_comes = hold(PlainHandler, "holistic-service.js")
    tab = open_tab(f"{serve(SITE, late)}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait_for("landmarks", 3)
    service_comes.set()
    tab.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tab.wait_for_more("landmarks", 5)
    assert not tab.wait_for("ready")[0]["shared"]
    assert not tab.page.evaluate("crossOriginIsolated")
    tab.page.reload()
    tab.wait("crossOriginIsolated && seen.ready.length")
    assert tab.complaints == []


def test_it_adds_them_also_where_the_browser_keeps_nothing(
    open_tab: Callable[..., Tab], serve: Callable[..., str], own_site: tuple[Path, str]
) -> None:
    script = own_site[0] / "holistic-service.js"
    text = script.read_text("utf-8")
    script.unlink()
    script.write_text(f"caches.open = () => Promise.reject(new Error('closed'));\n{text}", "utf-8")
    tab = open_tab(serve(own_site[0], PlainHandler))
    tab.wait("crossOriginIsolated && globalThis.holisticTracking")


def test_without_headers_and_without_a_service_worker_it_works_with_messages(
    open_tab: Callable[..., Tab], serve: Callable[..., str], camera: tuple[str, str]
) -> None:
    url = f"{serve(SITE, PlainHandler)}?src=camera"
    tab = open_tab(url, *camera, ALLOW_CAMERA, service_workers="block")
    assert not tab.wait_for("ready")[0]["shared"]
    tab.complaints.clear()
    assert tab.wait_for("landmarks", 10)[-1]["people"]
    assert "no shared memory" in tab.page.inner_text("#mode")
    tab.page.evaluate("workers[0].terminate()")
    assert "tracking goes on" in tab.passing_fault("worker-died")
    assert tab.wait_for_more("landmarks", 5)[-1]["people"]


def test_a_strict_policy_of_the_embedding_page_is_enough(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    site: str,
    camera: tuple[str, str],
    tmp_path: Path,
) -> None:
    policy = POLICY.replace(HOST, site.rstrip("/")).replace("\n ", "")

    class StrictHandler(Handler):
        def end_headers(self) -> None:
            self.send_header(*policy.split(": ", 1))
            super().end_headers()

    (tmp_path / "index.html").write_text(TAG.format(site=site), "utf-8")
    url = serve(tmp_path, StrictHandler).replace("127.0.0.1", "localhost")
    tab = open_tab(url, *camera, ALLOW_CAMERA)
    assert tab.wait_for("landmarks", 3)[-1]["people"]
    assert [text for text in tab.complaints if "data:," not in text] == []


def test_no_script_but_our_own_runs_on_our_own_page(
    open_tab: Callable[..., Tab], site: str
) -> None:
    tab = open_tab(site)
    tab.wait("globalThis.holisticTracking")
    policy = tab.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    scripts = re.search(r"script-src ([^;]+)", policy)[1]
    assert scripts == "'self' 'wasm-unsafe-eval'", "no text becomes a script"
    tab.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'globalThis.broken = true';
            document.body.append(script);
        }"""
    )
    assert not tab.page.evaluate("globalThis.broken ?? false")
    assert any("Content Security Policy" in text for text in tab.complaints)


@pytest.mark.parametrize("handler", [Handler, PlainHandler], ids=["isolated", "not isolated"])
def test_in_an_iframe(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    camera: tuple[str, str],
    tmp_path: Path,
    handler: type[Handler],
) -> None:
    allowed = "camera; cross-origin-isolated"
    source = f'<!doctype html><iframe allow="{allowed}" src="{serve(SITE)}?src=camera"></iframe>'
    (tmp_path / "index.html").write_text(source, "utf-8")
    tab = open_tab(serve(tmp_path, handler), *camera, ALLOW_CAMERA)
    frame = tab.page.frames[1]
    deadline = time.monotonic() + PATIENCE / 1000
    while not frame.evaluate("seen.landmarks.length && seen.ready.length"):
        assert time.monotonic() < deadline
        tab.page.wait_for_timeout(100)
    assert frame.evaluate("seen.ready[0].shared") == (handler is Handler)


def test_after_it_has_been_loaded_it_needs_no_network(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    # With less effort it asks for light models, and goes on without.
    tab = open_tab(f"{site}?level=full", *camera, ALLOW_CAMERA)
    tab.wait_for("ready")
    tab.wait("globalThis.holisticTracking")
    tab.page.context.set_offline(True)
    before = len(tab.requests)
    tab.page.click("#camera")
    assert tab.wait_for("landmarks", 5)[-1]["people"]
    tab.choose_file(MEDIA / "signing.jpg")
    tab.wait("seen.landmarks.at(-1).timestamp === 0")
    # The browser itself looks for the page's icon when the settings change the address.
    harmless = ("blob:", f"{site}page/icon.svg")
    assert [url for url in tab.requests[before:] if not url.startswith(harmless)] == []


def test_two_tabs_at_once(open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]) -> None:
    tab = open_tab(f"{site}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait_for("landmarks")
    second = Tab(tab.page.context.new_page(), f"{site}?src=camera")
    second.wait_for("landmarks", 3)
    tab.wait_for_more("landmarks", 3)
    assert tab.complaints == second.complaints == []


def test_the_first_visit_is_not_heavier_than_it_need_be(
    open_tab: Callable[..., Tab], camera: tuple[str, str]
) -> None:
    with wire.serve(SITE) as host:
        tab = open_tab(f"{host.address}/?src=camera&variant=pruned_int8", *camera, ALLOW_CAMERA)
        tab.wait_for("landmarks")
        assert host.sent() < MOST_BYTES
