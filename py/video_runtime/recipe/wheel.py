"""PyAV, compiled for our FFmpeg, and the wheel of both."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from builder import ROOT, BuildError, archives

from . import libraries
from .toolchain import Toolchain

PACKAGE = Path(__file__).resolve().parents[1] / "package"
_SITE = Path("src", "holistic_tracking_video", "site")
_FOR_COMPILERS = (".pxd", ".pyi", ".pyx", ".c", ".h")


def build_pyav(tools: Toolchain, pyav: dict[str, str], ffmpeg: Path, folder: Path) -> Path:
    """The wheel of PyAV for the FFmpeg that is installed in ``ffmpeg``, made unless it is there.

    Raises:
        BuildError: its sdist cannot be fetched, is another one, or does not compile.
    """
    place = folder / "pyav"
    place.mkdir(exist_ok=True)
    requirements = place / "requirements.txt"
    requirements.write_text(f"av=={pyav['version']} --hash=sha256:{pyav['sha256']}\n")
    made, done = place / "made", place / ".made"
    wanted = repr((pyav, (folder / ".ffmpeg").read_text()))
    if not (done.is_file() and done.read_text() == wanted):
        shutil.rmtree(made, ignore_errors=True)
        pip = [str(tools.python), "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"]
        options = ["--no-binary=av", "--no-build-isolation", "--require-hashes", "--no-cache-dir"]
        tools.run(
            [*pip, *options, f"--requirement={requirements}", f"--wheel-dir={made}"],
            place,
            LDSHARED="cc -shared",
            CFLAGS="-O2 -g0 -fwrapv -DNDEBUG",
            LDFLAGS="-Wl,-s",
            PKG_CONFIG_PATH=str(ffmpeg / "usr" / "lib" / "pkgconfig"),
            PKG_CONFIG_SYSROOT_DIR=str(ffmpeg),
        )
        done.write_text(wanted)
    return next(made.glob("av-*.whl"))


def build(tools: Toolchain, table: dict[str, Any], folder: Path, out: Path) -> Path:
    """The finished wheel in ``out``, of the libraries that are compiled in ``folder``.

    Raises:
        BuildError: a step failed, or it would not run on the Linuxes that it is named for.
    """
    ffmpeg = folder / "installed" / "ffmpeg"
    project, raw, repaired = folder / "package", folder / "raw", folder / "repaired"
    for old in (project, raw, repaired):
        shutil.rmtree(old, ignore_errors=True)
    pyav = build_pyav(tools, table["pyav"], ffmpeg, folder)
    _stage(table, pyav, folder, project)
    pip = [str(tools.python), "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    tools.run([*pip, f"--wheel-dir={raw}", "."], project)
    (plain,) = raw.glob("*.whl")
    auditwheel = [str(tools.python), "-m", "auditwheel", "repair"]
    platform = table["toolchain"]["platform"]
    options = [f"--plat={platform}", "--only-plat", f"--wheel-dir={repaired}", str(plain)]
    places = str(ffmpeg / "usr" / "lib")
    tools.run([*auditwheel, *options], folder, AUDITWHEEL_LD_LIBRARY_PATH=places)
    (wheel,) = repaired.glob("*.whl")
    if not wheel.stem.endswith(platform):
        raise BuildError(f"{wheel.name} does not run on {platform}")
    _check(tools, wheel, folder / "check")
    out.mkdir(exist_ok=True)
    return archives.wheel(wheel, out, [platform])


def _check(tools: Toolchain, wheel: Path, folder: Path) -> None:
    """Import it: what a library lacks is noticed only then."""
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    command = [str(tools.python), "-c", "import av, av.filter.loudnorm"]
    tools.run(command, folder, PYTHONPATH=str(folder / _SITE.relative_to("src")))


def _stage(table: dict[str, Any], pyav: Path, folder: Path, project: Path) -> None:
    """The project that the wheel is made of: ours, PyAV in its folder, and all licences."""
    shutil.copytree(PACKAGE, project, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "LICENSE", project)
    versions = {row["name"]: row["version"] for row in table["source"]}
    notice = (project / "NOTICE").read_text("utf-8")
    for name, version in {**versions, "pyav": table["pyav"]["version"]}.items():
        notice = notice.replace(f"@{name}@", version)
    (project / "NOTICE").write_text(notice, "utf-8")
    libraries.licences(folder, project / "licences")
    with zipfile.ZipFile(pyav) as archive:
        names = archive.namelist()
        for name in names:
            if name.startswith("av/") and _is_run(name, names):
                archive.extract(name, project / _SITE)
        (licence,) = (name for name in names if name.endswith("LICENSE.txt"))
        (project / "licences" / "pyav-LICENSE.txt").write_bytes(archive.read(licence))


def _is_run(name: str, names: list[str]) -> bool:
    """Whether a file of PyAV is needed to run it: not what it is compiled from."""
    path = PurePosixPath(name)
    compiled = str(path.with_suffix(".abi3.so"))
    return path.suffix not in _FOR_COMPILERS and (path.suffix == ".so" or compiled not in names)
