"""The built site, served as a host would, and tabs of a real Chromium that show it."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clips import write_camera_file, write_picture
from playwright.sync_api import Browser, Page
from tab import Tab

from builder import ROOT, server
from builder.site import SITE

SCREENSHOTS = ROOT / "build" / "screenshots"
MEDIA = ROOT / "tests" / "media"
CLIP = MEDIA / "intel__book.mkv"
HANDS_CLIP = MEDIA / "intel__milk.mkv"
"""Both hands are in sight from the first frame to the last."""

FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOW_CAMERA = "--use-fake-ui-for-media-stream"


def linked(source: str, target: str) -> None:
    """Have a file at another place too; a copy of it, where that is another file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def open_tab(launch: Callable[..., Browser]) -> Iterator[Callable[..., Tab]]:
    """A function that opens an address in a fresh profile: open_tab(url, *switches, script=...).

    More ``options`` are those of the profile's context.
    """
    with contextlib.ExitStack() as stack:

        def open_tab(url: str, *switches: str, script: str = "", **options: Any) -> Tab:
            size = {"width": 1280, "height": 800}
            context = launch(*switches).new_context(viewport=size, **options)
            stack.callback(context.close)
            return Tab(context.new_page(), url, script)

        yield open_tab


@pytest.fixture
def empty_page(launch: Callable[..., Browser], site: str) -> Iterator[Page]:
    """An empty page beside the modules of the site, for import("./recording/recording.js")."""
    context = launch().new_context()
    context.route(
        f"{site}empty.html", lambda route: route.fulfill(body="", content_type="text/html")
    )
    page = context.new_page()
    page.goto(f"{site}empty.html")
    yield page
    context.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """A function that serves a folder and gives its address."""
    with contextlib.ExitStack() as stack:

        def serve(folder: Path, handler: type[server.Handler] = server.Handler) -> str:
            http = server.make_server(folder, 0, handler)
            threading.Thread(target=http.serve_forever, daemon=True).start()
            stack.callback(http.server_close)
            stack.callback(http.shutdown)
            return f"http://127.0.0.1:{http.server_port}/"

        yield serve


Hold = Callable[[type[server.Handler], str], tuple[type[server.Handler], threading.Event]]


@pytest.fixture
def hold() -> Hold:
    """A function that makes a handler keep files back, until an event is set."""

    def hold(handler: type[server.Handler], files: str) -> tuple[type, threading.Event]:
        released = threading.Event()

        class Holding(handler):  # type: ignore[misc, valid-type]
            def send_head(self) -> Any:
                if files in self.path:
                    released.wait(120)
                return super().send_head()

        return Holding, released

    return hold


@pytest.fixture(scope="session")
def site(serve: Callable[..., str]) -> str:
    """The address of the built site."""
    if not (SITE / "manifest.json").exists():
        pytest.fail("there is no site to test: run `python build.py build` first")
    return serve(SITE)


@pytest.fixture
def own_site(tmp_path: Path, serve: Callable[..., str]) -> tuple[Path, str]:
    """A copy of the site that a test may damage: its folder and its address.

    Files are hard links: unlink one before writing to it.
    """
    folder = tmp_path / "site"
    shutil.copytree(SITE, folder, copy_function=linked)
    return folder, serve(folder)


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of a person with both hands in clear view."""
    return write_picture(HANDS_CLIP, 20, tmp_path_factory.mktemp("media") / "signing.png")


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Switches for a camera that plays the signing clip.

    It is slow, so that a busy machine keeps up and tracks the hands from frame to frame.
    """
    file = write_camera_file(HANDS_CLIP, tmp_path_factory.mktemp("camera") / "signing.y4m", rate=6)
    return f"--use-file-for-fake-video-capture={file}", FAKE_CAMERA


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder in which screenshots are kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
