"""The site on real web servers as they come: each drives Chromium until a picture is tracked."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import hosts
import pytest
from conftest import MEDIA, linked
from tab import Tab

from builder import encodings, environment, naming
from builder.server import Handler
from builder.site import SITE

PICTURE = "signing.jpg"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A copy of the site beside a picture, which servers can read that drop their rights."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        shutil.copytree(SITE, made, copy_function=linked, dirs_exist_ok=True)
        shutil.copy(MEDIA / PICTURE, made)
        yield Path(made)


@pytest.mark.parametrize("host", hosts.HOSTS, ids=lambda host: host.__name__)
def test_a_picture_is_tracked_on_a_host_as_it_comes(
    open_tab: Callable[..., Tab],
    folder: Path,
    tmp_path: Path,
    host: Callable[[Path, Path, int], list[str]],
) -> None:
    if host in hosts.DEBIANS and environment.web_servers() is None:
        pytest.skip("there is no apt to fetch Debian's web servers")
    with hosts.hosted(host, folder, tmp_path) as address:
        tab = open_tab(f"{address}?src={PICTURE}")
        assert tab.wait_for("landmarks")[0]["people"]


def test_a_picture_is_tracked_on_a_host_that_sends_the_brotli_beside_each_file(
    open_tab: Callable[..., Tab], folder: Path, tmp_path: Path
) -> None:
    if environment.web_servers() is None:
        pytest.skip("there is no apt to fetch Debian's web servers")
    encodings.lay_beside(folder)
    with hosts.hosted(hosts.caddy_with_brotli, folder, tmp_path) as address:
        asked = Request(f"{address}python/snapshot.bin", headers={"Accept-Encoding": "br"})
        with urlopen(asked) as response:
            assert response.headers["Content-Encoding"] == "br"
        tab = open_tab(f"{address}?src={PICTURE}")
        assert tab.wait_for("landmarks")[0]["people"]


PROJECT = """<!doctype html>
<script type="module" src="/tracker/holistic-tracking.js"></script>
<holistic-tracking src="/tracker/signing.jpg"></holistic-tracking>
"""


def test_the_site_may_lie_in_the_public_folder_of_a_project_of_vite(
    open_tab: Callable[..., Tab], folder: Path, tmp_path: Path
) -> None:
    project, scratch = tmp_path / "project", tmp_path / "scratch"
    (project / "public").mkdir(parents=True)
    scratch.mkdir()
    (project / "index.html").write_text(PROJECT, "utf-8")
    (project / "public" / "tracker").symlink_to(folder)
    with hosts.hosted(hosts.vite, project, scratch) as address:
        assert open_tab(address).wait_for("landmarks")[0]["people"]


class Unpacking(Handler):
    """Takes packed files for a coding, as hosts do with what is named ``.gz``."""

    def send_head(self) -> Any:
        del self.headers["Accept-Encoding"]  # or it would send them in Brotli
        return super().send_head()

    def end_headers(self) -> None:
        if self.path.endswith(naming.PACKED):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


class Typeless(Handler):
    """Knows HTML and JavaScript, and sends everything else as bytes."""

    def guess_type(self, path: str) -> str:  # type: ignore[override]
        known = path.endswith((".html", ".js", ".css"))
        return super().guess_type(path) if known else "application/octet-stream"


@pytest.mark.parametrize("handler", [Unpacking, Typeless])
def test_files_may_arrive_unpacked_and_without_their_types(
    open_tab: Callable[..., Tab], serve: Callable[..., str], folder: Path, handler: type[Handler]
) -> None:
    tab = open_tab(f"{serve(folder, handler)}?src={PICTURE}&variant=float", service_workers="block")
    assert tab.wait_for("landmarks")[0]["people"]
