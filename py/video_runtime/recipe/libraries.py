"""FFmpeg and the libraries that it uses, compiled: these static, FFmpeg's own shared.

FFmpeg's libraries are shared because of its licence, the LGPL: whoever has the wheel can put
others in their places. What is done already is not done again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builder import sources

from .toolchain import Toolchain

JOBS = f"-j{os.cpu_count() or 1}"
_MESON = ("--buildtype=release", "--default-library=static", "-Db_staticpic=true", "--libdir=lib")
_VPX = (
    *("--target=x86_64-linux-gcc", "--as=nasm", "--enable-pic", "--enable-vp9-highbitdepth"),
    *("--disable-docs", "--disable-examples", "--disable-tools", "--disable-unit-tests"),
    *("--disable-libyuv", "--disable-webm-io"),
)

Build = Callable[[Toolchain, Path, Path, dict[str, Any]], None]


def build(tools: Toolchain, table: dict[str, Any], cache: Path, folder: Path) -> Path:
    """Fetch and compile all sources of ``table`` in ``folder``; where they are installed.

    Raises:
        BuildError: one does not compile.
        sources.SourceError: one cannot be fetched, or is another one.
    """
    installed = folder / "installed"
    for source in sources.declared(table):
        place, done = folder / source.name, folder / f".{source.name}"
        options = table["ffmpeg"] if source.name == "ffmpeg" else None
        wanted = repr((source, table["toolchain"], options))
        if done.is_file() and done.read_text() == wanted:
            continue
        print(f"video: compiling {source.name} {source.version}", flush=True)
        if not (place / ".unpacked").is_file() or (place / ".unpacked").read_text() != wanted:
            sources.unpack(source, sources.fetch(source, cache / "archives"), place)
            (place / ".unpacked").write_text(wanted)
        BUILDS[source.name](tools, place, installed, table)
        done.write_text(wanted)
    return installed


def licences(folder: Path, target: Path) -> None:
    """Copy the licence of every source in ``folder`` into ``target``."""
    target.mkdir()
    for name, files in LICENCES.items():
        for file in files:
            shutil.copy(folder / name / file, target / f"{name}-{file}")


def _zlib(tools: Toolchain, source: Path, installed: Path, _: dict[str, Any]) -> None:
    tools.run(["./configure", "--static", f"--prefix={installed}"], source, CFLAGS="-O2 -fPIC")
    tools.run(["make", JOBS, "libz.a", "install"], source)


def _meson(*options: str) -> Build:
    def build(tools: Toolchain, source: Path, installed: Path, _: dict[str, Any]) -> None:
        if not (source / "made" / "build.ninja").exists():
            setup = ["meson", "setup", "made", f"--prefix={installed}", *_MESON, *options]
            tools.run(setup, source)
        tools.run(["ninja", "-C", "made", JOBS, "install"], source)

    return build


def _libvpx(tools: Toolchain, source: Path, installed: Path, _: dict[str, Any]) -> None:
    """The prefix stands in the library; seen from FFmpeg's folder it is the same place."""
    made = source / "made"
    prefix = os.path.relpath(installed, made)
    if not (made / "config.mk").exists():
        made.mkdir(exist_ok=True)
        tools.run(["../configure", f"--prefix={prefix}", *_VPX], made)
    tools.run(["make", JOBS, "install"], made)


def _ffmpeg(tools: Toolchain, source: Path, installed: Path, table: dict[str, Any]) -> None:
    """The prefix is no folder of this machine: it stands in the libraries, with all options."""
    made = source / "made"
    # Newer glibcs have no such header, but the function that configure looks for.
    header = installed / "include" / "sys" / "sysctl.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    header.touch()
    if not (made / "ffbuild" / "config.mak").exists():
        made.mkdir(exist_ok=True)
        programs = ["--cc=cc", "--cxx=c++", "--ar=ar", "--ranlib=ranlib", "--pkg-config=pkg-config"]
        options = [*programs, "--pkg-config-flags=--static", "--extra-ldflags=-Wl,-s"]
        command = ["../configure", "--prefix=/usr", *options, *_ffmpeg_options(table["ffmpeg"])]
        tools.run(command, made, PKG_CONFIG_PATH=str(installed / "lib" / "pkgconfig"))
    tools.run(["make", JOBS], made)
    tools.run(["make", "install", f"DESTDIR={installed / 'ffmpeg'}"], made)


def _ffmpeg_options(ffmpeg: dict[str, Any]) -> list[str]:
    components = ffmpeg["components"].items()
    return [
        *ffmpeg["configure"],
        *(f"--enable-{kind}={','.join(each)}" for kind, each in components),
    ]


BUILDS: dict[str, Build] = {
    "zlib": _zlib,
    "dav1d": _meson("-Denable_tools=false", "-Denable_tests=false"),
    "opus": _meson("-Dtests=disabled", "-Ddocs=disabled", "-Dextra-programs=disabled"),
    "libvpx": _libvpx,
    "ffmpeg": _ffmpeg,
}

LICENCES = {
    "zlib": ("LICENSE",),
    "dav1d": ("COPYING",),
    "opus": ("COPYING",),
    "libvpx": ("LICENSE", "PATENTS"),
    "ffmpeg": ("LICENSE.md", "COPYING.LGPLv2.1"),
}
"""The files of each source that tell its licence."""
