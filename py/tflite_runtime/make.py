"""Builds the two wheels for Pyodide, of tflite_runtime and holistic_kernels, from source.

    sudo python py/tflite_runtime/make.py

makes a Debian folder with the toolchain in it (root is needed for that), fetches TensorFlow Lite,
XNNPACK and what they need from Debian's mirror, compiles both flavours of the side module, packs
the wheels with pyodide-build into py/wheels, and writes provenance.json there. What is done
already is kept in the cache folder and not done again. It takes about half an hour on two cores.
"""

import argparse
import shutil
import sys
import tomllib
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent))

from recipe import chroot, crossbuild, ninja, provenance  # noqa: E402 - builder is above them

from builder import BuildError, downloads, sources, wasm  # noqa: E402

KERNELS = HERE.parent / "kernels"
WHEELS = HERE.parent / "wheels"
BUILD = "build"
"""The build folder's name inside the chroot."""


def say(text: str) -> None:
    """Tell the user which step begins."""
    print(f"wheels: {text}", flush=True)


def prepare_sources(table: dict[str, Any], cache: Path, build: Path) -> None:
    """Fetch, unpack and patch every source into ``build``, unless these very ones are there."""
    patches = sorted((HERE / "patches").glob("*.patch"))
    recipe = repr(table["source"]) + "".join(patch.read_text() for patch in patches)
    done = build / ".sources"
    if not done.is_file() or done.read_text() != recipe:
        shutil.rmtree(build)  # object files of other sources might look newer than these
        build.mkdir()
        for source in sources.declared(table):
            say(f"source {source.name} {source.version}")
            archive = sources.fetch(source, cache / "archives")
            sources.unpack(source, archive, build / source.name)
        sources.patch(build, patches)
        done.write_text(recipe)
    for own in ("shims", "kernels"):
        shutil.copytree(HERE / own, build / own, dirs_exist_ok=True)


def compile_modules(root: Path) -> dict[str, Path]:
    """Compile and link the side modules in the chroot ``root``; the path of each flavour's."""
    build = root / BUILD
    modules = ninja.write(build, tomllib.loads((HERE / "objects.toml").read_text()))
    say(f"compiling {', '.join(modules.values())}")
    chroot.run(root, ["nice", "ninja"], cwd=f"/{BUILD}")
    return {flavour: build / module for flavour, module in modules.items()}


def prepare_packaging(table: dict[str, Any], cache: Path, root: Path) -> dict[str, bytes]:
    """Put pyodide-build and its cross-build environment into ``root``.

    Returns the main module of every Pyodide that the wheels are for, by its version.
    """
    archives = {
        pyodide["version"]: crossbuild.fetch_pyodide(pyodide, cache / "archives")
        for pyodide in table["pyodide"]
    }
    settings = table["pyodide"][0]["version"]
    say(f"pyodide-build with the settings of Pyodide {settings}")
    build = root / BUILD
    crossbuild.install_tools(table["python"], root)
    crossbuild.unpack_pyodide(archives[settings], build / "pyodide")
    crossbuild.assemble(build, build / "pyodide")
    return {version: crossbuild.main_module(archive) for version, archive in archives.items()}


def package(root: Path, project: Path, additions: dict[str, Path], table: dict[str, Any]) -> Path:
    """The wheel of ``project``, with ``additions`` (place in the project: path) put into it."""
    say(f"packing {project.name}")
    copy = root / BUILD / "packages" / project.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for place, path in additions.items():
        shutil.copy(path, copy / place)
    python, platforms = table["python"]["version"], [row["platform"] for row in table["pyodide"]]
    return crossbuild.build_wheel(root, BUILD, f"packages/{project.name}", python, platforms)


def check_imports(wheel: Path, main_modules: dict[str, bytes]) -> None:
    """Raise if a side module in ``wheel`` needs a symbol that one of the Pyodides lacks."""
    with zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".wasm")]
        for name, (version, main_module) in product(modules, main_modules.items()):
            if missing := wasm.missing(archive.read(name), main_module):
                lacking = f"{sorted(missing)}, which Pyodide {version} lacks"
                raise crossbuild.PackagingError(f"{name} needs {lacking}")


def make(cache: Path, wheels: Path = WHEELS) -> list[Path]:
    """Do everything; ``cache`` keeps the toolchain, the archives and the object files.

    Returns the wheels' paths. Raises ToolchainError, SourceError or PackagingError, whose message
    says what failed and what to do.
    """
    table = tomllib.loads((HERE / "sources.toml").read_text())
    toolchain = table["toolchain"]
    root = cache / "chroot"
    build = root / BUILD
    say(f"toolchain in {root}")
    chroot.make(root, toolchain["suite"], toolchain["packages"])
    build.mkdir(exist_ok=True)
    prepare_sources(table, cache, build)
    additions = {"LICENSES.md": HERE / "LICENSES.md"}
    for flavour, module in compile_modules(root).items():
        additions[f"src/tflite_runtime/libtensorflowlite_{flavour}.wasm"] = module
    main_modules = prepare_packaging(table, cache, root)
    built = [package(root, HERE / "package", additions, table), package(root, KERNELS, {}, table)]
    for wheel in built:
        check_imports(wheel, main_modules)
    wheels.mkdir(exist_ok=True)
    for old in wheels.glob("*.whl"):
        old.unlink()
    finished = [Path(shutil.copy(wheel, wheels)) for wheel in built]
    tools = chroot.tool_versions(root)
    provenance.write(wheels, finished, table, tools)
    if not tools["emscripten"].startswith(toolchain["emscripten"]):
        say(f"emscripten is {tools['emscripten']}, not {toolchain['emscripten']}: test the wheels")
    say(f"done: {', '.join(wheel.name for wheel in finished)}")
    return finished


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = downloads.cache_folder().parent
    parser.add_argument("--cache", type=Path, default=default, help="%(default)s")
    parser.add_argument("--wheels", type=Path, default=WHEELS, help="where the wheels go")
    options = parser.parse_args()
    try:
        make(options.cache, options.wheels)
    except (
        BuildError,
        chroot.ToolchainError,
        sources.SourceError,
        crossbuild.PackagingError,
    ) as error:
        sys.exit(f"wheels: {error}")


if __name__ == "__main__":
    main()
