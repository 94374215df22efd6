"""Time and memory of models in the wasm runtime in Chromium, in a worker as the tracker has it.

Node is no substitute: it makes other code of the same WebAssembly.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Route

from compress.measure.latency import ROUND, ROUNDS, Latency, in_turn
from holistic.inference.model_files import unpacked

HOST = "http://localhost"  # nothing listens there: every request is answered here
WORKER = Path(__file__).with_name("latency.mjs")
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}

_ASK = """([address, question]) => new Promise((resolve, reject) => {
  self.worker ??= new Worker(address, { type: "module" });
  self.worker.onmessage = ({ data }) => (data.error ? reject(data.error) : resolve(data.answer));
  self.worker.onerror = ({ message }) => reject(message);
  self.worker.postMessage(question);
})"""


class Bench:
    """A browser with what a worker needs to run models.

    ``pyodide`` are the folders with Pyodide and its packages, ``wheel`` is the runtime's, and
    ``models`` are their files by name.
    """

    def __init__(
        self, browser: Browser, pyodide: Sequence[Path], wheel: Path, models: Mapping[str, Path]
    ) -> None:
        self._browser = browser
        self._wheel = wheel
        self._models = models
        self._files = {path.name: path for folder in pyodide for path in folder.iterdir()}

    def times(
        self, names: Iterable[str], repeats: int = ROUND, rounds: int = ROUNDS
    ) -> dict[str, Latency]:
        """The latency of each of these models, by name; ``repeats`` inferences in each round."""
        with self._page() as ask:
            return in_turn(names, lambda name: ask({"model": name, "repeats": repeats}), rounds)

    def heap(self, names: Sequence[str]) -> int:
        """Bytes by which a fresh worker's heap grows from these models, each run once."""
        with self._page() as ask:
            return int(ask({"models": list(names)}))

    @contextmanager
    def _page(self) -> Iterator[Callable[[dict[str, Any]], Any]]:
        """A function that asks a worker in a page of its own."""
        with self._browser.new_context() as context:
            context.route("**/*", self._answer)
            page = context.new_page()
            page.goto(HOST + "/")
            yield lambda question: page.evaluate(_ASK, [f"/{WORKER.name}", question])

    def _answer(self, route: Route) -> None:
        kind, _, name = route.request.url.removeprefix(HOST + "/").partition("/")
        path = {
            "": Path(os.devnull),
            WORKER.name: WORKER,
            "wheel": self._wheel,
            "pyodide": self._files.get(name),
            "model": self._models.get(name),
        }.get(kind)
        if path is None:
            route.fulfill(status=404)
            return
        headers = {
            "Content-Type": _TYPES.get(path.suffix, "text/html"),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
        }
        route.fulfill(body=unpacked(path), headers=headers)
