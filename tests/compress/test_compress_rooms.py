"""The toolchain's rooms: imports run one way."""

import ast
import graphlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import compress

ROOT = Path(compress.__file__).parent

BELOW = {
    "catalogue": set(),
    "recipe": {"catalogue"},
    "tflite": {"catalogue"},
    "data": {"tflite"},
    "fit": {"recipe", "tflite", "data"},
    "measure": {"catalogue", "recipe", "tflite", "data"},
    "report": {"catalogue", "recipe", "tflite", "data", "measure"},
    "pipeline": {"recipe", "tflite", "data", "fit"},
    "curve": {"catalogue", "recipe", "tflite", "measure", "pipeline"},
    "commands": {
        *("catalogue", "recipe", "tflite", "data", "fit", "measure", "report", "pipeline", "curve"),
    },
    "cli": {"commands"},
    "__main__": {"cli"},
}
"""What each room, or module beside the rooms, may import of the toolchain."""


def room(path: Path) -> str:
    """The folder or the module of the toolchain that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The full names of what a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from names


def imported(path: Path) -> set[str]:
    """The rooms of the toolchain that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("compress.")}


SOURCES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_its_own_room_and_those_below(path: Path) -> None:
    own = room(path)
    assert imported(path) - {own} <= BELOW[own]


def test_every_allowed_import_is_used() -> None:
    used = {name: set() for name in BELOW}
    for path in SOURCES:
        used[room(path)] |= imported(path) - {room(path)}
    assert used == BELOW


def test_there_is_an_order_of_the_rooms() -> None:
    assert [*graphlib.TopologicalSorter(BELOW).static_order()][-1] == "__main__"


def test_only_fitting_needs_pytorch() -> None:
    users = {room(path) for path in SOURCES if {"torch"} & {n.split(".")[0] for n in imports(path)}}
    assert users == {"fit", "pipeline"}


def test_the_command_that_the_build_runs_first_needs_the_standard_library_alone() -> None:
    command = [sys.executable, "-S", "-m", "compress", "originals"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "the following arguments are required: NAME=FILE" in answer.stderr
