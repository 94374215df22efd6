"""Pyodide in a real Chromium, whose V8 is years ahead of Node's: in a Web Worker or in the page.

It answers as the Pyodide under Node does: the dot products of relaxed SIMD, for one, are exact in
the former and not in the latter, so that other kernels run.
"""

import base64
import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Route
from pyodide_session import WHEELS, Pyodide

from builder.server import ISOLATION

SCRIPT = Path(__file__).with_name("session_browser.mjs")

CALLS = {
    "worker": """
(request) => new Promise((resolve) => {
  globalThis.worker ??= new Worker('/session_browser.mjs', {type: 'module'});
  worker.onmessage = ({data}) => resolve(data);
  worker.onerror = ({message}) => resolve({error: message, printed: [], files: {}});
  worker.postMessage(request);
})
""",
    "page": "async (request) => (await import('/session_browser.mjs')).answer(request)",
}
"""JavaScript that hands a request to the script, by where it runs."""


class ChromiumPyodide:
    """A running Pyodide; ``folder`` on this side is /shared on the other."""

    def __init__(
        self,
        browser: Browser,
        distribution: Path,
        folder: Path,
        flavour: str,
        wheels: Sequence[Path] = WHEELS,
        place: str = "worker",
    ) -> None:
        self.flavour, self.folder = flavour, folder
        self._call, self._wheels = CALLS[place], {path.name: path for path in wheels}
        self.printed: list[str] = []
        self._distribution = distribution
        self._page = browser.new_page()
        self._page.set_default_timeout(180_000)
        self._page.context.route("http://localhost/**", self._serve)
        # By way of the driver: a page without an address may not ask this machine itself.
        self._page.context.route(
            "http://127.0.0.1:*/**", lambda route: route.fulfill(response=route.fetch())
        )
        self._page.goto("http://localhost/page")
        request = {"wheels": list(self._wheels), "flavour": flavour}
        answer = self._page.evaluate(self._call, request)
        assert "error" not in answer, answer

    def run(self, code: str, **inputs: Any) -> Any:
        """What ``code`` leaves in ``result``; its ``inputs`` and result pass as JSON.

        Raises RuntimeError with the traceback of an exception in Pyodide. What was printed there
        is in ``printed``.
        """
        names = [path.name for path in self.folder.iterdir()]
        request = {"code": code, "inputs": inputs, "names": names}
        answer = self._page.evaluate(self._call, request)
        self.printed = answer["printed"]
        for name, content in answer["files"].items():
            (self.folder / name).write_bytes(base64.b64decode(content))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """Close the page, and the worker with it."""
        self._page.close()

    def _serve(self, route: Route) -> None:
        """Answer a request of the page out of the folders concerned."""
        folder, _, name = unquote(urlsplit(route.request.url).path).lstrip("/").partition("/")
        places = {"pyodide": self._distribution, "shared": self.folder}
        path = places[folder] / name if folder in places else SCRIPT.parent / folder
        path = self._wheels.get(name, path) if folder == "wheels" else path
        headers = {**ISOLATION, "Content-Type": mimetypes.guess_type(path.name)[0] or "text/html"}
        route.fulfill(body=path.read_bytes() if path.is_file() else b"", headers=headers)


Engine = Pyodide | ChromiumPyodide
"""Whatever runs Python in a Pyodide."""
