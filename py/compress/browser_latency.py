"""How long models take in the wasm runtime in Chromium: a worker with Pyodide, as the tracker has.

Node is no substitute: it makes other code of the same WebAssembly.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Route

HOST = "http://localhost"  # nothing listens there: every request is answered here
WORKER = Path(__file__).with_name("latency.mjs")
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}

_ASK = """([address, model, repeats]) => new Promise((resolve, reject) => {
  self.worker ??= new Worker(address, { type: "module" });
  self.worker.onmessage = ({ data }) => (data.error ? reject(data.error) : resolve(data.times));
  self.worker.onerror = ({ message }) => reject(message);
  self.worker.postMessage({ model, repeats });
})"""


def measure(
    browser: Browser,
    pyodide: Sequence[Path],
    wheel: Path,
    models: Mapping[str, Path],
    repeats: int = 60,
) -> dict[str, dict[str, float]]:
    """Best and median milliseconds of each model in the browser, by name.

    ``pyodide`` are the folders with Pyodide and its packages, ``wheel`` is the runtime's.
    """
    files = {path.name: path for folder in pyodide for path in folder.iterdir()}

    def answer(route: Route) -> None:
        kind, _, name = route.request.url.removeprefix(HOST + "/").partition("/")
        path = {
            "": Path(os.devnull),
            WORKER.name: WORKER,
            "wheel": wheel,
            "pyodide": files.get(name),
            "model": models.get(name),
        }.get(kind)
        if path is None:
            route.fulfill(status=404)
            return
        headers = {
            "Content-Type": _TYPES.get(path.suffix, "text/html"),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
        }
        route.fulfill(body=path.read_bytes(), headers=headers)

    page = browser.new_page()
    page.context.route("**/*", answer)
    page.goto(HOST + "/")
    found: dict[str, Any] = {}
    for name in models:
        found[name] = page.evaluate(_ASK, [f"/{WORKER.name}", name, repeats])
    page.close()
    return {
        name: {"best": float(np.min(times)), "median": float(np.median(times))}
        for name, times in found.items()
    }
