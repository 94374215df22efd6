"""The packages for pip and micropip: the tracker, its models, and its WebAssembly for Pyodide.

The tracker's wheel has a compiled warp and is made once for each kind of machine; the models are
the same for all, and change seldom: so they are a wheel of their own, which the tracker's requires
in one exact version. In Pyodide the tracker is pure Python, and what is compiled are the two wheels
in ``py/wheels``. There it requires the models of the variant "auto" only, not half of all, since a
browser fetches them anew for every page that installs them. The heavy pose network is nearly as
large as all others together, and an extra. The video reader is the wheel in ``py/video_runtime``.

All are made from copies of the sources that they consist of, in a folder that is new each time, so
that nothing left by an earlier build gets into them. Made twice they are the same byte for byte.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from builder import ROOT, BuildError, archives, constants, deltas, environment, gzips, site
from builder import simple_index as index
from compress.catalogue import Model

DIST = ROOT / "dist"
SOURCES = (
    *("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "NOTICE"),
    *("py/kernels/warp.c", "py/holistic"),
)
"""What the tracker's package is made of."""
MODELS = ROOT / "py" / "models"
AUTO_MODELS = ROOT / "py" / "models_auto"
HEAVY_MODELS = ROOT / "py" / "models_heavy"
WASM = ROOT / "py" / "wheels"
planes = constants.loaded(ROOT / "py" / "holistic" / "inference" / "model_planes.py")
LIMIT = 40_000_000
"""How many bytes all models and the tracker may have together, less the heavy pose network."""
BROWSER_LIMIT = 20_000_000
"""How many bytes a browser may have to fetch for one line of Pyodide, NumPy not counted."""

_ACCEPTED = "pyemscripten_"
"""Package indexes take platforms of Pyodide whose names begin so (PEP 783)."""
_SELDOM = re.compile(r"_mask$|_heavy$")
"""Networks that few ask for, and large: those of "auto" are without them."""
_APART = ("holistic_tracking_models_heavy-", "holistic_tracking_video-")
"""The heavy pose network, and the video reader: no part of what the limit is for."""
_LITTER = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.so", "*.pyd")


def build(folder: Path = DIST, python: Path | None = None) -> list[Path]:
    """Make all packages in ``folder``, replacing those of an earlier build.

    What a package index takes stands in the folder itself. In its folder ``simple`` is an index of
    everything, which any static host can serve, with the wheels for older lines of Pyodide.

    ``python`` has setuptools; without it that of the virtual environment gets it.

    Raises:
        BuildError: something failed, or the wheels are too large.
    """
    python = python or environment.python("package")
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("holistic_tracking*"), *folder.glob("holistic-tracking*.tgz")):
        old.unlink()
    shutil.rmtree(folder / index.FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="holistic-package-") as name:
        names = ("code", "pure", "all", "heavy", "auto")
        code, pure, models, heavy, auto = (Path(name) / each for each in names)
        made, in_pyodide = Path(name) / "made", Path(name) / "pyodide"
        for project in (code, pure):
            _stage_code(project)
        _stage_models(MODELS, models)
        _stage_models(HEAVY_MODELS, heavy)
        _stage_auto_models(auto)
        for project in (code, models, heavy, auto):
            _run_setuptools(python, "build_wheel", project, made)
        _run_setuptools(python, "build_sdist", code, made)
        _run_setuptools(python, "build_wheel", pure, in_pyodide, HOLISTIC_PURE="1")
        natively = [*sorted(made.iterdir()), *environment.VIDEO.glob("*.whl")]
        files = [archives.finished(path, folder) for path in natively]
        for wheel in (*in_pyodide.iterdir(), *sorted(WASM.glob("*.whl"))):
            files += _for_pyodide(wheel, folder)
    index.write(folder)
    _check_sizes(folder)
    return files


def _stage_code(folder: Path) -> None:
    for name in SOURCES:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_LITTER)
        else:
            shutil.copy(source, target)


def _stage_project(project: Path, folder: Path) -> None:
    """A project of models, without them."""
    shutil.copytree(project, folder, ignore=_LITTER)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder)


def _stage_models(project: Path, folder: Path) -> None:
    _stage_project(project, folder)
    (package,) = (folder / "src").iterdir()
    models = {
        model.path: (model, path)
        for model, path in site.all_models().items()
        if (model.name in site.HEAVY) == (project == HEAVY_MODELS)
    }
    for model, path in models.values():
        target = package / model.variant
        target.mkdir(exist_ok=True)
        base = models.get(f"{model.variant}/{deltas.BASE.format(model.name)}.tflite")
        if base:
            content, name = _delta(model, path, *base), f"{model.name}.tflite{deltas.SUFFIX}.gz"
        elif path.suffix == ".gz":
            content, name = path.read_bytes(), path.name
        else:
            content, name = _planes(model, path), f"{path.name}{planes.SUFFIX}.gz"
        (target / name).write_bytes(content)


def _stage_auto_models(folder: Path) -> None:
    _stage_project(AUTO_MODELS, folder)
    paths = site.all_models()
    for model in auto_models(paths):
        target = folder / "src" / "holistic_models_auto" / model.variant
        target.mkdir(exist_ok=True)
        (target / f"{model.name}.tflite.gz").write_bytes(site.gzipped(model, paths[model]))


def auto_models(models: Iterable[Model]) -> list[Model]:
    """Those that the variant "auto" computes in Pyodide, but for the networks of masks."""
    sets = constants.loaded(constants.SHARED / "model_sets.py")
    order: tuple[str, ...] = sets.VARIANTS[sets.AUTO]
    usable = [model for model in models if model.variant in order]
    chosen: dict[str, Model] = {}
    for model in sorted(usable, key=lambda model: order.index(model.variant)):
        chosen.setdefault(model.name, model)
    return [model for name, model in sorted(chosen.items()) if not _SELDOM.search(name)]


def _delta(model: Model, path: Path, base: Model, base_path: Path) -> bytes:
    """The gzip of a model's difference from its base."""
    return gzips.packed(
        f"{model.sha256}-{base.sha256}",
        lambda: deltas.difference(path.read_bytes(), base_path.read_bytes()),
    )


def _planes(model: Model, path: Path) -> bytes:
    """The gzip of a model's bytes, sorted by their place in a word."""
    return gzips.packed(f"{model.sha256}{planes.SUFFIX}", lambda: planes.split(path.read_bytes()))


def _run_setuptools(python: Path, hook: str, project: Path, out: Path, **variables: str) -> None:
    """Call a hook of PEP 517 for the project, without the network."""
    out.mkdir(exist_ok=True)
    code = f"import sys; from setuptools import build_meta; build_meta.{hook}(sys.argv[1])"
    quiet = {**os.environ, "SOURCE_DATE_EPOCH": str(archives.epoch()), "PYTHONHASHSEED": "0"}
    quiet.pop("HOLISTIC_PURE", None)
    environment.run(
        [str(python), "-c", code, str(out)],
        cwd=project,
        env={**quiet, **variables},
        capture_output=True,
    )


def _for_pyodide(wheel: Path, folder: Path) -> list[Path]:
    """Two wheels of one: for the platforms that package indexes accept, and for the others."""
    place = folder / index.FOLDER / index.project(wheel)
    place.mkdir(parents=True)
    platforms = _pyodide_platforms()
    accepted = [each for each in platforms if each.startswith(_ACCEPTED)]
    others = [each for each in platforms if each not in accepted]
    return [archives.wheel(wheel, folder, accepted), archives.wheel(wheel, place, others)]


def _pyodide_platforms() -> list[str]:
    """Those that the wheels in ``py/wheels`` are for."""
    (platforms,) = {path.stem.rpartition("-")[2] for path in WASM.glob("*.whl")}
    return platforms.split(".")


def _check_sizes(folder: Path) -> None:
    """Refuse wheels that are too large together, natively or in a browser."""
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.whl")}
    browser = {name for name in sizes if "_models_auto-" in name or name.endswith("_wasm32.whl")}
    apart = {name for name in sizes if name.startswith(_APART)}
    for what, names, limit in (
        ("the tracker and all models", sizes.keys() - browser - apart, LIMIT),
        ("what a browser fetches", browser, BROWSER_LIMIT),
    ):
        size = sum(sizes[name] for name in names)
        if size > limit:
            raise BuildError(f"{what} have {size:,} bytes together: {limit:,} is the limit")
