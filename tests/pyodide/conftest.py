"""Running Pyodides: ``pyodide`` under Node in each flavour of the runtime, ``engine`` in Chromium
as well.

The Pyodide distribution is the one that ``build.py build`` assembles with the packages that it
downloads, or the folder named by the environment variable HOLISTIC_PYODIDE.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chromium_session import ChromiumPyodide, Engine
from playwright.sync_api import Browser
from pyodide_session import ROOT, Pyodide

from builder import downloads

CHROMIUMS = {"chromium": (), "chromium in pairs": ("--js-flags=--no-enable-avx-vnni",)}
"""Switches of Chromium: as it is, and as on an x86-64 processor without exact dot products."""


@pytest.fixture(scope="session")
def start(
    launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Engine]]:
    """A function that gives the running Pyodide "simd" or "relaxed" (Node), or a Chromium's."""
    built = ROOT / "build" / "pyodide"
    named = os.environ.get("HOLISTIC_PYODIDE")
    distribution = Path(named or tmp_path_factory.mktemp("pyodide"))
    if named is None and built.is_dir():
        for file in (*built.iterdir(), *downloads.pyodide_packages().values()):
            (distribution / file.name).symlink_to(file)
    running: dict[str, Engine] = {}
    with ExitStack() as stack:

        def start(name: str) -> Engine:
            if not (distribution / "pyodide.mjs").is_file():
                pytest.skip(f"no Pyodide in {named or built}: run `python build.py build`")
            if name not in running:
                folder = tmp_path_factory.mktemp("shared")
                if name in CHROMIUMS:
                    browser = launch(*CHROMIUMS[name])
                    running[name] = ChromiumPyodide(browser, distribution, folder, "relaxed")
                else:
                    if shutil.which("node") is None:
                        pytest.skip("node is not installed")
                    running[name] = Pyodide(distribution, folder, name)
                stack.callback(running[name].close)
            return running[name]

        yield start


@pytest.fixture(scope="session", params=["simd", "relaxed"])
def pyodide(request: pytest.FixtureRequest, start: Callable[[str], Engine]) -> Engine:
    """One Pyodide under Node for each flavour of the runtime."""
    return start(request.param)


@pytest.fixture(scope="session", params=["simd", "relaxed", *CHROMIUMS])
def engine(request: pytest.FixtureRequest, start: Callable[[str], Engine]) -> Engine:
    """The same, and the relaxed flavour in Chromium, by dot products and by pairs of bytes."""
    return start(request.param)
