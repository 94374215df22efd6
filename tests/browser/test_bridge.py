"""The page sends what it finds to the bridge, and goes on when the bridge is not there."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import MEDIA
from tab import Tab

server = pytest.importorskip("websockets.sync.server", reason="websockets is not installed")

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="./holistic-tracking.js"></script>
<holistic-tracking src="signing.jpg" rotations="1"></holistic-tracking>
<script type="module">
  import { bridge } from './live/bridge.js';
  globalThis.states = [];
  globalThis.end = bridge(document.querySelector('holistic-tracking'), {
    address: 'ADDRESS',
    onState: (state) => states.push(state),
  });
</script>
"""


@pytest.fixture
def listening() -> Iterator[tuple[str, "queue.Queue[Any]"]]:
    """The address of a bridge that keeps what it hears."""
    heard: queue.Queue[Any] = queue.Queue()

    def hear(connection: Any) -> None:
        for message in connection:
            heard.put(json.loads(message))

    with server.serve(hear, "127.0.0.1", 0) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{listener.socket.getsockname()[1]}", heard
        listener.shutdown()


@pytest.fixture
def open_page(open_tab: Callable[..., Tab], own_site: tuple[Path, str]) -> Callable[[str], Tab]:
    """A function that shows a tag whose results go to an address."""
    folder, url = own_site

    def open_page(address: str) -> Tab:
        (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
        (folder / "bridge.html").write_text(PAGE.replace("ADDRESS", address), "utf-8")
        return open_tab(f"{url}bridge.html")

    return open_page


def test_bones_go_to_the_bridge(
    open_page: Callable[[str], Tab], listening: tuple[str, "queue.Queue[Any]"]
) -> None:
    from holistic.live.bridge import pose_of

    address, heard = listening
    tab = open_page(address)
    tab.wait("globalThis.states?.includes('connected')")
    tab.page.evaluate("document.querySelector('holistic-tracking').start()")
    pose = pose_of(heard.get(timeout=60), "arkit")
    assert pose.rotations.shape == (54, 4)
    assert tab.complaints == []


def test_without_a_bridge_the_page_tracks_and_says_what_to_start(
    open_page: Callable[[str], Tab],
) -> None:
    tab = open_page("ws://127.0.0.1:9")
    (result,) = tab.wait_for("landmarks")
    assert result["people"]
    tab.wait("states.some((state) => state.includes('holistic bridge'))")
    tab.page.evaluate("end()")
