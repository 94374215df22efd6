"""The fixture ``pyodide``: a running Pyodide for each flavour of the runtime.

The Pyodide distribution is the one that ``build.py build`` assembles with the packages that it
downloads, or the folder named by the environment variable HOLISTIC_PYODIDE.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyodide_session import ROOT, Pyodide

from builder import downloads


@pytest.fixture(scope="session", params=["simd", "relaxed"])
def pyodide(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pyodide]:
    """One Pyodide for each flavour of the runtime."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    built = ROOT / "build" / "site" / "pyodide"
    named = os.environ.get("HOLISTIC_PYODIDE")
    distribution = Path(named or tmp_path_factory.mktemp("pyodide"))
    if named is None and built.is_dir():
        for file in (*built.iterdir(), *downloads.pyodide_packages().values()):
            (distribution / file.name).symlink_to(file)
    if not (distribution / "pyodide.mjs").is_file():
        pytest.skip(f"no Pyodide in {named or built}: run `python build.py build`")
    session = Pyodide(distribution, tmp_path_factory.mktemp("shared"), request.param)
    yield session
    session.close()
