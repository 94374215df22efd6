"""Pyodide's script asks for the modules that a snapshot has, instead of evaluating Python."""

import re

import pytest

from builder import BuildError, bootstrap, site

SCRIPT = site.SITE / "pyodide" / "pyodide.asm.js"


@pytest.mark.skipif(not SCRIPT.exists(), reason="no site: run `python build.py build`")
def test_the_sites_script_evaluates_no_python() -> None:
    evaluating = re.compile(r'(?:runPythonInternal|eval_code)\("')
    assert evaluating.findall(SCRIPT.read_text("utf-8")) == []


def test_another_script_is_looked_at_anew() -> None:
    with pytest.raises(BuildError, match="look at it anew"):
        bootstrap.without_compiling("API.finalizeBootstrap=function(t,e){}")
