"""The documentation site: Markdown pages of the repository, and the API from the docstrings.

Zensical makes it, from a copy of the pages. Pages in ``docs/`` keep their place; those of other
folders get one in ``ELSEWHERE``. In the copy, links lead to where their targets are in the site.
"""

import hashlib
import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from builder import BUILD, ROOT, BuildError, downloads, environment, locks

FOLDER = BUILD / "docs"
SITE = FOLDER / "site"
SETTINGS = "docs/zensical.toml"
ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "models/MODEL_CARD.md": "models.md",
    "models/REPORT.md": "models-report.md",
    "py/compress/README.md": "compression.md",
    "py/tflite_runtime/README.md": "runtime.md",
    "py/tflite_runtime/KERNELS.md": "kernels.md",
    "py/video_runtime/README.md": "video-reader.md",
}
"""Pages outside of ``docs/``, and their names in the documentation site."""

SOURCES = ("docs", "models/report", "py/holistic", *ELSEWHERE, "py/builder/documentation.py")
"""What the site is made of: files, and folders with all that is below them."""

PICTURES = {".jpg", ".png", ".svg"}

_CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<mark>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def build() -> Path:
    """The folder of the documentation site, made anew where its sources have changed.

    Raises:
        BuildError: a link leads nowhere, or Zensical refuses a page.
    """
    finished = FOLDER / f"built-{_fingerprint()}"
    with locks.alone("documentation"):
        if not finished.exists():
            print("building the documentation", flush=True)
            shutil.rmtree(FOLDER, ignore_errors=True)
            _stage(FOLDER / "pages")
            settings = shutil.copy(ROOT / SETTINGS, FOLDER)
            zensical = [str(environment.python("docs")), "-m", "zensical", "build"]
            environment.run([*zensical, "--clean", "--strict", "--config-file", str(settings)])
            finished.touch()
    return SITE


def for_site(text: str, page: str, places: dict[str, str]) -> tuple[str, set[str]]:
    """A page's text with links as they are in the site, and the pictures that it shows.

    Args:
        text: the page's Markdown.
        page: the page's path in the repository.
        places: of each page of the repository, its path in the documentation site.

    A link to a file that the site does not have becomes its text.

    Raises:
        BuildError: a link leads to a file that the repository does not have.
    """
    pictures: set[str] = set()

    def moved(link: re.Match[str]) -> str:
        path, hash_, anchor = link["target"].partition("#")
        if not path or ":" in path:
            return link[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if not (ROOT / target).exists():
            raise BuildError(f"{page} links to {link['target']}, which is not there")
        if Path(target).suffix in PICTURES:
            pictures.add(target)
        place = _place(target, places)
        if place is None:
            return link["text"]
        address = posixpath.relpath(place, posixpath.dirname(places[page]) or ".")
        return f"{link['mark']}[{link['text']}]({address}{hash_}{anchor})"

    pieces = _CODE.split(text)
    pieces[::2] = [_LINK.sub(moved, piece) for piece in pieces[::2]]
    return "".join(pieces), pictures


def _place(target: str, places: dict[str, str]) -> str | None:
    """Where a file of the repository is, seen from the documentation site's root."""
    if target in places:
        return places[target]
    if target.startswith("web/"):  # the documentation site is a folder of the site
        return f"../{target.removeprefix('web/')}"
    return target.removeprefix("docs/") if Path(target).suffix in PICTURES else None


def _stage(folder: Path) -> None:
    """Copy all pages and the pictures that they show into a folder."""
    places = _places()
    for page, place in places.items():
        text, pictures = for_site((ROOT / page).read_text("utf-8"), page, places)
        copy = folder / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, "utf-8")
        for picture in pictures:
            copy = folder / picture.removeprefix("docs/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / picture, copy)


def _places() -> dict[str, str]:
    """Of each page of the repository, its path in the documentation site."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    own = {page.relative_to(ROOT).as_posix(): page for page in pages}
    return ELSEWHERE | {name: name.removeprefix("docs/") for name in own}


def _fingerprint() -> str:
    """A hash of all that the site is made of."""
    total = hashlib.sha256()
    for path in _sources():
        total.update(f"{path.relative_to(ROOT)} {downloads.sha256(path)}\n".encode())
    return total.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.is_file() and file.suffix != ".pyc")
