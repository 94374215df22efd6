"""The rooms of the page's code, and that imports between them run down only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder import ROOT

WEB = ROOT / "web"

FLOORS = (
    {"shared", "files.js"},
    {"tag/faults"},
    {"tag/state"},
    {"tag/sources"},
    {"tag"},
    {"holistic-tracking.js", "holistic-tracker.js"},
    {"live", "plots", "recording", "worker"},
    {"page"},
    {"avatar", "holistic-tracking.mjs", "holistic-service.js"},
)
"""Rooms, and scripts that stand beside them, from the ground up.

A room imports itself and the floors below; rooms of one floor do not know each other.
"""

SOURCES = [path for path in sorted(WEB.rglob("*")) if path.suffix in (".js", ".mjs", ".py")]

_IMPORT = re.compile(
    r"^(?:import|export)\b[^'\"]*['\"](\.[^'\"]+)|\bimport\(['\"](\.[^'\"]+)", re.MULTILINE
)
_PYTHONS_FOLDERS = ("tag", "tag/sources")
"""Folders whose modules the tag's Python knows by their bare names, scripts too."""


def room(path: Path) -> str:
    """The room of a file; what is wrong is told by both of the tag's languages, so it is one."""
    place = path.relative_to(WEB)
    if place.match("tag/faults.*"):
        return "tag/faults"
    return place.name if len(place.parts) == 1 else place.parent.as_posix()


def named(path: Path) -> Iterator[Path]:
    """Where the files would be that a file imports."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        for static, dynamic in _IMPORT.findall(text):
            yield (path.parent / (static or dynamic)).resolve()
    elif path.is_relative_to(WEB / "tag"):
        for node in ast.walk(ast.parse(text)):
            for name in _modules(node):
                for folder in _PYTHONS_FOLDERS:
                    yield from (WEB / folder / f"{name}{suffix}" for suffix in (".py", ".js"))


def _modules(node: ast.AST) -> list[str]:
    """What a statement of Python imports, as paths without an ending."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [each.name for each in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return [name.replace(".", "/") for name in names]


def imported(path: Path) -> set[str]:
    """The rooms that a file imports; what only a built site has is in none."""
    return {room(each) for each in named(path) if each.is_file()}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_file_imports_only_its_own_room_and_those_below(path: Path) -> None:
    own = room(path)
    (height,) = [height for height, floor in enumerate(FLOORS) if own in floor]
    assert imported(path) - {own} <= set().union(*FLOORS[:height])


def test_every_room_has_files() -> None:
    assert {room(path) for path in SOURCES} == set().union(*FLOORS)


def test_imports_are_seen_in_both_languages() -> None:
    assert imported(WEB / "tag" / "tracking.py") >= {"tag/faults", "tag/sources", "tag/state"}
    assert imported(WEB / "tag" / "element.js") >= {"tag", "tag/faults"}
