"""WebKit, Safari's engine, as WebKitGTK's MiniBrowser, driven by its own WebDriver over HTTP.

Its page answers to as much of playwright's ``Page`` as a ``Tab`` needs. WebDriver knows no scripts
that run before a page's own, and does not tell what the console says: a handler of the server puts
both into the page (``Scripted``).
"""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Error

from builder import environment, server

PATIENCE = 180
"""Seconds for an answer."""

FAKE_CAMERA = "--enable-mock-capture-devices=true"
"""A camera that shows a pattern; every page may use it."""

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's identifier in the WebDriver protocol."""

_COMPLAINTS = """
globalThis.complaints = [];
for (const type of ['error', 'warn']) {
  const told = console[type];
  console[type] = (...what) => {
    complaints.push(what.map(String).join(' '));
    told.apply(console, what);
  };
}
addEventListener('error', ({message, error}) => complaints.push(`${message} ${error?.stack}`));
addEventListener('unhandledrejection', ({reason}) => complaints.push(`${reason} ${reason?.stack}`));
"""


class Scripted(server.Handler):
    """Serves pages with a script before their own: what ``script`` holds."""

    script = ""

    def send_head(self) -> Any:
        """Send the headers; a page with its script follows at once."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        first = f"<script>{_COMPLAINTS}{type(self).script}</script>".encode()
        page = path.read_bytes().replace(b"<head>", b"<head>" + first, 1)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
        return None


class WebKitPage:
    """A tab. What its scripts complain of is told when something is asked of it.

    ``driver`` is the process below which the browser's are.
    """

    driver: int

    def __init__(
        self, address: str, browser: Path, handler: type[Scripted], switches: tuple[str, ...]
    ) -> None:
        self._session = ""
        self._address = address
        self._handler = handler
        self._listeners: dict[str, Callable[[Any], object]] = {}
        options = {"binary": str(browser), "args": ["--automation", *switches]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        found = self._ask("POST", "", capabilities=wanted)
        self._session = f"/{found['sessionId']}"
        self.set_default_timeout(PATIENCE * 1000)

    def on(self, event: str, listener: Callable[[Any], object]) -> None:
        """Call ``listener`` for each "pageerror"; console and requests are not told."""
        self._listeners[event] = listener

    def set_default_timeout(self, timeout: float) -> None:
        """Wait no longer than that many milliseconds for an answer."""
        self._ask("POST", "/timeouts", script=int(timeout), pageLoad=int(timeout))

    def add_init_script(self, script: str) -> None:
        """Run a script before those of every page."""
        self._handler.script = script

    def goto(self, url: str) -> None:
        """Open an address."""
        self._ask("POST", "/url", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, or what it promises."""
        script = (
            "const done = arguments[arguments.length - 1];"
            f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
            ".then((value) => done({value}), (error) => done({error: String(error)}));"
        )
        found = self._ask("POST", "/execute/async", script=script, args=[])
        self._tell()
        if "error" in found:
            raise Error(found["error"])
        return json.loads(found["value"])

    def _tell(self) -> None:
        script = "return (globalThis.complaints ?? []).splice(0)"
        for text in self._ask("POST", "/execute/sync", script=script, args=[]):
            self._listeners["pageerror"](SimpleNamespace(stack=text))

    def wait_for_timeout(self, timeout: float) -> None:
        """Wait so many milliseconds."""
        time.sleep(timeout / 1000)

    def set_input_files(self, selector: str, path: Path) -> None:
        """Choose a file."""
        element = self._ask("POST", "/element", using="css selector", value=selector)
        self._ask("POST", f"/element/{element[_ELEMENT]}/value", text=str(path))

    def close(self) -> None:
        """End the browser."""
        self._ask("DELETE", "")

    def _ask(self, method: str, command: str, **parameters: Any) -> Any:
        data = None if method in ("GET", "DELETE") else json.dumps(parameters).encode()
        request = urllib.request.Request(
            f"{self._address}/session{self._session}{command}", data, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            found = json.load(error)["value"]
            raise Error(f"{command}: {found['error']}: {found['message']}") from error


def installed_webkit() -> tuple[Path, Path]:
    """WebKit's driver and its browser; skips the test where there are none."""
    found = environment.webkit()
    if found is None:
        pytest.skip("there is no WebKitGTK, and no apt to install it")
    return found


@contextmanager
def webkit(
    driver: Path, browser: Path, handler: type[Scripted], *switches: str
) -> Iterator[WebKitPage]:
    """A page of a WebKit on a screen of its own, whose server's handler takes its scripts.

    ``switches`` are the browser's: FAKE_CAMERA is one.
    """
    port = _free_port()
    with _screen() as display:
        variables = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"}
        variables |= {"LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        process = subprocess.Popen(
            [str(driver), f"--port={port}"],
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(port, process)
            page = WebKitPage(f"http://127.0.0.1:{port}", browser, handler, switches)
            page.driver = process.pid
            yield page
            page.close()
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a virtual screen."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"]
    process = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the driver listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert process.poll() is None, "WebKit's driver has ended"
            assert time.monotonic() < deadline, "WebKit's driver does not listen"
            time.sleep(0.1)
