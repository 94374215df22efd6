"""WebKit, Safari's engine: pictures, videos and canvases, isolated and not, one worker and two.

Isolated pages of WebKitGTK have no shared memory either, so that both ways end in the same one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import HANDS_CLIP
from tab import Tab, check_played_to_its_last_frame, pixels
from test_landmarks import CLOSE, native_distances
from webkit import FAKE_CAMERA, Scripted, installed_webkit, webkit

from builder.site import SITE

QUERY = "?variant=float&workers="
DRAWN_CANVAS = """(async () => {
  const options = {src: 'sample.webm', muted: true, loop: true, playsInline: true};
  const video = Object.assign(document.createElement('video'), options);
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 480});
  const context = canvas.getContext('2d');
  await video.play();
  setInterval(() => context.drawImage(video, 0, 0, 640, 480), 30);
  tracker.src = canvas;
})()"""


@pytest.fixture(scope="module", params=["isolated-1", "plain-2"])
def tab(request: pytest.FixtureRequest, serve: Callable[..., str]) -> Iterator[Tab]:
    installed = installed_webkit()
    kind, _, workers = request.param.partition("-")

    class Handler(Scripted):
        isolated = kind == "isolated"

    url = serve(SITE, Handler)
    with webkit(*installed, Handler) as page:
        tab = Tab(page, f"{url}{QUERY}{workers}", "pixelsWanted = 1;")
        tab.wait_for("ready")
        yield tab
    assert tab.complaints == []


def test_a_picture_gives_what_the_native_tracker_finds(tab: Tab, picture: Path) -> None:
    tab.choose_file(picture)
    (result,) = tab.wait_for("landmarks")
    assert not tab.seen("ready")[0]["shared"]
    assert np.max(list(native_distances([result]).values())) < CLOSE


def test_a_video_file_is_played_to_its_last_frame(tab: Tab) -> None:
    check_played_to_its_last_frame(tab, HANDS_CLIP)


def test_a_video_has_its_colours(tab: Tab) -> None:
    tab.page.evaluate("(seen.landmarks.length = 0, pixelsWanted = 1)")
    tab.choose_file(HANDS_CLIP)
    shown = pixels(tab.wait_for("landmarks")[0])[..., :3]
    tab.page.evaluate("tracker.stop()")
    video = cv2.VideoCapture(str(HANDS_CLIP))
    true = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
    assert shown.mean((0, 1)) == pytest.approx(true.mean((0, 1)), abs=4)


def test_a_canvas_is_tracked_while_it_is_drawn_on(tab: Tab) -> None:
    tab.page.evaluate(DRAWN_CANVAS)
    first, *_, last = tab.wait_for_more("landmarks", 3)[-3:]
    assert (first["width"], first["height"]) == (640, 480)
    assert last["people"]
    tab.page.evaluate("tracker.stop()")


def test_without_a_camera_the_page_says_so_and_waits_for_one(tab: Tab) -> None:
    tab.start_camera()
    tab.wait("tracker.state === 'waiting'")
    assert tab.seen("error")[-1]["code"] == "no-camera"
    assert "Connect one and it starts" in tab.seen("error")[-1]["message"]
    tab.page.evaluate("tracker.stop()")
    assert all("No camera was found" in complaint for complaint in tab.complaints)
    tab.complaints.clear()


def test_a_camera_is_tracked(serve: Callable[..., str]) -> None:
    installed = installed_webkit()

    class Handler(Scripted):
        pass

    url = serve(SITE, Handler)
    with webkit(*installed, Handler, FAKE_CAMERA) as page:
        tab = Tab(page, f"{url}{QUERY}1")
        tab.start_camera()
        *_, before, last = tab.wait_for_more("landmarks", 5)
        assert (last["width"], last["height"]) == (640, 480)
        assert last["people"] == []  # it shows a pattern
        assert last["timestamp"] > before["timestamp"]
        tab.page.evaluate("tracker.stop()")
        tab.wait("tracker.state === 'idle'")
        assert tab.complaints == []
