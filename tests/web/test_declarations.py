"""The tag's TypeScript declarations and its document name the same things as its code."""

import re
import sys
from collections.abc import Iterator

import pytest

from builder import ROOT

DECLARATIONS = (ROOT / "web" / "holistic-tracking.d.ts").read_text("utf-8")
DOCUMENT = (ROOT / "docs" / "embedding.md").read_text("utf-8")
ELEMENT = (ROOT / "web" / "holistic-tracking.mjs").read_text("utf-8")
SETTINGS = (ROOT / "web" / "tag" / "settings.mjs").read_text("utf-8")


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The codes of all faults."""
    monkeypatch.syspath_prepend(str(ROOT / "web" / "tag"))
    import faults

    told_before_python_is_there = set(re.findall(r"code: '([a-z-]+)'", ELEMENT))
    yield set(faults.SENTENCES) | told_before_python_is_there
    del sys.modules["faults"]


def test_the_declared_codes_are_those_of_the_faults(codes: set[str]) -> None:
    declared = re.search(r"type FaultCode =(.*?);", DECLARATIONS, re.DOTALL)
    assert declared
    assert set(re.findall(r"'([a-z-]+)'", declared[1])) == codes


def test_every_code_is_in_the_document(codes: set[str]) -> None:
    assert {code for code in codes if f"`{code}`" not in DOCUMENT} == set()


def test_every_attribute_is_declared_and_in_the_document() -> None:
    names = re.findall(r"^  (\w+): (?:names|whole|one|any|size)\(", SETTINGS, re.M)
    assert len(names) == 10
    for name in names:
        assert re.search(rf"^  {name}: ", DECLARATIONS, re.M), name
        assert f"| `{name}` |" in DOCUMENT, name
