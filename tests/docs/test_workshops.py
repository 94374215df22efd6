"""The workshops around the tracker say what is in them."""

import ast

import pytest

from builder import ROOT


@pytest.mark.parametrize("folder", ["avatar", "bench", "builder", "evaluate"])
def test_a_workshop_lists_its_modules(folder: str) -> None:
    place = ROOT / "py" / folder
    described = ast.get_docstring(ast.parse((place / "__init__.py").read_text("utf-8"))) or ""
    modules = {path.stem for path in place.glob("*.py")} - {"__init__", "__main__"}
    assert {name for name in modules if f"``{name}``" not in described} == set()
