"""The tag's TypeScript declarations and its document name the same things as its code."""

import re

from builder import ROOT, constants
from holistic.shared import model_sets, quality

DECLARATIONS = (ROOT / "web" / "holistic-tracking.d.ts").read_text("utf-8")
DOCUMENT = (ROOT / "docs" / "embedding.md").read_text("utf-8")
SETTINGS = (ROOT / "web" / "tag" / "settings.js").read_text("utf-8")


CODES = set(constants.loaded(constants.FAULTS).FAULTS)


def test_the_declared_codes_are_those_of_the_faults() -> None:
    declared = re.search(r"type FaultCode =(.*?);", DECLARATIONS, re.DOTALL)
    assert declared
    assert set(re.findall(r"'([a-z-]+)'", declared[1])) == CODES


def test_every_code_is_in_the_document() -> None:
    assert {code for code in CODES if f"`{code}`" not in DOCUMENT} == set()


def test_every_attribute_is_declared_and_in_the_document() -> None:
    names = re.findall(r"^  (\w+): (?:names|whole|one|any|or|size)\(", SETTINGS, re.M)
    assert len(names) == 15
    for name in names:
        assert re.search(rf"^  {name}: ", DECLARATIONS, re.M), name
        assert f"| `{name}` |" in DOCUMENT, name


def test_the_declared_variants_and_levels_are_those_that_there_are() -> None:
    def words(declaration: str) -> set[str]:
        found = re.search(declaration, DECLARATIONS)
        assert found
        return set(re.findall(r"'(\w+)'", found[1]))

    assert words(r"type Variant = (.*);") == set(model_sets.VARIANTS)
    assert words(r"type Effort = (.*);") == set(quality.LEVELS)


def test_the_constants_of_javascript_are_those_of_python() -> None:
    text = constants.MODULE.read_text("utf-8")
    assert text == constants.module_text(), "run `python build.py build`"
