"""The fixture ``pyodide``: a running Pyodide for each flavour of the runtime.

The Pyodide distribution is the one that ``build.py build`` assembles, or the folder named by the
environment variable HOLISTIC_PYODIDE.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyodide_session import ROOT, Pyodide


@pytest.fixture(scope="session", params=["simd", "relaxed"])
def pyodide(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pyodide]:
    """One Pyodide for each flavour of the runtime."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    built = ROOT / "build" / "site" / "pyodide"
    distribution = Path(os.environ.get("HOLISTIC_PYODIDE", built))
    if not (distribution / "pyodide.mjs").is_file():
        pytest.skip(f"no Pyodide in {distribution}: run `python build.py build`")
    session = Pyodide(distribution, tmp_path_factory.mktemp("shared"), request.param)
    yield session
    session.close()
