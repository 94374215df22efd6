"""The documentation site: where links lead in it, and what stops it."""

import json
from pathlib import Path

import pytest

from builder import BuildError, documentation
from builder.documentation import for_site
from builder.site import SITE

PLACES = {
    "README.md": "index.md",
    "docs/results.md": "results.md",
    "docs/journal/index.md": "journal/index.md",
    "models/MODEL_CARD.md": "models.md",
}


@pytest.mark.parametrize(
    ("page", "link", "in_the_site"),
    [
        ("README.md", "docs/results.md#boxes", "results.md#boxes"),
        ("docs/results.md", "journal/index.md", "journal/index.md"),
        ("docs/journal/index.md", "../../models/MODEL_CARD.md", "../models.md"),
        ("models/MODEL_CARD.md", "../README.md", "index.md"),
        ("README.md", "web/examples/puppet.html", "../examples/puppet.html"),
        ("docs/results.md", "https://example.org/", "https://example.org/"),
        ("docs/results.md", "#boxes", "#boxes"),
    ],
)
def test_a_link_leads_to_where_its_target_is_in_the_site(
    page: str, link: str, in_the_site: str
) -> None:
    assert for_site(f"See [this]({link}).", page, PLACES)[0] == f"See [this]({in_the_site})."


def test_a_link_to_a_file_that_the_site_does_not_have_becomes_its_text() -> None:
    assert for_site("See [the licence](LICENSE).", "README.md", PLACES)[0] == "See the licence."


def test_a_page_brings_the_pictures_that_it_shows() -> None:
    text, pictures = for_site("![page](docs/page.png)", "README.md", PLACES)
    assert text == "![page](page.png)"
    assert pictures == {"docs/page.png"}


def test_what_looks_like_a_link_in_code_is_code() -> None:
    text = "`[a](b)`\n\n```python\npoints[0](nothing)\n```\n"
    assert for_site(text, "README.md", PLACES)[0] == text


def test_a_link_that_leads_nowhere_stops_the_build_and_names_page_and_link() -> None:
    with pytest.raises(BuildError, match=r"README\.md links to docs/nothing\.md, which is not"):
        for_site("[nothing](docs/nothing.md)", "README.md", PLACES)


def test_the_site_is_made_anew_only_where_its_sources_have_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(documentation, "FOLDER", tmp_path / "docs")
    monkeypatch.setattr(documentation, "_fingerprint", lambda: "first")
    monkeypatch.setattr(documentation.environment, "python", lambda group: Path("python"))
    monkeypatch.setattr(documentation.environment, "run", commands.append)
    documentation.build()
    documentation.build()
    assert len(commands) == 1
    monkeypatch.setattr(documentation, "_fingerprint", lambda: "second")
    documentation.build()
    assert len(commands) == 2


def test_a_visit_neither_loads_nor_keeps_the_documentation() -> None:
    manifest = json.loads((SITE / "manifest.json").read_text("utf-8"))
    assert (SITE / "docs" / "index.html").exists()
    assert not [path for path in manifest["files"] if path.startswith("docs/")]
