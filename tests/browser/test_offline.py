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


def replace(folder: Path, path: str, content: bytes) -> None:
    """Have another content of a (hard linked) file in a new build."""
    for name, text in ((path, content), ("manifest.json", described(folder, path, content))):
        (folder / name).unlink()
        (folder / name).write_bytes(text)


def described(folder: Path, path: str, content: bytes) -> bytes:
    """The manifest, with another content of a file."""
    listing = json.loads((folder / "manifest.json").read_text())
    listing["files"][path]["sha256"] = hashlib.sha256(content).hexdigest()
    return json.dumps(listing).encode()


def hurry(folder: Path) -> None:
    """Have everything kept without the pauses that leave tracking its time."""
    for path, pause in {
        "holistic-service.js": b"PAUSE = 300",
        "page/service.js": b"CALM = 2000",
    }.items():
        content = (folder / path).read_bytes()
        assert pause in content
        replace(folder, path, content.replace(pause, pause.split()[0] + b" = 0"))


@pytest.fixture
def visited(
    own_site: tuple[Path, str], open_tab: Callable[..., Tab]
) -> Iterator[tuple[Path, Host, Tab]]:
    """The site's folder, its host, and a tab after a first visit, of which everything is kept."""
    folder, _ = own_site
    hurry(folder)
    host = Host(folder)
    tab = open_tab(f"{host.url}?level=full")  # light models are asked for when they are needed
    tab.wait("performance.getEntriesByName('kept').length")
    files = json.loads((folder / "manifest.json").read_text())["files"]
    expected = {host.url + path for path in files if not path.startswith(CHOSEN)}
    kept = "caches.open('holistic-tracking').then((store) => store.keys())"
    assert expected <= set(tab.page.evaluate(f"{kept}.then((all) => all.map(({{url}}) => url))"))
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


def test_a_new_build_arrives_with_the_next_load_and_so_does_another_site(
    visited: tuple[Path, Host, Tab],
) -> None:
    folder, host, tab = visited
    page, manifest = folder / "index.html", folder / "manifest.json"
    content = page.read_bytes().replace(b"<h1>Holistic Tracking<", b"<h1>A new build<")
    replace(folder, "index.html", content)
    tab.page.reload()
    assert tab.page.inner_text("h1") == "A new build"
    tab.wait_for("ready")
    assert host.asked <= ASKED_BY_EVERY_VISIT | {"/index.html"}, "only what is new is asked for"
    page.write_bytes(b"<h1>Another site</h1>")
    manifest.write_bytes(b'{"name": "that of another site"}')
    tab.page.reload()
    assert tab.page.inner_text("h1") == "Another site"
