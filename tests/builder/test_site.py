"""A site takes the place of the one before."""

from pathlib import Path

import pytest

from builder import site


@pytest.mark.parametrize("former", [None, "the old one"])
def test_a_new_folder_is_put_where_the_old_one_is(tmp_path: Path, former: str | None) -> None:
    folder, new = tmp_path / "site", tmp_path / "site-new"
    for place, text in ((folder, former), (new, "the new one")):
        if text:
            (place / "docs").mkdir(parents=True)
            (place / "docs" / "index.html").write_text(text)
    site._put(new, folder)
    assert (folder / "docs" / "index.html").read_text() == "the new one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"], "nothing is left beside it"
