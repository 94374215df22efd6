"""Wheels and sdists that are the same byte for byte whenever they are made of the same files.

Order, dates, modes and owners of what is in them are fixed; and wheels are named for the platforms
that they run on.
"""

import gzip
import hashlib
import io
import os
import re
import stat
import tarfile
import time
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

_EPOCH = 315532800  # 1980, where zip's dates begin
_SYSTEM = {"libc.so.6", "libm.so.6", "libpthread.so.0"}
_OLDEST_GLIBC = 17  # 2.17, the oldest that packages are named for


def epoch() -> int:
    """The date of all that is in the archives, in seconds."""
    return max(_EPOCH, int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)))


def finished(path: Path, folder: Path) -> Path:
    """The wheel or sdist as a fixed one in the folder."""
    return (wheel if path.suffix == ".whl" else sdist)(path, folder)


def wheel(made: Path, folder: Path, platforms: list[str] | None = None) -> Path:
    """The wheel with everything about its files fixed.

    It is named for the platforms, or for those that it has, or for all Linuxes that it runs on.
    """
    with zipfile.ZipFile(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    (about,) = (name for name in files if name.endswith(".dist-info/WHEEL"))
    project, version, python, abi, platform = made.stem.split("-")
    platforms = platforms or [_linux(platform, files)]
    files[about] = _tagged(files[about], [f"{python}-{abi}-{each}" for each in platforms])
    record = about.replace("WHEEL", "RECORD")
    del files[record]
    lines = [_recorded(path, content) for path, content in sorted(files.items())]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    path = folder / f"{project}-{version}-{python}-{abi}-{'.'.join(platforms)}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items(), key=lambda file: (file[0] == record, file[0])):
            archive.writestr(entry(name), content, compresslevel=9)
    return path


def sdist(made: Path, folder: Path) -> Path:
    """The sdist with everything about its files fixed."""
    content = io.BytesIO()
    with (
        tarfile.open(made) as old,
        tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            member.mtime, member.mode = epoch(), 0o755 if member.isdir() else 0o644
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    path = folder / made.name
    path.write_bytes(gzip.compress(content.getvalue(), 9, mtime=0))
    return path


def _tagged(about: bytes, tags: list[str]) -> bytes:
    """The file WHEEL with these tags in place of its own."""
    lines = [line for line in about.decode().splitlines() if line and line[:4] != "Tag:"]
    return "".join(f"{line}\n" for line in [*lines, *(f"Tag: {tag}" for tag in tags)]).encode()


def entry(path: str) -> zipfile.ZipInfo:
    """A zip's entry for a file, with its date and mode fixed."""
    packed = path.endswith(".gz")
    entry = zipfile.ZipInfo(path, time.gmtime(epoch())[:6])
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.create_system = 3  # Unix, on every system
    return entry


def _recorded(path: str, content: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def _linux(platform: str, files: dict[str, bytes]) -> str:
    """The platform of PEP 600 that the libraries of a wheel run on, by the glibc that they name.

    Another platform than Linux stays as it is, and so does a Linux if there are no libraries, or if
    they need one that not every Linux has.
    """
    libraries = [content for name, content in files.items() if name.endswith(".so")]
    needed = {
        name.decode() for each in libraries for name in re.findall(rb"lib\w+\.so[\d.]*", each)
    }
    if not platform.startswith("linux_") or not libraries or not needed <= _SYSTEM:
        return platform
    minors = [int(minor) for each in libraries for minor in re.findall(rb"GLIBC_2\.(\d+)", each)]
    newest = max([_OLDEST_GLIBC, *minors])
    return platform.replace("linux_", f"manylinux_2_{newest}_", 1)
