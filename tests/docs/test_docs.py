"""The documentation's examples run, and print what the pages say."""

import contextlib
import io
import re
import shlex
import shutil

import pytest

from builder import ROOT
from holistic import cli
from holistic.inference import model_files

TESTS = ROOT / "tests"
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
JOURNAL = sorted((DOCS / "journal").glob("[0-9]*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = "python -m holistic "


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the pages speak of."""
    shutil.copy(TESTS / "media" / "signing.jpg", tmp_path / "person.jpg")
    shutil.copy(TESTS / "media" / "intel__milk.mkv", tmp_path / "clip.mkv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def examples(page):
    """The page's blocks of Python and shell, each with its line and the output that follows."""
    text = page.read_text()
    blocks = [(m[1], m[2], text.count("\n", 0, m.start())) for m in BLOCK.finditer(text)]
    for (kind, content, line), after in zip(blocks, [*blocks[1:], ("", "", 0)], strict=True):
        if kind in ("python", "sh"):
            yield kind, content, line, after[1] if after[0] == "text" else ""


@pytest.mark.skipif(
    not model_files.find("face_refinement").exists(),
    reason="the float models are not there: run `python build.py models`",
)
@pytest.mark.parametrize(
    "page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=lambda page: page.stem
)
def test_the_examples_of_a_page_run_in_order(page, folder):
    names = {"__name__": "__main__"}
    for kind, content, line, expected in examples(page):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            if kind == "python":  # on its own line, so that an error names the page's line
                exec(compile("\n" * (line + 1) + content, str(page), "exec"), names)
            else:
                assert content.startswith(COMMAND)
                assert cli.main(shlex.split(content.removeprefix(COMMAND))) == 0
        if expected:
            assert printed.getvalue() == expected, f"{page.name}, line {line + 1}"


def test_the_journal_lists_its_pages_by_their_titles():
    index = (DOCS / "journal" / "index.md").read_text()
    for page in JOURNAL:
        title = page.read_text().partition("\n")[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in " ".join(index.split()), page.name


@pytest.mark.parametrize("folder", ["py/holistic", "py/compress", "web"])
def test_the_architecture_names_every_room(folder):
    text = (DOCS / "architecture.md").read_text()
    rooms = {path.name for path in (ROOT / folder).iterdir() if path.is_dir()} - {"__pycache__"}
    assert [room for room in sorted(rooms) if f"`{room}`" not in text] == []
