"""The page with PyScript that the documentation shows."""

import json
import re
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser
from pyodide_lines import assemble
from pyodide_session import ROOT

from builder import downloads, server
from holistic import Tracker

PICTURE = ROOT / "tests" / "media" / "signing.jpg"
DOCS = (ROOT / "docs" / "install.md").read_text()
PAGE = re.search(r"^```html\n(<!DOCTYPE.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(package_index: str, tmp_path: Path) -> Iterator[str]:
    """The address of the page on a host that has PyScript and Pyodide too."""
    assert PAGE
    with tarfile.open(downloads.pinned_npm_package("pyscript")) as archive:
        archive.extractall(tmp_path / "npm", filter="data")
    (tmp_path / "npm" / "package" / "dist").rename(tmp_path / "pyscript")
    assemble("314", tmp_path / "pyodide")
    shutil.copy(PICTURE, tmp_path / "person.jpg")
    host = server.make_server(tmp_path)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{host.server_port}"
    config = {
        "packages": ["holistic-tracking"],
        "index_urls": [package_index],
        "interpreter": f"{address}/pyodide/package/pyodide.mjs",
    }
    text = re.sub(r"https://pyscript\.net/releases/[\d.]+/", "/pyscript/", PAGE[1])
    text = re.sub(r"config='.*?'", f"config='{json.dumps(config)}'", text)
    (tmp_path / "index.html").write_text(text)
    yield f"{address}/"
    host.shutdown()


def test_it_finds_the_person_in_a_picture(launch: Callable[..., Browser], page: str) -> None:
    with Tracker(mode="picture") as tracker:
        (person,) = tracker.process(np.array(Image.open(PICTURE))).people
    tab = launch().new_page()
    tab.goto(page)
    tab.wait_for_function(
        "document.getElementById('result').textContent !== 'Loading...'", timeout=180_000
    )
    told = tab.text_content("#result")
    tab.close()
    assert told is not None
    assert told.startswith("nose at [")
    numbers = [float(number) for number in re.findall(r"\d+\.\d+", told)]
    assert numbers == pytest.approx(list(person.pose["nose"][:2]), abs=0.01)
