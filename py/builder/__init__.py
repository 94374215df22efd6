"""The workshop behind ``build.py``: downloads, virtual environment, static site, its server.

Standard library only, since it runs before anything is installed.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

BUILD = ROOT / "build"
"""Whatever is made from the sources and can be made again."""


class BuildError(Exception):
    """A step failed; the message says which, what was found and what to do."""
