"""The modules that a snapshot of Python has not: fetched, all at once, when one is imported.

Part of the snapshot. ``address`` is where the archive of them is, ``names`` are theirs. Nothing in
the tracker's ordinary course needs one; what nobody foresaw still finds it. Runs in Pyodide, in a
Web Worker, which may wait for what it fetches.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

import js

ARCHIVE = Path("/lib/python313.zip")
"""Where Python looks for its own modules; the packages are there too."""

address = ""
names: frozenset[str] = frozenset()


def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
    """Answer as a finder of sys.meta_path does, which this module is: the last one."""
    if name not in names:
        return None
    if not ARCHIVE.exists():
        _fetch()
    return PathFinder.find_spec(name, path)


def _fetch() -> None:
    request = js.XMLHttpRequest.new()
    request.open("GET", address, False)
    request.responseType = "arraybuffer"
    request.send()
    ARCHIVE.write_bytes(request.response.to_bytes())
    sys.path_importer_cache.clear()
