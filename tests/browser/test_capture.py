"""The tag's drawing as a stream: for calls, recorders and videos of the page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MEDIA
from tab import Tab

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="./holistic-tracking.js"></script>
<holistic-tracking src="signing.jpg" parts="pose"></holistic-tracking>
<script type="module">
  const tag = document.querySelector('holistic-tracking');
  await customElements.whenDefined('holistic-tracking');
  globalThis.stream = tag.captureStream(10);
  globalThis.video = document.createElement('video');
  Object.assign(video, { srcObject: stream, muted: true });
  video.play();
  // (height, width, 4) of the stream's present frame, and of what the tag's canvas shows.
  globalThis.painted = (source) => {
    const { width, height } = tag.shadowRoot.querySelector('canvas:not([hidden])');
    const pen = new OffscreenCanvas(width, height).getContext('2d');
    pen.drawImage(source, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height);
  };
  globalThis.difference = (mirrored) => {
    const { data, width } = painted(video);
    const shown = painted(tag.shadowRoot.querySelector('canvas:not([hidden])')).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) {
      const column = (i / 4) % width;
      const other = mirrored ? i + 4 * (width - 1 - 2 * column) : i;
      for (let c = 0; c < 3; c++) sum += Math.abs(data[i + c] - shown[other + c]);
    }
    return sum / data.length;
  };
</script>
"""


@pytest.fixture
def tab(open_tab: Callable[..., Tab], own_site: tuple[Path, str]) -> Tab:
    """A tag that has shown a picture, and a video of its stream."""
    folder, url = own_site
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    (folder / "capture.html").write_text(PAGE, "utf-8")
    tab = open_tab(f"{url}capture.html")
    tab.wait_for("landmarks")
    return tab


def test_the_stream_has_a_live_track_with_the_drawing(tab: Tab) -> None:
    (track,) = tab.page.evaluate(
        "stream.getTracks().map(({kind, readyState}) => [kind, readyState])"
    )
    assert track == ["video", "live"]
    tab.wait("difference(false) < 4")
    assert tab.page.evaluate("difference(true)") > 10, "the picture is not blank"


def test_the_stream_is_mirrored_if_the_tag_is(tab: Tab) -> None:
    tab.page.evaluate(
        "Object.assign(document.querySelector('holistic-tracking'), {mirror: true}).start()"
    )
    tab.wait("difference(true) < 4")


def test_a_stream_that_ended_costs_nothing(tab: Tab) -> None:
    tab.wait("difference(false) < 4")
    tab.page.evaluate("""() => {
        globalThis.copies = 0;
        const draw = CanvasRenderingContext2D.prototype.drawImage;
        CanvasRenderingContext2D.prototype.drawImage = function (...how) {
            copies++;
            return draw.apply(this, how);
        };
        stream.getTracks()[0].stop();
        document.querySelector('holistic-tracking').overlay = 'picture';
    }""")
    assert tab.page.evaluate("copies") == 0


RECORDED = """async () => {
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8' });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    const tag = document.querySelector('holistic-tracking');
    for (let round = 0; round < 3; round++) {
        const shown = new Promise((resolve) =>
            tag.addEventListener('landmarks', resolve, { once: true }));
        tag.start();
        await shown;
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.stop();
    await stopped;
    const file = new Blob(parts, { type: 'video/webm' });
    globalThis.video = document.createElement('video');
    Object.assign(video, { src: URL.createObjectURL(file), muted: true });
    await video.play();
    await new Promise((resolve) => (video.onended = resolve));
}"""


def test_a_recorder_keeps_the_drawing(tab: Tab) -> None:
    tab.wait("difference(false) < 4")
    tab.page.evaluate(RECORDED)
    assert tab.page.evaluate("difference(false)") < 6
    assert tab.page.evaluate("difference(true)") > 10
