"""The second visit: everything comes from the browser's own store, and a new build all the same."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tab import Tab

from builder import server

ASKED_BY_EVERY_VISIT = {"/manifest.json", "/holistic-service.js"}
"""What tells a browser whether there is a new build."""


class Host:
    """A server of a folder that knows what it was asked for, and can be stopped."""

    def __init__(self, folder: Path) -> None:
        asked = self.asked = set[str]()

        class Handler(server.Handler):
            def do_GET(self) -> None:  # noqa: N802 (the library's name)
                asked.add(self.path.partition("?")[0])
                super().do_GET()

        self._http = server.make_server(folder, 0, Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/"

    def stop(self) -> None:
        """Answer nobody any more."""
        self._http.shutdown()
        self._http.server_close()


CHOSEN = ("avatar/", "models/", "python/", "three/")
"""Folders of which a visit keeps only what it has used."""


@pytest.fixture
def visited(
    own_site: tuple[Path, str], open_tab: Callable[..., Tab]
) -> Iterator[tuple[Path, Host, Tab]]:
    """The site's folder, its host, and a tab after a first visit, of which everything is kept."""
    folder, _ = own_site
    host = Host(folder)
    tab = open_tab(host.url)
    tab.wait_for("ready")
    files = json.loads((folder / "manifest.json").read_text())["files"]
    expected = [path for path in files if not path.startswith(CHOSEN)]
    kept = "(await (await caches.open('holistic-tracking')).keys()).map(({url}) => url)"
    lacking = f"{json.dumps([host.url + path for path in expected])}.filter((it) => !kept.has(it))"
    for _ in range(300):
        lost = tab.page.evaluate(
            f"(async () => {{ const kept = new Set({kept}); return {lacking}; }})()"
        )
        if not lost:
            break
        tab.page.wait_for_timeout(200)
    assert not lost, "these are not kept"
    host.asked.clear()
    yield folder, host, tab
    host.stop()


def test_where_the_host_isolates_pages_the_service_worker_comes_when_all_is_loaded(
    open_tab: Callable[..., Tab], site: str
) -> None:
    count = """addEventListener('ready', async () => {
        globalThis.before = (await navigator.serviceWorker.getRegistrations()).length;
    });"""
    tab = open_tab(site, script=count)
    tab.wait("globalThis.before === 0")
    tab.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_a_visit_goes_on_with_what_the_last_one_has_not_kept_and_says_when_that_is_done(
    visited: tuple[Path, Host, Tab],
) -> None:
    _, _, tab = visited
    tab.page.evaluate("""(async () => {
        const store = await caches.open('holistic-tracking');
        globalThis.whole = (await store.keys()).length;
        await Promise.all(['shared/', 'pyodide/pyodide.asm.wasm'].map(async (path) => {
            const lost = (await store.keys()).filter(({url}) => url.includes(path));
            await Promise.all(lost.map((request) => store.delete(request)));
        }));
    })()""")
    before = tab.page.evaluate("whole")
    tab.page.reload()
    tab.wait_for("ready")
    tab.wait("performance.getEntriesByName('kept').length === 1")
    count = "caches.open('holistic-tracking').then((store) => store.keys()).then((it) => it.length)"
    assert tab.page.evaluate(count) == before


def test_a_later_visit_needs_no_network(visited: tuple[Path, Host, Tab]) -> None:
    _, host, tab = visited
    tab.page.reload()
    tab.wait_for("ready")
    tab.wait("globalThis.holisticTracking")
    assert host.asked <= ASKED_BY_EVERY_VISIT
    host.stop()
    tab.page.reload()
    tab.wait("globalThis.holisticTracking")
    tab.page.click("#hint-sample")
    tab.wait("seen.landmarks.some(({people}) => people[0]?.face)")
    tab.wait_for_state("ended")
    assert tab.complaints == []


def replace(file: Path, content: bytes) -> None:
    """Give a (hard linked) file other content."""
    file.unlink()
    file.write_bytes(content)


def test_a_new_build_arrives_with_the_next_load_and_so_does_another_site(
    visited: tuple[Path, Host, Tab],
) -> None:
    folder, host, tab = visited
    page, manifest = folder / "index.html", folder / "manifest.json"
    content = page.read_bytes().replace(b"<h1>Holistic Tracking<", b"<h1>A new build<")
    listing = json.loads(manifest.read_text())
    listing["files"]["index.html"]["sha256"] = hashlib.sha256(content).hexdigest()
    replace(page, content)
    replace(manifest, json.dumps(listing).encode())
    tab.page.reload()
    assert tab.page.inner_text("h1") == "A new build"
    tab.wait_for("ready")
    assert host.asked <= ASKED_BY_EVERY_VISIT | {"/index.html"}, "only what is new is asked for"
    replace(page, b"<h1>Another site</h1>")
    replace(manifest, b'{"name": "that of another site"}')
    tab.page.reload()
    assert tab.page.inner_text("h1") == "Another site"
