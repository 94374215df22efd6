"""The workshop behind ``build.py``: downloads, virtual environment, static site, its server.

Standard library only, since it runs before anything is installed.
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
