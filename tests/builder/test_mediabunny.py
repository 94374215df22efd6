"""Mediabunny takes frames whose colours it does not know."""

import pytest

from builder import BuildError, mediabunny

CHECKS = "".join(
    f"if(t.{what}!=null&&!e.includes(t.{what}))throw new TypeError("
    f'`init.colorSpace.{what}, when provided, must be one of ${{e.join(", ")}}.`);'
    for what in ("primaries", "transfer", "matrix")
)


def test_a_colour_without_a_name_is_no_error() -> None:
    text = mediabunny.taking_all_colours(CHECKS)
    assert "throw" not in text
    assert text.count("void new TypeError") == 3


def test_another_version_of_the_library_is_noticed() -> None:
    with pytest.raises(BuildError, match="at 2 places"):
        mediabunny.taking_all_colours(CHECKS.replace("primaries, when", "primaries when"))
