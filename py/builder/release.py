"""A release: everything that is published, in one folder, with checksums, a bill and the notes.

The packages, the site and the index of wheels as zips, a bill of materials, the changelog's
section, and ``SHA256SUMS`` over all of them. Made twice from the same files all are the same byte
for byte; for the site's Python see ``repeatable.mjs``.
"""

import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from builder import (
    ROOT,
    BuildError,
    archives,
    bill,
    downloads,
    npm,
    own_version,
    package,
    simple_index,
    site,
)

SUMS = "SHA256SUMS"
CHANGELOG = ROOT / "CHANGELOG.md"
UNRELEASED = "Unreleased"


def build(folder: Path = package.DIST, others: Path | None = None) -> list[Path]:
    """Make a release in ``folder``, which may hold an earlier one and nothing else.

    ``others`` is a folder with wheels that were made on other machines; they join the release.

    Raises:
        BuildError: something failed, or the folder holds other files.
    """
    number = own_version()
    _empty(folder)
    files = [path for path in package.build(folder) if path.parent == folder]
    files += [Path(shutil.copy(path, folder)) for path in wheels_of(others)]
    index = folder / simple_index.FOLDER
    files.append(zipped(index, folder / f"holistic-tracking-{index.name}-{number}.zip"))
    shutil.rmtree(index)
    with tempfile.TemporaryDirectory(prefix="holistic-release-") as name:
        made = site.build(Path(name) / "site")
        files += npm.build(folder, made)
        files.append(zipped(made, folder / f"holistic-tracking-site-{number}.zip"))
    files += [
        _written(folder / f"holistic-tracking-{number}.cdx.json", bill.text(number)),
        _written(folder / f"CHANGELOG-{number}.md", notes(CHANGELOG.read_text("utf-8"), number)),
    ]
    files = sorted(set(files))
    sums = "".join(f"{downloads.sha256(path)}  {path.name}\n" for path in files)
    return [*files, _written(folder / SUMS, sums)]


def notes(changelog: str, number: str) -> str:
    """The changelog's section of a version; what is unreleased, while there is something.

    Raises:
        BuildError: there is neither.
    """
    sections = dict(re.findall(r"^## \[(.+?)\].*?\n(.*?)(?=^## |\Z)", changelog, re.M | re.S))
    text = sections.get(UNRELEASED, "").strip() or sections.get(number, "").strip()
    if not text:
        raise BuildError(f"CHANGELOG.md has no section [{number}]: write what changed")
    return f"# Holistic Tracking {number}\n\n{text}\n"


def _empty(folder: Path) -> None:
    """Remove an earlier release.

    Raises:
        BuildError: there is something in the folder that no release has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folders = f"{simple_index.FOLDER}|{npm.APART}"
    ours = re.compile(rf"holistic[-_]tracking.*|CHANGELOG-.*\.md|{SUMS}|{folders}")
    strange = sorted(path.name for path in folder.iterdir() if not ours.fullmatch(path.name))
    if strange:
        raise BuildError(
            f"{folder} holds {', '.join(strange[:3])}, which no release has: name another folder"
        )
    shutil.rmtree(folder)
    folder.mkdir()


def wheels_of(others: Path | None) -> list[Path]:
    """The wheels that other machines have made.

    Raises:
        BuildError: there are none in the folder.
    """
    if others is None:
        return []
    found = sorted(others.rglob("holistic_tracking*.whl"))
    if not found:
        raise BuildError(f"there are no wheels of holistic-tracking in {others}")
    return found


def zipped(made: Path, path: Path) -> Path:
    """The files of a folder as a zip whose dates, modes and order are fixed."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(made.rglob("*")):
            if file.is_file():
                name = file.relative_to(made).as_posix()
                archive.writestr(archives.entry(name), file.read_bytes(), compresslevel=9)
    return path


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path
