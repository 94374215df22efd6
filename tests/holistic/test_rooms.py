"""The rooms of the package, and that imports between them run down only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import holistic
from builder import ROOT

PACKAGE = Path(holistic.__file__).parent

FLOORS = (
    {"shared"},
    {"options"},
    {"inference", "results"},
    {"motion"},
    {"tracking", "interchange", "live"},
    {"tracker"},
    {"browser", "batch", "compat"},
    {"angles", "connections", "drawing", "gestures", "landmarks", "recording"},
    {"__init__"},
    {"command_line"},
    {"convert"},
    {"cli"},
    {"__main__"},
)
"""Rooms, and modules at the top, from the ground up.

A room imports itself and the floors below; rooms of one floor do not know each other.
"""


def modules(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imported(module: Path) -> Iterator[str]:
    """The rooms that a module imports; "holistic" itself is its __init__."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, *path = name.split(".")
            if package == PACKAGE.name:
                top = path[0] if path else "__init__"
                known = any(top in floor for floor in FLOORS)
                yield top if known else "__init__"


@pytest.mark.parametrize("floor", range(len(FLOORS)))
def test_a_room_imports_only_rooms_below_it(floor: int) -> None:
    below = set().union(*FLOORS[:floor])
    for room in FLOORS[floor]:
        for module in modules(room):
            above = set(imported(module)) - below - {room}
            assert not above, f"{module.relative_to(PACKAGE)} imports {sorted(above)}"


def test_every_module_is_in_a_room_with_a_floor() -> None:
    tops = {path.stem for path in PACKAGE.glob("*.py")}
    tops |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert tops == set().union(*FLOORS)


ROOMS = sorted(path.parent for path in PACKAGE.rglob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(PACKAGE).as_posix())
def test_a_room_lists_what_is_in_it(room: Path) -> None:
    described = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    inside = {path.stem for path in room.glob("*.py")} - {"__init__"}
    inside |= {path.parent.name for path in room.glob("*/__init__.py")}
    for name in sorted(inside):
        assert f"``{name}``" in described, f"{room.name} does not list {name}"


def test_the_tests_mirror_the_rooms() -> None:
    tests = ROOT / "tests" / "holistic"
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    folders = {path.name for path in tests.iterdir() if any(path.glob("test_*.py"))}
    assert folders == rooms
