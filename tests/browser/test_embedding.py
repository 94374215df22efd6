"""The examples of README and docs/embedding.md, run in pages of another origin than the tag."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ALLOW_CAMERA, MEDIA
from tab import Tab

from builder import ROOT
from builder.server import Handler, PlainHandler

HOST = "https://tracker.example/"
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "embedding.md")
EXAMPLES = [
    example
    for document in DOCUMENTS
    for example in re.findall(
        r"^```html\n(.*?)^```$", document.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
]
HEAD = '<!doctype html>\n<link rel="icon" href="data:,">\n'
OUTCOMES = (
    "document.title.startsWith('nose at')",
    "seen.landmarks.at(-1)?.people[0]?.face",
    "+document.getElementById('count').value > 0",
    "seen.landmarks.at(-1)?.people[0]?.face",
    "document.title === '1 people'",
    "seen.landmarks.at(-1)?.people[0]?.face",
    "/up|down/.test(document.getElementById('height').value)",
)
"""What shows that an example works."""

READY = "document.querySelector('holistic-tracking').ready"

Embed = Callable[..., Tab]


@pytest.fixture
def embed(
    tmp_path: Path,
    serve: Callable[..., str],
    open_tab: Callable[..., Tab],
    site: str,
    camera: tuple[str, str],
) -> Embed:
    """A function that shows a text as a page that embeds the tag of ``site`` from elsewhere."""

    def embed(text: str, handler: type[Handler] = Handler) -> Tab:
        (tmp_path / "index.html").write_text(f"{HEAD}{text.replace(HOST, site)}", "utf-8")
        (tmp_path / "photo.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
        (tmp_path / "clip.webm").write_bytes((MEDIA / "intel__milk.mkv").read_bytes())
        # localhost and 127.0.0.1 are not even the same site.
        url = serve(tmp_path, handler).replace("127.0.0.1", "localhost")
        return open_tab(url, *camera, ALLOW_CAMERA)

    return embed


def strangers(tab: Tab, site: str) -> list[str]:
    """Requests to neither the tag's host nor the page's own."""
    own = tab.page.evaluate("location.origin")
    known = (site, f"{own}/", f"blob:{own}/")
    return [url for url in tab.requests if not url.startswith(known)]


def test_every_example_is_tried() -> None:
    assert len(EXAMPLES) == len(OUTCOMES)


@pytest.mark.parametrize("number", range(len(OUTCOMES)))
def test_an_example_works_on_a_second_origin(
    embed: Embed, site: str, number: int, screenshots: Path
) -> None:
    tab = embed(EXAMPLES[number], PlainHandler)
    tab.wait(OUTCOMES[number])
    tab.page.screenshot(path=screenshots / f"embedded-{number}.png")
    tab.wait(READY)
    assert not tab.page.evaluate(f"{READY}.shared")
    assert strangers(tab, site) == []
    assert tab.complaints == []


def test_an_example_shares_memory_where_its_page_is_isolated(embed: Embed, site: str) -> None:
    tab = embed(EXAMPLES[0], Handler)
    tab.wait(OUTCOMES[0])
    tab.wait(READY)
    assert tab.page.evaluate(f"{READY}.shared")
    assert strangers(tab, site) == []
    assert tab.complaints == []
