"""The API reference has what programs import."""

import ast
import re

import pytest

import holistic
from builder import ROOT

DOCS = ROOT / "docs"
LISTED = re.findall(r"^::: (\S+)", (DOCS / "api.md").read_text("utf-8"), re.M)
PAGES = sorted(DOCS.glob("*.md"))


def imported(page):
    """The modules of ours, and names from them, that the examples of a page import."""
    for code in re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("holistic"):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_examples_import_is_in_the_reference(page):
    for name in imported(page):
        parts = name.split(".")
        prefixes = {".".join(parts[:count]) for count in range(2, len(parts) + 1)}
        assert prefixes & set(LISTED), f"{page.name} imports {name}: add it to docs/api.md"


def test_every_name_of_the_package_is_in_the_reference():
    assert {f"holistic.{name}" for name in holistic.__all__} <= set(LISTED)
