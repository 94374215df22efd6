"""An index of packages that any static host can serve, by PEP 503, for pip and micropip.

A package index takes no wheels for Pyodide 0.28, and none of this project's are in one yet. With
this index ``micropip.install`` finds them by name.
"""

import html
import os
import re
import zipfile
from email.parser import Parser
from pathlib import Path

from builder import downloads

FOLDER = "simple"

_PAGE = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{}</title></head><body>\n{}\n'
_PAGE += "</body></html>\n"


def project(file: Path) -> str:
    """The normalized name of the project that a wheel or an sdist is of."""
    return re.sub(r"[-_.]+", "-", file.name.partition("-")[0]).lower()


def write(folder: Path) -> None:
    """Write the pages for what is in the folder and in the folders of the index itself."""
    index = folder / FOLDER
    files: dict[str, list[Path]] = {}
    for path in sorted([*folder.iterdir(), *index.glob("*/*")], key=lambda path: path.name):
        if path.name.endswith((".whl", ".tar.gz")):
            files.setdefault(project(path), []).append(path)
    for name, paths in files.items():
        (index / name).mkdir(parents=True, exist_ok=True)
        wheel = next(path for path in paths if path.suffix == ".whl")
        links = [_link(path, index / name, _required_python(wheel)) for path in paths]
        (index / name / "index.html").write_text(_page(name, links), "utf-8")
    names = [f'<a href="{name}/">{name}</a>' for name in sorted(files)]
    (index / "index.html").write_text(_page("Holistic Tracking", names), "utf-8")


def _page(title: str, links: list[str]) -> str:
    return _PAGE.format(html.escape(title), "<br>\n".join(links))


def _link(path: Path, folder: Path, python: str) -> str:
    place = f"{os.path.relpath(path, folder)}#sha256={downloads.sha256(path)}".replace(os.sep, "/")
    return f'<a href="{place}" data-requires-python="{html.escape(python)}">{path.name}</a>'


def _required_python(wheel: Path) -> str:
    """What the wheel says about the versions of Python that it is for."""
    with zipfile.ZipFile(wheel) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return str(Parser().parsestr(archive.read(about).decode())["Requires-Python"])
