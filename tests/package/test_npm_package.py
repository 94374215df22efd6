"""The npm packages: what is in them, and what Node.js, TypeScript and npm's checks say of them."""

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder import ROOT, declarations, npm
from holistic import __version__

TYPES = ROOT / "tests" / "npm" / "types"
SVELTE = ROOT / "tests" / "npm" / "svelte"
NPM = ROOT / "npm" / "holistic-tracking"


@pytest.fixture(scope="module")
def package(npm_packages: Path) -> Path:
    """The folder of the tracker's package."""
    return npm_packages / "packages" / npm.TRACKER


@pytest.fixture(scope="module")
def typed(npm_project: Callable[..., Path]) -> Path:
    """A project in TypeScript that uses the package."""
    return npm_project("types", TYPES)


def run(folder: Path, *command: str | Path) -> str:
    """What a command says in a folder, whether it likes it or not."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


def tool(project: Path, name: str) -> Path:
    """A command of the tools that lie above a project."""
    return project.parent / "node_modules" / ".bin" / name


def test_it_has_everything_inside_in_less_than_20_mb(package: Path) -> None:
    size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    assert size < 20_000_000
    text = (package / "addresses.js").read_text("utf-8")
    addresses = re.findall(r'new URL\("\./(assets/.+?)", import\.meta\.url\)', text)
    files = [path for path in (package / "assets").rglob("*") if path.is_file()]
    assert sorted(addresses) == sorted(path.relative_to(package).as_posix() for path in files)


def test_the_models_of_every_variant_are_in_one_of_the_packages(npm_packages: Path) -> None:
    catalogue = json.loads((ROOT / "build" / "site" / "manifest.json").read_text())["models"]
    used = npm.needed([0, 1], [False, True])
    wanted = {
        path for models in catalogue.values() for name, path in models.items() if name in used
    }
    there = {
        path.relative_to(assets).as_posix()
        for assets in (npm_packages / "packages").glob("*/assets")
        for path in (assets / "models").rglob("*.bin")
    }
    assert there == wanted


def test_it_says_what_it_is(package: Path) -> None:
    about = json.loads((package / "package.json").read_text("utf-8"))
    models = json.loads((package.parent / npm.MODELS / "package.json").read_text("utf-8"))
    assert about["version"] == models["version"] == __version__
    assert about["license"] == models["license"] == "Apache-2.0"
    assert about["peerDependencies"] == {npm.MODELS: __version__}
    assert (package / about["customElements"]).exists()
    assert {"LICENSE", "NOTICE", "README.md"} <= {path.name for path in package.iterdir()}
    assert about["sideEffects"] == ["./holistic-tracking.js", "./models/*.js"]


def test_made_of_a_site_elsewhere_the_archives_are_the_same_byte_for_byte(
    npm_packages: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(npm.SITE, tmp_path / "elsewhere" / "site")
    npm.build(tmp_path, site, tmp_path / "packages")
    for archive in npm_packages.glob("*.tgz"):
        assert (tmp_path / archive.name).read_bytes() == archive.read_bytes()


def test_the_archive_has_what_the_folder_has(npm_packages: Path, package: Path) -> None:
    with tarfile.open(npm_packages / f"{npm.TRACKER}-{__version__}.tgz") as archive:
        names = {name.removeprefix("package/") for name in archive.getnames()}
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert names == files


@pytest.mark.parametrize("name", [npm.TRACKER, npm.MODELS])
def test_publint_finds_nothing(typed: Path, npm_packages: Path, name: str) -> None:
    archive = npm_packages / f"{name}-{__version__}.tgz"
    assert run(typed, tool(typed, "publint"), "run", archive, "--strict") == ""


@pytest.mark.parametrize("name", [npm.TRACKER, npm.MODELS])
def test_the_types_are_found_however_they_are_looked_for(
    typed: Path, npm_packages: Path, name: str
) -> None:
    # It has modules only, as `import.meta.url` needs.
    options = ["--profile", "esm-only", "--no-definitely-typed", "--no-emoji", "--no-color"]
    archive = npm_packages / f"{name}-{__version__}.tgz"
    assert run(typed, tool(typed, "attw"), archive, *options) == ""


def test_typescript_and_react_know_it(typed: Path) -> None:
    assert run(typed, tool(typed, "tsc"), "--project", ".") == ""


def test_vue_knows_it(typed: Path) -> None:
    assert run(typed, tool(typed, "vue-tsc"), "--project", ".") == ""


def test_svelte_knows_it(npm_project: Callable[..., Path]) -> None:
    project = npm_project("svelte", SVELTE)
    said = run(project, tool(project, "svelte-check"), "--tsconfig", "./tsconfig.json")
    assert "Wrong.svelte" in said
    assert "'string' is not assignable" in said
    assert "svelte-check found 1 error and 0 warnings in 1 file" in said


def told(project: Path, script: str) -> Any:
    """What a module prints in Node.js, where there is no document, as JSON."""
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", ["", "/define", "/react", "/vue", "/svelte"])
def test_it_can_be_imported_where_there_is_no_document(typed: Path, path: str) -> None:
    script = f"const all = await import('holistic-tracking{path}'); "
    names = told(typed, f"{script} console.log(JSON.stringify(Object.keys(all)))")
    assert "HolisticTracking" in names


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{person: 2}", "no option person: there are refineFace, "),
        ("{blendshapes: 'rough'}", 'it must be true, false or "approximate"'),
        ("{people: 17}", 'people cannot be "17": it must be a whole number from 1 to'),
        ("{complexity: 2}", 'complexity cannot be "2"'),
        ("{variant: 'int4'}", 'variant cannot be "int4": it must be one of'),
        ("{parts: ['feet']}", 'parts cannot be "feet": it must be some of pose, face'),
        ("{refineFace: 'yes'}", 'refineFace cannot be "yes": it must be true or false'),
        ("{resolution: 'large'}", 'resolution cannot be "large"'),
    ],
)
def test_a_wrong_option_is_named(typed: Path, options: str, said: str) -> None:
    script = f"""
        import {{ HolisticTracker }} from 'holistic-tracking';
        try {{ new HolisticTracker({options}); }}
        catch (error) {{ console.log(JSON.stringify([error.name, error.message])); }}"""
    kind, message = told(typed, script)
    assert kind == "TypeError"
    assert said in message


def test_without_a_document_it_says_so_when_it_is_used(typed: Path) -> None:
    script = """
        import { HolisticTracker } from 'holistic-tracking';
        await new HolisticTracker().detect('photo.jpg').catch(
            ({ code, message }) => console.log(JSON.stringify([code, message])));"""
    code, message = told(typed, script)
    assert code == "no-document"
    assert "Start the tracker in the page" in message


def test_the_manifest_of_the_tag_says_what_the_code_does() -> None:
    manifest = json.loads((NPM / "custom-elements.json").read_text("utf-8"))
    (tag,) = manifest["modules"][0]["declarations"]
    code = (ROOT / declarations.ELEMENT).read_text("utf-8")
    settings = (ROOT / declarations.SETTINGS).read_text("utf-8")
    attributes = {each["fieldName"] for each in tag["attributes"]}
    assert all(each["name"] == each["fieldName"].lower() for each in tag["attributes"])
    assert attributes == {"src", "mirror", *declarations.attributes(settings)}
    members = {each["name"] for each in tag["members"]}
    assert members == declarations.members(
        declarations.block(code, "export class HolisticTracking")
    )
    assert {each["name"] for each in tag["events"]} == declarations.events(ROOT)
    assert {f"'{each['name']}'" for each in tag["cssParts"]} == set(
        re.findall(r"part: ('\w+')", code)
    )
    assert {each["name"] for each in tag["cssProperties"]} == set(
        re.findall(r"'(--holistic-[\w-]+)'", code)
    )
