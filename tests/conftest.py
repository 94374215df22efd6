"""One Chromium, or one for each set of switches, for all tests that need a browser.

"auto" is the networks of integers, whatever is faster on the machine.

Machines are busy at times: property-based tests have no deadline, and what a page shall show has a
minute. Property-based tests try the same examples each time, so that what fails fails again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from builder import BUILD, ROOT, environment, locks, npm, package, server, site
from holistic.inference import arithmetic
from holistic.shared.model_sets import AUTO

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]

NPM_PROJECTS = BUILD / "npm-projects"

settings.register_profile(
    "untimed", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
expect.set_options(timeout=60_000)

Fill = Callable[[Path], object]


@pytest.fixture(scope="session", autouse=True)
def integers_are_fastest() -> Iterator[None]:
    """On every machine, so that "auto" gives the same numbers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arithmetic, "_remembered", lambda threads: AUTO)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Fill], Path]:
    """A function that gives a folder that all processes of this run of pytest share.

    The first one that wants it fills it; nobody changes it later.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made_once(name: str, fill: Fill) -> Path:
        folder = shared / name
        with locks.alone(name, shared):
            if not folder.exists():
                new = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared))
                fill(new)
                new.rename(folder)
        return folder

    return made_once


@pytest.fixture(scope="session")
def dist(made_once: Callable[[str, Fill], Path]) -> Path:
    """The folder of the packages for pip and micropip."""
    return made_once("dist", lambda folder: package.build(folder, Path(sys.executable)))


@pytest.fixture(scope="session")
def package_index(dist: Path) -> Iterator[str]:
    """The address of the packages' index on a host."""
    host = server.make_server(dist)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{host.server_port}/simple"
    host.shutdown()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """A function that gives a Chromium with these switches; equal ones share a browser."""
    browsers: dict[tuple[str, ...], Browser] = {}

    def launch(*switches: str) -> Browser:
        if switches not in browsers:
            browsers[switches] = playwright.chromium.launch(
                executable_path=environment.chromium(), args=[*QUIET, *switches]
            )
        return browsers[switches]

    yield launch
    for browser in browsers.values():
        browser.close()


@pytest.fixture(scope="session")
def npm_packages(made_once: Callable[[str, Fill], Path]) -> Path:
    """A folder with the npm packages made anew, and npm's archives of them beside."""
    if shutil.which("npm") is None or not (site.SITE / "manifest.json").exists():
        pytest.skip("npm or the built site is missing: run `python build.py build`")
    return made_once("npm", lambda folder: npm.build(folder, made=folder / "packages"))


@pytest.fixture(scope="session")
def npm_project(npm_packages: Path) -> Callable[..., Path]:
    """A function that makes a project of a folder's files, and installs our packages there.

    What the projects are tried with lies above them, where Node.js finds it, and is installed once.
    """
    environment.node_packages(ROOT / "tests" / "npm", NPM_PROJECTS / "node_modules")

    def project(name: str, files: Path, *packages: str) -> Path:
        folder = NPM_PROJECTS / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(files, folder)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        archives = [
            str(next(npm_packages.glob(f"{package}-[0-9]*.tgz")))
            for package in packages or ["holistic-tracking"]
        ]
        command = ["npm", "install", "--no-save", "--offline", "--silent", *archives]
        subprocess.run(command, cwd=folder, check=True)
        return folder

    return project
