"""The build environment: a compiler for an old glibc, an assembler, and the tools of Python.

Zig's compiler is Clang with the symbols of every glibc, so the libraries run on Linuxes that are
older than the one that they are made on. Nothing of it is installed on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder import BuildError, sources

PROGRAMS = {"make": "make", "perl": "perl", "pkg-config": "pkg-config"}
"""What the machine itself must have, and Debian's packages of it."""

_WRAPPERS = {"cc": "cc", "c++": "c++", "ar": "ar", "ranlib": "ranlib"}
_SANE = "-fno-sanitize=undefined"  # which Zig switches on by itself


@dataclass(frozen=True)
class Toolchain:
    """A folder of tools, and the variables of the environment in which they find each other."""

    folder: Path
    variables: dict[str, str]

    @property
    def python(self) -> Path:
        """The interpreter that has the tools of Python."""
        return self.folder / "venv" / "bin" / "python"

    def run(self, command: Sequence[str | Path], cwd: Path, **variables: str) -> None:
        """Run a command in a folder; what it says is in the folder's file ``build.log``.

        Raises:
            BuildError: it failed; the message ends with the last that it said.
        """
        log = cwd / "build.log"
        with log.open("ab") as file:
            result = subprocess.run(
                ["nice", "-n", "10", *command],
                cwd=cwd,
                env={**os.environ, **self.variables, **variables},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        if result.returncode:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise BuildError(f"'{' '.join(map(str, command))}' failed (see {log}):\n{said}")


def make(folder: Path, table: dict[str, Any]) -> Toolchain:
    """The tools that ``[toolchain]`` of sources.toml names, in ``folder``, made unless it is there.

    Raises:
        BuildError: this Python or this machine cannot make the wheel, or a step failed.
        sources.SourceError: the assembler cannot be fetched, or is another one.
    """
    _check_machine()
    done, wanted = folder / ".complete", repr(table)
    if not (done.is_file() and done.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        nasm = sources.declared({"source": [table["nasm"]]})[0]
        sources.unpack(nasm, sources.fetch(nasm, folder), folder / "nasm")
        _install(folder / "venv", table["python"])
        _write_wrappers(folder / "bin", folder / "venv", table["target"])
        done.write_text(wanted)
    path = [folder / "bin", folder / "nasm", folder / "venv" / "bin", os.environ["PATH"]]
    variables = {
        "PATH": os.pathsep.join(map(str, path)),
        "CC": "cc",
        "CXX": "c++",
        "LD": "cc",
        "AR": "ar",
        "RANLIB": "ranlib",
        "ZIG_GLOBAL_CACHE_DIR": str(folder / "zig"),
        "ZIG_LOCAL_CACHE_DIR": str(folder / "zig"),
        "SOURCE_DATE_EPOCH": "1700000000",  # the same sources give the same bytes
        "PYTHONHASHSEED": "0",
    }
    return Toolchain(folder, variables)


def _check_machine() -> None:
    machine = os.uname()
    if (machine.sysname, machine.machine) != ("Linux", "x86_64"):
        raise BuildError(
            f"the video reader is made on Linux x86_64 only; this is {machine.sysname} "
            f"{machine.machine}: install PyAV's own wheel, pip install 'holistic-tracking[video]'"
        )
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):  # of which PyAV makes a wheel for all later
        raise BuildError(
            "PyAV is built for the stable ABI by Python 3.11, 3.12 or 3.13; "
            f"this is {sys.version.split()[0]}"
        )
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        raise BuildError(f"these programs are missing: apt-get install {' '.join(missing)}")


def _install(folder: Path, packages: Sequence[str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    if subprocess.run([*pip, "--quiet", *packages]).returncode:
        raise BuildError(f"pip could not install {', '.join(packages)}: it says above why")


def _write_wrappers(folder: Path, venv: Path, target: str) -> None:
    no_paths = f"-ffile-prefix-map={folder.parents[1]}=."  # of this machine, in assertions
    (zig,) = venv.glob("lib/python*/site-packages/ziglang/zig")
    folder.mkdir()
    for name, command in _WRAPPERS.items():
        options = f"-target {target} {_SANE} {no_paths} " if command in {"cc", "c++"} else ""
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{zig}" {command} {options}"$@"\n')
        script.chmod(0o755)
