"""A Firefox, driven by the WebDriver BiDi that it speaks itself.

Its page answers to as much of playwright's ``Page`` as a ``Tab`` needs. Playwright's own BiDi asks
for commands that the Firefox of distributions does not know.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import websocket
from playwright.sync_api import Error

PREFERENCES = {
    "app.update.auto": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "services.settings.server": "data:,",
}
"""Nothing is asked of Mozilla; there is a camera, which shows colours, and it is allowed."""

PATIENCE = 180
"""Seconds for an answer."""


class FirefoxPage:
    """A tab. What happens in it is told when something is asked of it."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._number = 0
        self._listeners: dict[str, Callable[[Any], object]] = {}
        self._ask("session.new", capabilities={})
        events = ["log.entryAdded", "network.beforeRequestSent"]
        self._ask("session.subscribe", events=events)
        (tree,) = self._ask("browsingContext.getTree")["contexts"]
        self._tab = {"context": tree["context"]}

    def on(self, event: str, listener: Callable[[Any], object]) -> None:
        """Call ``listener`` for each "console" message, "pageerror" or "request"."""
        self._listeners[event] = listener

    def set_default_timeout(self, timeout: float) -> None:
        """Wait no longer than that many milliseconds for an answer."""
        self._socket.settimeout(timeout / 1000)

    def add_init_script(self, script: str) -> None:
        """Run a script before those of every page."""
        self._ask("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def goto(self, url: str) -> None:
        """Open an address."""
        self._ask("browsingContext.navigate", **self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, or what it promises."""
        text = f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
        found = self._ask("script.evaluate", expression=text, target=self._tab, awaitPromise=True)
        if found["type"] == "exception":
            raise Error(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def wait_for_timeout(self, timeout: float) -> None:
        """Wait so many milliseconds."""
        time.sleep(timeout / 1000)

    def set_input_files(self, selector: str, path: Path) -> None:
        """Choose a file."""
        locator = {"type": "css", "value": selector}
        (node,) = self._ask("browsingContext.locateNodes", **self._tab, locator=locator)["nodes"]
        element = {"sharedId": node["sharedId"]}
        self._ask("input.setFiles", **self._tab, element=element, files=[str(path)])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while (answer := json.loads(self._socket.recv())).get("id") != self._number:
            self._tell(answer["method"], answer["params"])
        if answer["type"] == "error":
            raise Error(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def _tell(self, event: str, detail: dict[str, Any]) -> None:
        if event == "network.beforeRequestSent":
            request = detail["request"]
            self._listeners["request"](
                SimpleNamespace(url=request["url"], method=request["method"])
            )
        elif detail["type"] == "javascript":
            self._listeners["pageerror"](SimpleNamespace(stack=detail["text"]))
        else:
            kind = {"warn": "warning"}.get(detail["level"], detail["level"])
            self._listeners["console"](SimpleNamespace(type=kind, text=detail["text"]))


@contextmanager
def firefox(executable: Path, profile: Path) -> Iterator[FirefoxPage]:
    """A page of a headless Firefox with an empty profile."""
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in PREFERENCES.items()
    ]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    command = [str(executable), "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port", "0"]
    log = profile / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        socket = websocket.create_connection(
            f"{_address(process, log)}/session", timeout=PATIENCE, suppress_origin=True
        )
        yield FirefoxPage(socket)
        socket.close()
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where it listens, as soon as it says so."""
    deadline = time.monotonic() + PATIENCE
    while not (said := re.search(r"listening on (ws://\S+)", log.read_text())):
        assert process.poll() is None, f"Firefox has ended: {log.read_text()}"
        assert time.monotonic() < deadline, f"Firefox does not listen: {log.read_text()}"
        time.sleep(0.1)
    return said[1]
