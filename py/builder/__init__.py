"""The workshop behind ``build.py``: downloads, virtual environment, static site, its server.

Standard library only, since it runs before anything is installed.

What everything stands on:

- ``environment``: ``.venv``, ``node_modules``, the system's packages
- ``downloads``, ``sources``: what is fetched, pinned and verified
- ``ingredients``: one hash over the files that something was built of
- ``locks``: what one process makes at a time
- ``wasm``: reading WebAssembly modules

The site:

- ``site``: all of it, in one folder
- ``image``, with ``image_in_pyodide``, ``remainder`` and ``unneeded_in_pyodide``: the snapshot that
  the workers' Python starts from; ``linkage``: Pyodide without the names that nobody uses;
  ``bootstrap``, ``indirect_calls``: its start, with less to compile
- ``micropython``, ``pyscript``, ``mediabunny``, ``avatars``: others' code in pages, and the avatar
- ``constants``: what Python and JavaScript share; ``naming``: what hosts take files for
- ``preloads``: the modules that a page names in its head
- ``encodings``, ``gzips``: files compressed beforehand, and kept; ``server``: sends them

The packages:

- ``package``, ``npm``: for pip and micropip, and for npm
- ``deltas``: models told as differences; ``archives``: the same bytes each time
- ``simple_index``: an index of the packages for any host
- ``release``: everything that is published; ``bill``: what of others is in it

The checks, and the documentation:

- ``checks``: runs all that reads the sources
- ``declarations``, ``references``: what is declared, named or linked is there
- ``documentation``: the documentation site
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

BUILD = ROOT / "build"
"""Whatever is made from the sources and can be made again."""


class BuildError(Exception):
    """A step failed; the message says which, what was found and what to do."""


def own_version() -> str:
    """``holistic.__version__``, read without an import."""
    text = (ROOT / "py" / "holistic" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.M)
    if not found:
        raise BuildError('py/holistic/__init__.py has no line __version__ = "..."')
    return found[1]
