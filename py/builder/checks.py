"""``build.py check``: all that reads the sources without running them.

A step has a name, and a function that says what it found: nothing where all is well.
"""

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from builder import ROOT, declarations, environment, references

WORKERS = "types/tsconfig.worker.json"
"""How tsc reads the scripts that run in workers; tsconfig.json is for all others."""


class Step(NamedTuple):
    """One check; ``find()`` gives what is wrong as text, empty where nothing is."""

    name: str
    find: Callable[[], str]


def steps(interpreter: Path) -> list[Step]:
    """All checks, the longest first; ``interpreter`` is one that has ruff, mypy and what we import.

    Installs the tools of Node.js that they need.
    """
    python = [str(interpreter), "-m"]
    node = environment.node_tools()
    return [
        Step("types in Python (mypy)", tool(*python, "mypy")),
        Step("types in pages (tsc)", tool(str(node / "tsc"), "--project", ".")),
        Step("types in workers (tsc)", tool(str(node / "tsc"), "--project", WORKERS)),
        Step("Python (ruff check)", tool(*python, "ruff", "check", "--quiet")),
        Step("layout of Python (ruff format)", tool(*python, "ruff", "format", "--check")),
        Step("JavaScript (oxlint)", tool(str(node / "oxlint"), "--deny-warnings")),
        *sources(ROOT),
    ]


def sources(root: Path) -> list[Step]:
    """The checks that need no tool, of the checkout at ``root``."""
    found_by = {
        "the tag's declarations": declarations.mismatches,
        "declarations of JavaScript for Python": declarations.stub_mismatches,
        "links in documents": references.broken_links,
        "files that are named": references.missing_files,
        "names of tests": namesakes,
    }
    return [Step(name, _reading(look, root)) for name, look in found_by.items()]


def namesakes(root: Path) -> list[str]:
    """Files among the tests that share a name: pytest takes one of them for the other."""
    found = sorted(path for path in (root / "tests").rglob("*.py") if path.name != "conftest.py")
    times = Counter(path.name for path in found)
    return [
        f"{path.relative_to(root)}: another file among the tests has this name"
        for path in found
        if times[path.name] > 1
    ]


def run(all_steps: Iterable[Step]) -> bool:
    """Run all steps, side by side, and print how each went; true if nothing was found."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        todo = [(step, pool.submit(step.find)) for step in all_steps]
        went_well = [_report(step.name, future.result()) for step, future in todo]
    return all(went_well)


def _report(name: str, found: str) -> bool:
    print(f"failed  {name}\n{found}" if found else f"ok      {name}", flush=True)
    return not found


def tool(*command: str) -> Callable[[], str]:
    """A check by a program: what it says, if it fails."""

    def find() -> str:
        result = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = result.stdout.strip() or f"{command[0]} ended with exit code {result.returncode}"
        return said if result.returncode else ""

    return find


def _reading(look: Callable[[Path], list[str]], root: Path) -> Callable[[], str]:
    """The lines that a check gives of the checkout at ``root``."""
    return lambda: "\n".join(look(root))
