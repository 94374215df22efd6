"""The packages for npm: the tag and the headless tracker, and the models that few pages need.

They are made from the built site. Modules for the page stay what they are, so that bundlers can
look into them; everything that is fetched later lies in the folder ``assets``, where bundlers find
it by literal addresses. The workers' modules become one script, for a bundler copies the file that
an address names and nothing that this imports. WebAssembly is packed, as the models are: few hosts
of bundles compress it.

The package has the models that ``auto`` takes at its default complexity. All others are in a second
package, and a module of the first, ``models/VARIANT.js``, adds those of one variant.
"""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

from builder import BUILD, ROOT, BuildError, constants, environment, naming, own_version
from builder.site import SITE, describe

SOURCES = ROOT / "npm"
"""What is in the packages and not on the site."""
FOLDER = BUILD / "npm"
"""Where the packages are made."""
TRACKER, MODELS = "holistic-tracking", "holistic-tracking-models"
LIMIT = 20_000_000
"""How many bytes the tracker's package may have, unpacked."""

APART = "npm"
"""The folder beside pip's packages that both archives lie in.

With ``--find-links`` pip would take ``holistic-tracking-0.1.0.tgz`` for an sdist.
"""

_MODULES = (
    "holistic-tracker.*",
    "holistic-tracking.*",
    "tag/*.js",
    "tag/sources/*.js",
    "shared/*.js",
)
_LOADER = "tag/micropython.js"
_SCRIPTS = ("worker/worker.js", _LOADER)
_OF_THE_PAGE = ("tag/modules.json", "micropython/micropython.wasm")
"""What the page's own Python starts from."""
_NODE = ("child_process", "crypto", "fs", "fs/promises", "module", "path", "tty", "url", "vm", "ws")
"""What Pyodide and MicroPython import in Node.js only; with ``node:`` before it too."""
_EMPTY = "data:text/javascript,export default {}"
"""What these are in a browser."""


def build(folder: Path, site: Path = SITE, made: Path = FOLDER) -> list[Path]:
    """Make the folders of both packages in ``made``, and npm's archives of them in ``folder``.

    Raises:
        BuildError: something failed, or the tracker's package is too large.
    """
    shutil.rmtree(made, ignore_errors=True)
    version = own_version()
    manifest = json.loads((site / "manifest.json").read_text("utf-8"))
    extras = _extras(manifest["models"])
    tracker, models = made / TRACKER, made / MODELS
    _stage_tracker(tracker, site, manifest, version, sorted(extras))
    _stage_models(models, site, manifest, version, extras)
    size = sum(path.stat().st_size for path in tracker.rglob("*") if path.is_file())
    if size > LIMIT:
        raise BuildError(f"{TRACKER} has {size:,} bytes unpacked: {LIMIT:,} is the limit")
    folder.mkdir(parents=True, exist_ok=True)
    return [_pack(package, folder, version) for package in (tracker, models)]


def _pack(package: Path, folder: Path, version: str) -> Path:
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder)]
    environment.run(command, cwd=package, capture_output=True)
    return folder / f"{package.name}-{version}.tgz"


def _begin(folder: Path, version: str, **more: Any) -> None:
    """A package's folder with what does not depend on the site."""
    shutil.copytree(SOURCES / folder.name, folder)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder)
    about = json.loads((folder / "package.json").read_text("utf-8"))
    about = {"name": about.pop("name"), "version": version, **about, **more}
    (folder / "package.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")


# The tracker's package.


def _stage_tracker(
    folder: Path, site: Path, manifest: dict[str, Any], version: str, variants: list[str]
) -> None:
    _begin(folder, version, peerDependencies={MODELS: version})
    for pattern in _MODULES:
        for path in site.glob(pattern):
            if path != site / _LOADER:
                _copy(path, folder / path.relative_to(site))
    described = _stage_assets(folder / "assets", site, manifest)
    (folder / "addresses.js").write_text(_addresses_module(described, folder / "assets"), "utf-8")
    (folder / "models").mkdir()
    for variant in variants:
        (folder / "models" / f"{variant}.js").write_text(_adding(variant), "utf-8")
        (folder / "models" / f"{variant}.d.ts").write_text("export {};\n", "utf-8")


def _stage_assets(assets: Path, site: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Put what is fetched into ``assets``; the manifest of what the workers fetch."""
    models = _default_models(manifest["models"])
    python = _stage_python(manifest["python"], site, assets)
    for path in _paths(models):
        _packed(path, site, assets)
    files = describe(assets)
    for path in _OF_THE_PAGE:
        _packed(path, site, assets)
    for path in _SCRIPTS:
        _bundle(site, path, assets / path)
    return {"version": manifest["version"], "python": python, "models": models, "files": files}


def _stage_python(python: dict[str, Any], site: Path, assets: Path) -> dict[str, Any]:
    """Put what the workers' Python starts from into ``assets``; the manifest's part about it."""

    def packed(path: str) -> str:
        return _packed(path, site, assets)

    scripts = tuple(path for path in python["runtime"] if path.endswith(".js"))  # in the worker's
    return {
        **python,
        "runtime": [packed(path) for path in python["runtime"] if path not in scripts],
        "snapshot": {**python["snapshot"], "path": packed(python["snapshot"]["path"])},
        "modules": packed(python["modules"]),
        **{
            kind: [{**library, "path": packed(library["path"])} for library in python[kind]]
            for kind in ("linked", "opened")
        },
    }


def _packed(path: str, site: Path, assets: Path) -> str:
    """Put a file of the site into ``assets``, packed if it is WebAssembly; its path there."""
    if not path.endswith(".wasm"):
        _copy(site / path, assets / path)
        return path
    target = assets / f"{path}{naming.PACKED}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress((site / path).read_bytes(), 9, mtime=0))
    return f"{path}{naming.PACKED}"


def _bundle(site: Path, script: str, target: Path) -> None:
    """One script of a module and what it imports, without what is for Node.js."""
    options = ["--bundle", "--format=esm", "--platform=browser", "--target=es2022"]
    options += ["--minify-whitespace", "--minify-syntax", "--charset=utf8", "--log-level=error"]
    options += [f"--define:{name}=undefined" for name in ("process", "globalThis.process")]
    options += [f"--alias:{name}={_EMPTY}" for each in _NODE for name in (each, f"node:{each}")]
    options += ["--footer:js=export {};"]  # which says that it is a module, where nothing else does
    options += ["--tsconfig-raw={}"]  # not that of a folder above the site
    command = [str(environment.node_tools() / "esbuild"), script, *options]
    # Names of modules are paths from here, which stay in the result.
    environment.run([*command, f"--outfile={target.resolve()}"], capture_output=True, cwd=site)


def _addresses_module(manifest: dict[str, Any], assets: Path) -> str:
    files = (path for path in assets.rglob("*") if path.is_file())
    paths = sorted(path.relative_to(assets).as_posix() for path in files)
    addresses = "".join(f"  {json.dumps(path)}: {_address(path)},\n" for path in paths)
    return f"""\
// What there is in assets, and where, for bundlers literally. Made by py/builder/npm.py.

export const MANIFEST = {json.dumps(manifest)};

export const ADDRESSES = {{
{addresses}}};
"""


def _address(path: str) -> str:
    return f"new URL({json.dumps(f'./assets/{path}')}, import.meta.url).href"


def _adding(variant: str) -> str:
    return f"""\
// Adds the models of the variant {variant}, which are in a package of their own.

import * as {variant.replace("-", "_")} from '{MODELS}/{variant}';
import {{ addModels }} from '../files.js';

addModels({variant.replace("-", "_")});
"""


# The models' package.


def _stage_models(
    folder: Path, site: Path, manifest: dict[str, Any], version: str, extras: dict[str, Any]
) -> None:
    _begin(folder, version)
    for variant, models in extras.items():
        for path in _paths(models):
            _copy(site / path, folder / "assets" / path)
        facts = {path: manifest["files"][path] for path in _paths(models)}
        addresses = "".join(f"  {json.dumps(path)}: {_address(path)},\n" for path in facts)
        text = (
            f"// What {variant} takes beyond {TRACKER}'s own models. Made by py/builder/npm.py.\n\n"
            f"export const models = {json.dumps(models, indent=2)};\n\n"
            f"export const files = {json.dumps(facts, indent=2)};\n\n"
            f"export const addresses = {{\n{addresses}}};\n"
        )
        (folder / f"{variant}.js").write_text(text, "utf-8")


# Which models are where. Sets of models are as in the manifest: folder -> name -> path.


def _default_models(models: dict[str, Any]) -> dict[str, Any]:
    """Those that ``auto`` takes at its default complexity, for all parts and levels."""
    return _taken("auto", needed([1], [False], several=False) | {_sets().POSE_MODELS[0]}, models)


def _extras(models: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By variant, as package names have it: the models that its options may need beyond those."""
    default = _paths(_default_models(models))
    names = needed([0, 1], [False, True])
    extras = {}
    for variant in _sets().VARIANTS:
        taken = _taken(variant, names, models)
        extras[variant.replace("_", "-")] = {
            folder: rest
            for folder, paths in taken.items()
            if (rest := {name: path for name, path in paths.items() if path not in default})
        }
    return extras


def _sets() -> Any:
    return constants.loaded(constants.SHARED / "model_sets.py")


def needed(complexities: list[int], extras: list[bool], *, several: bool = True) -> set[str]:
    """The names of the files that are needed at these complexities, with faces' extras or not.

    ``several`` says whether for more than one person too.
    """
    sets, layout = _sets(), constants.loaded(constants.SHARED / "layout.py")
    return {
        file
        for complexity in complexities
        for extra in extras
        for submodel in sets.submodel_names(
            list(layout.PARTS), complexity, several=several, irises=extra, blendshapes=extra
        )
        for file in sets.files(submodel)
    }


def _taken(variant: str, names: set[str], models: dict[str, Any]) -> dict[str, Any]:
    """The models that a variant takes for these names."""
    taken: dict[str, Any] = {}
    for name in sorted(names):
        places = _sets().places(name, variant)
        folder, file = next(place for place in places if place[1] in models.get(place[0], {}))
        taken.setdefault(folder, {})[file] = models[folder][file]
    return taken


def _paths(models: dict[str, Any]) -> list[str]:
    return sorted(path for paths in models.values() for path in paths.values())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
