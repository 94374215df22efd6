"""Drawn videos play in browsers, from their first to their last frame, with their sound."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HANDS_CLIP
from firefox import firefox
from playwright.sync_api import Browser

from builder import environment
from holistic.batch.canvas import VIDEOS, canvas
from holistic.batch.media import Source

PLAY = """name => new Promise(done => {
  const video = document.createElement('video');
  const tell = event => done({
    event, duration: video.duration, width: video.videoWidth, height: video.videoHeight,
    error: video.error?.message ?? null,
  });
  video.muted = true;
  video.playbackRate = 4;
  video.onended = () => tell('ended');
  video.onerror = () => tell('error');
  video.src = name;
  video.play();
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page, and a clip with sound and two speeds, drawn in every format."""
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "index.html").write_text("<!doctype html><title>videos</title>")
    slower = "setpts='if(lt(N,10),N,10+(N-10)*2)/30/TB'"
    command = ["ffmpeg", "-y", "-loglevel", "error", "-i", str(HANDS_CLIP)]
    command += ["-f", "lavfi", "-i", "sine=d=3", "-vf", slower, "-vsync", "vfr", "-c:a", "aac"]
    try:
        subprocess.run([*command, str(folder / "source.mp4")], check=True)
    except FileNotFoundError:
        pytest.skip("there is no ffmpeg: apt install ffmpeg")
    for suffix in VIDEOS:
        source = Source(str(folder / "source.mp4"))
        path = folder / f"drawn{suffix}"
        with path.open("wb") as file, canvas(file, path, source) as drawing:
            for timestamp, frame in source:
                drawing.write(timestamp, frame)
    return folder


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(
    request: pytest.FixtureRequest,
    launch: Callable[..., Browser],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    if request.param == "chromium":
        page = launch().new_page()
        yield page
        page.close()
        return
    executable = environment.firefox()
    if executable is None:
        pytest.skip("there is no Firefox, and no apt to install one: set $FIREFOX to its path")
    with firefox(executable, tmp_path_factory.mktemp("firefox")) as page:
        for event in ("request", "console", "pageerror"):
            page.on(event, lambda _: None)
        yield page


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_it_plays_to_its_end(
    page: Any, folder: Path, serve: Callable[..., str], suffix: str
) -> None:
    page.goto(f"{serve(folder)}index.html")
    played = page.evaluate(f"({PLAY})('drawn{suffix}')")
    assert (played["event"], played["error"]) == ("ended", None)
    assert (played["width"], played["height"]) == (640, 480)
    assert played["duration"] == pytest.approx(3.05, abs=0.1)
