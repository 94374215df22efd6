"""Upstream sources from Debian's pool: fetched by apt's downloader, verified, unpacked, patched."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APT_HELPER = Path("/usr/lib/apt/apt-helper")


class SourceError(RuntimeError):
    """A source archive is missing, altered, or does not take our patches."""


@dataclass(frozen=True)
class Source:
    """One upstream archive; see sources.toml for the fields."""

    name: str
    version: str
    license: str
    archive: str
    sha256: str
    strip: int
    keep: tuple[str, ...]

    @property
    def file(self) -> str:
        """Name of the archive."""
        return self.archive.rpartition("/")[2]


def mirror() -> str:
    """Address of the Debian mirror that this machine's apt is set up with.

    The environment variable HOLISTIC_DEBIAN_MIRROR takes precedence (for a host that is no Debian).

    Raises SourceError where apt knows none.
    """
    chosen = os.environ.get("HOLISTIC_DEBIAN_MIRROR")
    if chosen:
        return chosen.rstrip("/")
    query = ["--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"]
    listing = subprocess.run(
        ["apt-get", "indextargets", *query], capture_output=True, text=True, check=False
    ).stdout
    sites = [site for site in dict.fromkeys(listing.split()) if "security" not in site]
    if not sites:
        raise SourceError(
            "apt knows no Debian mirror: run `apt-get update`, or set HOLISTIC_DEBIAN_MIRROR"
        )
    return sites[0].rstrip("/")


def declared(table: dict[str, Any]) -> list[Source]:
    """The sources of a parsed sources.toml."""
    return [Source(**{**row, "keep": tuple(row.get("keep", ()))}) for row in table["source"]]


def fetch(source: Source, folder: Path) -> Path:
    """Path of the verified archive in ``folder``, fetched there if need be.

    Raises SourceError where the mirror has no such file, or one with another sha256.
    """
    path = folder / source.file
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        address = f"{mirror()}/pool/main/{source.archive}"
        subprocess.run([APT_HELPER, "download-file", address, path], check=False)
    if not path.is_file():
        raise SourceError(
            f"{source.file} ({source.name} {source.version}) cannot be fetched by apt"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.sha256:
        path.unlink()
        raise SourceError(
            f"{source.file}: expected sha256 {source.sha256}, got {found}; removed it"
        )
    return path


def unpack(source: Source, archive: Path, folder: Path) -> None:
    """Unpack ``archive`` into ``folder``, dropping leading folders and what is not kept."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if archive.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
        content = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    else:
        content = archive.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(folder, _wanted(tar, source), filter="data")


def _wanted(tar: tarfile.TarFile, source: Source) -> Iterator[tarfile.TarInfo]:
    """The members to unpack, under their new names."""
    for member in tar:
        name = "/".join(Path(member.name).parts[source.strip :])
        kept = not source.keep or any(
            name == top or name.startswith(f"{top}/") for top in source.keep
        )
        if name and kept and (member.isfile() or member.isdir()):
            yield member.replace(name=name, deep=False)


def patch(folder: Path, patches: Iterable[Path]) -> None:
    """Apply each of ``patches`` (``<source>-*.patch``) to its source under ``folder``."""
    for difference in patches:
        target = folder / difference.name.partition("-")[0]
        command = ["patch", "--batch", "--forward", "--strip=1", f"--input={difference}"]
        result = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
        if result.returncode:
            raise SourceError(f"{difference.name} does not apply:\n{result.stdout}")
