"""Pyodide in a Web Worker of a real Chromium, whose V8 is years ahead of Node's.

It answers as the Pyodide under Node does: the dot products of relaxed SIMD, for one, are exact in
the former and not in the latter, so that other kernels run.
"""

import base64
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Route
from pyodide_session import WHEELS, Pyodide

from builder.server import ISOLATION

WORKER = Path(__file__).with_name("session_worker.mjs")

CALL = """
(request) => new Promise((resolve) => {
  globalThis.worker ??= new Worker('/session_worker.mjs', {type: 'module'});
  worker.onmessage = ({data}) => resolve(data);
  worker.onerror = ({message}) => resolve({error: message, printed: [], files: {}});
  worker.postMessage(request);
})
"""


class ChromiumPyodide:
    """A running Pyodide; ``folder`` on this side is /shared on the other."""

    def __init__(self, browser: Browser, distribution: Path, folder: Path, flavour: str) -> None:
        self.flavour, self.folder = flavour, folder
        self.printed: list[str] = []
        self._distribution = distribution
        self._page = browser.new_page()
        self._page.set_default_timeout(180_000)
        self._page.context.route("**/*", self._serve)
        self._page.goto("http://localhost/page")
        wheels = [path.name for path in sorted(WHEELS.glob("*.whl"))]
        answer = self._page.evaluate(CALL, {"wheels": wheels, "flavour": flavour})
        assert "error" not in answer, answer

    def run(self, code: str, **inputs: Any) -> Any:
        """What ``code`` leaves in ``result``; its ``inputs`` and result pass as JSON.

        Raises RuntimeError with the traceback of an exception in Pyodide. What was printed there
        is in ``printed``.
        """
        names = [path.name for path in self.folder.iterdir()]
        answer = self._page.evaluate(CALL, {"code": code, "inputs": inputs, "names": names})
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
        places = {"pyodide": self._distribution, "wheels": WHEELS, "shared": self.folder}
        path = places[folder] / name if folder in places else WORKER.parent / folder
        headers = {**ISOLATION, "Content-Type": mimetypes.guess_type(path.name)[0] or "text/html"}
        route.fulfill(body=path.read_bytes() if path.is_file() else b"", headers=headers)


Engine = Pyodide | ChromiumPyodide
"""Whatever runs Python in a Pyodide."""
