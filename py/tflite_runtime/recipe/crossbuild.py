"""pyodide-build in the chroot, with the smallest cross-build environment that it accepts.

pyodide-build asks for an archive with Pyodide's headers and settings. Our modules are called by
ctypes and need no headers, so the settings are enough: they are derived from npm's pyodide
package, whose standard library carries the target's sysconfig data.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import chroot

ENVIRONMENT = "xbuildenv"
"""Folder of the cross-build environment, inside the build folder."""

SYSCONFIG = "_sysconfigdata__emscripten_wasm32-emscripten"

MAKEFILE = """\
export PYODIDE_VERSION ?= {version}
export PYODIDE_ABI_VERSION ?= {abi}
export PYODIDE_EMSCRIPTEN_VERSION ?= {emscripten}
export PLATFORM_TRIPLET ?= wasm32-emscripten
export SYSCONFIG_NAME ?= {sysconfig}
export PYVERSION ?= {python}
export PYMAJOR ?= {major}
export PYMINOR ?= {minor}
export PYMICRO ?= {micro}
export CPYTHONINSTALL ?= $(PYODIDE_ROOT)/cpython/installs/python-$(PYVERSION)
export TARGETINSTALLDIR ?= $(CPYTHONINSTALL)
export SYSCONFIGDATA_DIR ?= $(CPYTHONINSTALL)/sysconfigdata
export PYTHONINCLUDE ?= $(CPYTHONINSTALL)/include/python$(PYMAJOR).$(PYMINOR)
export HOSTINSTALLDIR ?= $(PYODIDE_ROOT)/packages/.artifacts
export HOSTSITEPACKAGES ?= $(HOSTINSTALLDIR)/lib/python$(PYMAJOR).$(PYMINOR)/site-packages
export PIP_CONSTRAINT ?= $(PYODIDE_ROOT)/tools/constraints.txt
export CFLAGS_BASE ?=
export CXXFLAGS_BASE ?=
export LDFLAGS_BASE ?=
.output_vars:
\tenv
"""


class PackagingError(RuntimeError):
    """A package that packaging needs is missing or altered, or no wheel came out."""


def fetch_pyodide(pyodide: dict[str, str], folder: Path) -> Path:
    """npm's package of one ``pyodide`` in sources.toml as an archive in ``folder``, verified."""
    archive = folder / f"pyodide-{pyodide['version']}.tgz"
    if not archive.is_file():
        command = ["npm", "pack", "--silent", f"pyodide@{pyodide['version']}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found, expected = hashlib.sha256(archive.read_bytes()).hexdigest(), pyodide["sha256"]
    if found != expected:
        archive.unlink()
        raise PackagingError(f"{archive.name}: expected sha256 {expected}, got {found}; removed it")
    return archive


def main_module(archive: Path) -> bytes:
    """Pyodide's main module in npm's archive."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile("package/pyodide.asm.wasm")
        if file is None:
            raise PackagingError(f"{archive.name} has no main module")
        return file.read()


def unpack_pyodide(archive: Path, folder: Path) -> None:
    """Unpack npm's archive into ``folder``."""
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            name = member.name.removeprefix("package/")
            tar.extract(member.replace(name=name, deep=False), folder, filter="data")


def assemble(build: Path, pyodide: Path) -> None:
    """Write the cross-build environment for the unpacked ``pyodide`` into ``build``."""
    info = json.loads((pyodide / "pyodide-lock.json").read_text())["info"]
    major, minor, micro = info["python"].split(".")
    root = build / ENVIRONMENT / "pyodide-root"
    shutil.rmtree(build / ENVIRONMENT, ignore_errors=True)
    sysconfig = root / "cpython" / "installs" / f"python-{info['python']}" / "sysconfigdata"
    for folder in (sysconfig, root / "dist", root / "tools"):
        folder.mkdir(parents=True)
    with zipfile.ZipFile(pyodide / "python_stdlib.zip") as library:
        library.extract(f"{SYSCONFIG}.py", sysconfig)
    shutil.copy(pyodide / "pyodide-lock.json", root / "dist")
    (root / "tools" / "constraints.txt").touch()
    (root.parent / "requirements.txt").touch()
    makefile = MAKEFILE.format(
        version=json.loads((pyodide / "package.json").read_text())["version"],
        abi=info["abi_version"],
        emscripten=info["platform"].removeprefix("emscripten_").replace("_", "."),
        sysconfig=SYSCONFIG,
        python=info["python"],
        major=major,
        minor=minor,
        micro=micro,
    )
    (root / "Makefile.envs").write_text(makefile)


def install_tools(python: dict[str, Any], root: Path) -> None:
    """Install pyodide-build for the Python of the chroot ``root``, with the host's pip."""
    folder = root / "usr" / "local" / "lib" / f"python{python['version']}" / "dist-packages"
    done = folder / ".complete"
    wanted = " ".join(python["packages"])
    if done.is_file() and done.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    # pip of another Python than the chroot's: it is told the version and takes wheels only.
    options = ["--quiet", "--no-compile", "--ignore-requires-python", "--only-binary=:all:"]
    options += ["--disable-pip-version-check", "--root-user-action=ignore"]
    platforms = ["manylinux_2_28_x86_64", "manylinux2014_x86_64", "any"]
    options += [f"--platform={platform}" for platform in platforms]
    options += [f"--python-version={python['version']}", f"--target={folder}"]
    pip = [sys.executable, "-m", "pip", "install", *options]
    subprocess.run([*pip, *python["packages"]], check=True)
    done.write_text(wanted)


def build_wheel(
    root: Path, build: str, package: str, python: str, platforms: Sequence[str]
) -> Path:
    """Build the wheel of the project in ``build``/``package`` inside the chroot ``root``.

    ``package`` is a folder with a pyproject.toml. The wheel is named for all ``platforms``. The
    result is its path on the host.
    """
    base = f"/{build}"
    environment = {
        "PYODIDE_ROOT": f"{base}/{ENVIRONMENT}/pyodide-root",
        "SKIP_EMSCRIPTEN_VERSION_CHECK": "1",
        "SOURCE_DATE_EPOCH": "1700000000",  # the same sources give the same bytes
    }
    folder = root / build / package
    shutil.rmtree(folder / "dist", ignore_errors=True)
    command = [f"python{python}", "-m", "pyodide_cli", "build", "--no-isolation", "--outdir=dist"]
    chroot.run(root, command, cwd=f"{base}/{package}", environment=environment)
    built = _only_wheel(folder / "dist")
    command = [f"python{python}", "-m", "wheel", "tags", "--remove"]
    command += ["--platform-tag", ".".join(platforms), f"dist/{built.name}"]
    chroot.run(root, command, cwd=f"{base}/{package}", environment=environment)
    return _only_wheel(folder / "dist")


def _only_wheel(folder: Path) -> Path:
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise PackagingError(f"there are {len(wheels)} wheels in {folder}, not one")
    return wheels[0]
