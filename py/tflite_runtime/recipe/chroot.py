"""A Debian folder with the WebAssembly toolchain in it, made by debootstrap and entered by chroot.

The host's own packages stay as they are: emscripten is needed in one version, and Debian's
unstable suite is where that version is.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder import sources


class ToolchainError(RuntimeError):
    """The toolchain cannot be made or used here; the message says what to do."""


def make(folder: Path, suite: str, packages: Sequence[str]) -> None:
    """Fill ``folder`` with ``suite`` and ``packages`` unless that was done before."""
    done = folder / ".complete"
    if done.is_file() and done.read_text().split() == [suite, *packages]:
        return
    if os.geteuid() != 0:
        raise ToolchainError("making the toolchain's chroot needs root: run this with sudo")
    if shutil.which("debootstrap") is None:
        raise ToolchainError("debootstrap is missing: run `apt-get install debootstrap`")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    options = ["--variant=minbase", f"--include={','.join(packages)}"]
    command = ["debootstrap", *options, suite, str(folder), sources.mirror()]
    if subprocess.run(command, check=False).returncode:
        log = folder / "debootstrap" / "debootstrap.log"
        raise ToolchainError(f"debootstrap failed; its log is {log}")
    done.write_text(" ".join([suite, *packages]))


def run(
    folder: Path,
    command: Sequence[str],
    cwd: str = "/",
    environment: Mapping[str, str] | None = None,
    capture: bool = False,
) -> str:
    """Run ``command`` inside the chroot, from its folder ``cwd``; what it printed if ``capture``.

    Raises ToolchainError when it fails; its own output says why.
    """
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home", "LC_ALL": "C.UTF-8"}
    entered = ["chroot", str(folder), "env", "-C", cwd, *command]
    result = subprocess.run(
        entered,
        env={**clean, **(environment or {})},
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ToolchainError(f"in the chroot, `{' '.join(command)}` failed ({result.returncode})")
    return result.stdout or ""


def tool_versions(folder: Path) -> dict[str, str]:
    """Name and version of the Debian packages that the result depends on."""
    names = ["emscripten", "clang-21", "lld-21", "binaryen", "ninja-build", "python3.13"]
    listing = run(
        folder, ["dpkg-query", "--show", "--showformat", "${Package}=${Version}\\n"], capture=True
    )
    versions = dict(line.split("=", 1) for line in listing.split())
    return {name: versions[name] for name in names if name in versions}
