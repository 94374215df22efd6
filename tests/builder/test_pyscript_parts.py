"""PyScript compiles nothing out of text where it runs in the page."""

import pytest

from builder import BuildError, pyscript

CORE = "const f=()=>{if(n){return Function(`return(w,x)=>(${r})(w,x,...[${s}])`)()}},g=1;"


def test_hooks_stay_text() -> None:
    text = pyscript.without_eval(CORE)
    assert "Function(" not in text
    assert "toString:()=>`(w,x)=>(${r})(w,x,...[${s}])`" in text
    assert text.endswith("},g=1;")
    assert text.startswith("/* Changed by"), "as its licence asks"


def test_another_version_is_refused() -> None:
    with pytest.raises(BuildError, match="look anew"):
        pyscript.without_eval(CORE.replace("(w,x)", "(a,b)"))
