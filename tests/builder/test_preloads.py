"""A page names in its head all modules that it begins with, so that they come at once."""

from pathlib import Path

import pytest

from builder import preloads, site

LINK = '  <link rel="modulepreload" href="./{}">\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    modules = {
        "page/start.js": "import { a } from '../tag/a.js';\nimport('../tag/later.js');",
        "tag/a.js": "import * as b from './b.js';\nexport {\n  c,\n} from './c.js';",
        "tag/b.js": "import './c.js'; // its side effects\n// from './no.js'",
        "tag/c.js": "import { a } from './a.js';",
        "tag/later.js": "",
    }
    for path, text in modules.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_module_brings_all_that_it_imports_and_not_what_it_may_import(folder: Path) -> None:
    found = preloads.modules(folder, "page/start.js")
    assert found == ["page/start.js", "tag/a.js", "tag/b.js", "tag/c.js"]


def test_each_is_named_once_and_the_rest_of_the_page_stays(folder: Path) -> None:
    page = folder / "index.html"
    page.write_text(f"<head>\n{LINK.format('tag/b.js')}{LINK.format('page/start.js')}</head>")
    preloads.complete(page)
    paths = ["tag/b.js", "tag/c.js", "tag/a.js", "page/start.js"]
    assert page.read_text() == f"<head>\n{''.join(map(LINK.format, paths))}</head>"


@pytest.mark.skipif(not (site.SITE / "index.html").exists(), reason="no site: run `build.py build`")
def test_our_page_names_the_tag_and_the_engine() -> None:
    text = (site.SITE / "index.html").read_text("utf-8")
    for path in ("page/start.js", "tag/element.js", "tag/host.js", "tag/micropython.js"):
        assert text.count(LINK.format(path)) == 1
