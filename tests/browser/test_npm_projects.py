"""The npm package in fresh projects: installed from its archive, bundled, and driven in Chromium.

Each picture is looked at by a tag and by a tracker without one.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hosts
import pytest
from conftest import MEDIA
from tab import Tab

from builder import BUILD, ROOT, environment
from builder.server import PlainHandler

TEMPLATES = ROOT / "tests" / "npm" / "projects"
TOOLS = BUILD / "npm-projects" / "node_modules" / ".bin"
PICTURE = "photo.jpg"
NOSE = (0.493, 0.191)
"""Where it is in the picture, in widths and heights of it."""
PATIENCE = 240
"""Seconds that a bundler may take."""
IMPORTS = """<script type="importmap">
{{"imports": {{
  "holistic-tracking": "{host}index.js",
  "holistic-tracking/define": "{host}holistic-tracking.js"
}}}}
</script>
"""

Project = Callable[..., Path]


@pytest.fixture
def project(npm_project: Project, tmp_path: Path) -> Project:
    """A function that makes a project of a template: a page, its script and its picture."""

    def project(name: str, *packages: str) -> Path:
        files = tmp_path / name
        (files / "public").mkdir(parents=True)
        shutil.copy(MEDIA / "signing.jpg", files / "public" / PICTURE)
        for file in ("index.html", "main.js"):
            shutil.copy(TEMPLATES / file, files)
        if (TEMPLATES / name).exists():
            shutil.copytree(TEMPLATES / name, files, dirs_exist_ok=True)
        return npm_project(name, files, *packages)

    return project


def run(folder: Path, *command: str | Path) -> None:
    """Run a command in a project, or tell what it said."""
    quiet = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def tool(name: str) -> Path:
    """A command of the projects' tools, or of the checkout's own."""
    path = TOOLS / name
    return path if path.exists() else environment.node_tools() / name


def publish(folder: Path, *names: str) -> Path:
    """The folder of a bundle, with what else the page asks for."""
    for name in (*names, f"public/{PICTURE}"):
        shutil.copy(folder / name, folder / "dist")
    return folder / "dist"


def found(tab: Tab) -> dict[str, Any]:
    """What the tracker without a tag found in the picture, as soon as it has, and the tag too."""
    tab.wait("globalThis.found?.people[0]")
    x, y = tab.wait_for("landmarks")[0]["people"][0]["pose"][:2]
    assert (x, y) == pytest.approx(NOSE, abs=0.01)
    people = tab.page.evaluate("found.people.map(({pose}) => Array.from(pose))")
    assert people[0][:2] == pytest.approx([x, y], abs=0.01)
    assert tab.complaints == []
    own = (tab.page.evaluate("location.origin"), f"blob:{tab.page.evaluate('location.origin')}")
    return {"elsewhere": [url for url in tab.requests if not url.startswith((*own, "data:"))]}


def test_vite_bundles_it(project: Project, serve: Any, open_tab: Any) -> None:
    folder = project("vite")
    run(folder, tool("vite"), "build")
    assert found(open_tab(serve(folder / "dist")))["elsewhere"] == []


def test_vite_serves_it_while_it_is_developed(
    project: Project, tmp_path: Path, open_tab: Any
) -> None:
    with hosts.hosted(hosts.vite, project("vite-dev"), tmp_path) as address:
        assert found(open_tab(address))["elsewhere"] == []


def test_webpack_bundles_it(project: Project, serve: Any, open_tab: Any) -> None:
    folder = project("webpack")
    run(folder, "node", "build.js")
    assert found(open_tab(serve(publish(folder, "index.html"))))["elsewhere"] == []


def test_esbuild_bundles_it_beside_a_copy_of_the_assets(
    project: Project, serve: Any, open_tab: Any
) -> None:
    folder = project("esbuild")
    run(folder, tool("esbuild"), "main.js", "--bundle", "--format=esm", "--outdir=dist")
    assets = folder / "node_modules" / "holistic-tracking" / "assets"
    shutil.copytree(assets, folder / "dist" / "assets")
    assert found(open_tab(serve(publish(folder, "index.html"))))["elsewhere"] == []


def test_next_renders_its_tag_on_the_server_and_runs_it_in_the_page(
    project: Project, tmp_path: Path, open_tab: Any
) -> None:
    folder = project("next")
    run(folder, tool("next"), "build")
    rendered = (folder / ".next" / "server" / "app" / "index.html").read_text("utf-8")
    assert f'<holistic-tracking src="{PICTURE}" workers="1">' in rendered

    def start(folder: Path, scratch: Path, port: int) -> list[str]:
        return [str(tool("next")), "start", str(folder), "--port", str(port)]

    with hosts.hosted(start, folder, tmp_path) as address:
        assert found(open_tab(address))["elsewhere"] == []


def test_it_needs_no_bundler(project: Project, serve: Any, open_tab: Any) -> None:
    folder = project("plain")
    page = folder / "index.html"
    host = "/node_modules/holistic-tracking/"
    page.write_text(page.read_text().replace("<holistic", f"{IMPORTS.format(host=host)}<holistic"))
    shutil.copy(folder / "public" / PICTURE, folder)
    assert found(open_tab(serve(folder)))["elsewhere"] == []


def test_it_runs_from_another_origin_that_allows_every_page(
    project: Project, npm_packages: Path, serve: Any, open_tab: Any
) -> None:
    folder = project("cdn")
    shutil.rmtree(folder / "node_modules")
    host = serve(npm_packages / "packages" / "holistic-tracking", PlainHandler)
    page = folder / "index.html"
    page.write_text(page.read_text().replace("<holistic", f"{IMPORTS.format(host=host)}<holistic"))
    shutil.copy(folder / "public" / PICTURE, folder)
    url = serve(folder, PlainHandler).replace("127.0.0.1", "localhost")
    elsewhere = found(open_tab(url))["elsewhere"]
    assert elsewhere
    assert all(url.startswith(host) for url in elsewhere)


def test_models_of_another_variant_are_imported(
    project: Project, serve: Any, open_tab: Any
) -> None:
    folder = project("variants", "holistic-tracking", "holistic-tracking-models")
    run(folder, tool("vite"), "build")
    tab = open_tab(serve(folder / "dist"))
    tab.wait("globalThis.found?.people[0]")
    assert tab.page.evaluate("found.people[0].pose[0]") == pytest.approx(NOSE[0], abs=0.01)


MISSING = """
import { HolisticTracker } from 'holistic-tracking';
const say = (error) => error.message;
const tracker = new HolisticTracker({ parts: ['pose'] });
globalThis.found = [await tracker.detect('photo.jpg').catch(say)];
found.push(await new HolisticTracker({ variant: 'float' }).detect('photo.jpg').catch(say));
"""


def test_a_file_that_was_not_copied_is_named(project: Project, serve: Any, open_tab: Any) -> None:
    folder = project("missing")
    (folder / "main.js").write_text(MISSING)
    (folder / "index.html").write_text('<script type="module" src="main.js"></script>')
    run(folder, tool("esbuild"), "main.js", "--bundle", "--format=esm", "--outdir=dist")
    assets = folder / "node_modules" / "holistic-tracking" / "assets"
    shutil.copytree(assets, folder / "dist" / "assets")
    lost = "models/int8/pose_landmarks_full.tflite.bin"
    (folder / "dist" / "assets" / lost).unlink()
    tab = open_tab(serve(publish(folder, "index.html")))
    tab.wait("globalThis.found?.length === 2")
    missing, other = tab.page.evaluate("found")
    assert lost in missing
    assert "the server answered 404" in missing
    assert "copy every file of the package's folder assets" in missing
    assert "import of 'holistic-tracking/models/NAME'" in other
    assert "variant float" in other
