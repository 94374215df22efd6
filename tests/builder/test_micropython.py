"""The tag's MicroPython leaves the page's global names alone."""

import pytest

from builder import BuildError, micropython

GLOBALS = [*micropython._NAMES, "loadMicroPython"]
LOADER = "\n".join(f"globalThis.{name} = 1;" for name in GLOBALS)


def test_no_name_is_left_to_the_page() -> None:
    text = micropython.secluded(f"{LOADER} f(Module); globalThis.window?.prompt")
    assert "globalThis.Module" not in text
    assert "let Module" in text
    assert "globalThis.window" in text, "what is only read stays"


def test_another_version_with_other_names_is_refused() -> None:
    with pytest.raises(BuildError, match="proxy_js_map"):
        micropython.secluded(LOADER.replace("proxy_js_map", "renamed"))
    with pytest.raises(BuildError, match="novelty"):
        micropython.secluded(f"{LOADER}\nglobalThis.novelty = 1;")
