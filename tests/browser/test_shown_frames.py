"""The page sees what an ``<img>`` or a ``<video>`` shows, by every way into it, in every browser.

The files are those of ``looks``; the native tracker is tried with them in
tests/holistic/batch/test_looks.py.
"""

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import looks
import numpy as np
import pytest
from firefox import firefox
from PIL import Image
from playwright.sync_api import Browser
from tab import Tab
from webkit import Scripted, installed_webkit, webkit

from builder import ROOT, environment
from builder.site import SITE
from holistic import Tracker

RECORDED = ROOT.parent / "shared" / "cases" / "recorded.webm"
QUERY = "?workers=1&parts=pose&variant=float"
SMALL = 80, 60
CLOSE = 11
"""Levels of 255, on average: browsers differ in what they make of full range and 10 bits."""

NEAR = 0.012
"""How far the body's landmarks may be from those of the picture, as a part of its size."""

OWN = {
    "chromium": {},
    "firefox": {
        **dict.fromkeys(("turned2.mp4", "turned4.mp4"), looks.SIZE),
        **dict.fromkeys(("turned5.mp4", "turned7.mp4"), looks.SIZE[::-1]),
    },
    "webkit": {
        "turned7.mp4": looks.SIZE[::-1],
        **{
            f"exif{turn}.{suffix}": looks.SIZE[::-1]
            for turn in looks.TURNED
            for suffix in ("png", "avif")
        },
    },
}
"""What a browser shows in another way, and in which size: the page sees it so too. Firefox mirrors
no videos; WebKitGTK does not know one of the eight ways to turn one, and turns only JPEGs."""

SIZES = {"webkit": {"sar_tall.mp4": (160, 120)}}
"""WebKitGTK makes the long side of a tall pixel shorter, where others make the short one longer."""

UNDECODED = {"firefox": ["ten_bits.mp4"]}
"""Videos that a browser plays, and whose single frames it does not give."""

REFUSED = {
    "a.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "b.heic": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
    "a.tif": (b"II*\0\x08\0\0\0", "TIFF"),
    "b.tif": (b"MM\0*\0\0\0\x08", "TIFF"),
    "a.jxl": (b"\xff\x0a\x7a\x43", "JPEG XL"),
    "a.jp2": (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    "a.psd": (b"8BPS\0\x01", "Photoshop"),
}
"""The beginnings of pictures that not every browser decodes, and what they are called."""

LOOK = """(async () => {
  const media = await import('./tag/sources/media.js');
  const stepping = await import('./recording/stepping.js');
  const url = (name) => `./looks/${name}`;
  const isVideo = (name) => /[.](mp4|mov|webm)$/.test(name);

  async function element(name) {
    if (!isVideo(name)) {
      const image = Object.assign(new Image(), {src: url(name)});
      await image.decode();
      return image;
    }
    const options = {src: url(name), muted: true, playsInline: true, preload: 'auto'};
    const video = Object.assign(document.createElement('video'), options);
    await new Promise((resolve, reject) =>
      Object.assign(video, {onloadeddata: resolve, onerror: () => reject(video.error.message)}));
    return video;
  }

  async function file(name) {
    return new File([await (await fetch(url(name))).blob()], name);
  }

  // Chromium draws nothing of a video for a moment after it has loaded.
  async function canvasOf(shown) {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    const width = (canvas.width = shown.videoWidth ?? shown.naturalWidth);
    const height = (canvas.height = shown.videoHeight ?? shown.naturalHeight);
    do {
      await new Promise((resolve) => setTimeout(resolve));
      context.drawImage(shown, 0, 0);
    } while (!context.getImageData(width / 2, height - 1, 1, 1).data[3]);
    return canvas;
  }

  async function step(name) {
    const video = await stepping.openVideo(await file(name));
    const times = [];
    let first = null;
    for await (const frame of video.frames()) {
      times.push(frame.timestamp / 1000);
      if (first) frame.close();
      else first = frame;
    }
    video.close();
    return {first, times};
  }

  const places = {
    address: url,
    file,
    element,
    still: element,
    canvas: async (name) => canvasOf(await element(name)),
    step: async (name) => (await step(name)).first,
  };
  const single = ['still', 'canvas', 'step'];

  // What is seen of the file: its size, and its pixels made smaller, as base64.
  globalThis.look = async (name, way, width, height) => {
    const place = await places[way](name);
    const source = await media.open(place, single.includes(way));
    const frame = await source.next();
    const data = new Uint8Array(frame.width * frame.height * 4);
    await frame.write(data, frame.width, frame.height);
    frame.close();
    source.close();
    place.close?.();
    const whole = new OffscreenCanvas(frame.width, frame.height);
    const pixels = new ImageData(new Uint8ClampedArray(data), frame.width, frame.height);
    whole.getContext('2d').putImageData(pixels, 0, 0);
    const small = new OffscreenCanvas(width, height).getContext('2d');
    small.imageSmoothingQuality = 'high';
    small.drawImage(whole, 0, 0, width, height);
    const seen = small.getImageData(0, 0, width, height).data;
    return {size: [frame.width, frame.height], data: btoa(String.fromCharCode(...seen))};
  };

  // The people in it, as the tag finds them.
  globalThis.find = async (name, way) => {
    const place = await places[way](name);
    const {people} = await tracker.detect(place);
    place.close?.();
    return people.map(({pose}) => Array.from(pose));
  };

  globalThis.times = async (name) => {
    const {first, times} = await step(name);
    first.close();
    return times;
  };

  // When the frames were shown that came while it played.
  globalThis.played = async (name) => {
    const source = await media.open(url(name));
    const times = [];
    const stamp = new Float64Array(1);
    for (let frame; (frame = await source.next()); frame.close()) {
      frame.stamp(stamp, 0);
      times.push(stamp[0]);
    }
    source.close();
    return times;
  };
})()"""


# The colour of a frame of a canvas with nothing on it but a dot, which moves.
DRAWN_CANVAS = """(async () => {
  const media = await import('./tag/sources/media.js');
  const canvas = Object.assign(document.createElement('canvas'), {width: 64, height: 48});
  const context = canvas.getContext('2d');
  const draw = () => {
    context.clearRect(0, 0, 64, 48);
    context.fillRect((performance.now() / 30) % 30, 40, 3, 3);
  };
  draw();
  const drawing = setInterval(draw, 30);
  const source = await media.open(canvas);
  const frame = await source.next();
  const data = new Uint8Array(64 * 48 * 4);
  await frame.write(data, 64, 48);
  frame.close();
  source.close();
  clearInterval(drawing);
  return Array.from(data.subarray(0, 3));
})()"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is served as "looks"."""
    if not looks.available():
        pytest.skip("there is no ffmpeg: apt install ffmpeg")
    return tmp_path_factory.mktemp("looks")


@pytest.fixture(scope="module")
def names(folder: Path) -> list[str]:
    """The files that all show the same."""
    return looks.make(folder)


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def named_tab(
    request: pytest.FixtureRequest,
    launch: Callable[..., Browser],
    serve: Callable[..., str],
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Tab]]:
    """A browser's name, and the page in it, which knows ``look``, ``find`` and ``times``."""

    class Handler(Scripted):
        def translate_path(self, path: str) -> str:
            start, found, name = path.partition("/looks/")
            return str(folder / name) if found and not start else super().translate_path(path)

    url = f"{serve(SITE, Handler)}{QUERY}"

    def opened(page: Any) -> tuple[str, Tab]:
        tab = Tab(page, url)
        tab.wait_for("ready")
        tab.page.evaluate(LOOK)
        return request.param, tab

    if request.param == "chromium":
        context = launch().new_context()
        yield opened(context.new_page())
        context.close()
    elif request.param == "firefox":
        executable = environment.firefox()
        if executable is None:
            pytest.skip("there is no Firefox, and no apt to install one: set $FIREFOX to its path")
        with firefox(executable, tmp_path_factory.mktemp("firefox")) as page:
            yield opened(page)
    else:
        installed = installed_webkit()
        with webkit(*installed, Handler) as page:
            yield opened(page)


def ask(tab: Tab, function: str, *arguments: object) -> Any:
    """What a function of LOOK promises."""
    return tab.page.evaluate(f"{function}({', '.join(map(json.dumps, arguments))})")


def is_video(name: str) -> bool:
    return name.endswith((".mp4", ".mov", ".webm"))


def expected(name: str) -> np.ndarray:
    """What the file shows, (60, 80, 3)."""
    picture = looks.on_white() if name.startswith("alpha") else looks.upright()
    return np.asarray(picture.resize(SMALL, Image.Resampling.BOX), float)


def seen(tab: Tab, name: str, way: str) -> tuple[tuple[int, int], np.ndarray]:
    """The size of the file's first frame by this way, and its pixels, (60, 80, 3)."""
    found = ask(tab, "look", name, way, *SMALL)
    pixels = np.frombuffer(base64.b64decode(found["data"]), np.uint8)
    return tuple(found["size"]), pixels.reshape(*SMALL[::-1], 4)[..., :3].astype(float)


@pytest.mark.parametrize("way", ["address", "file", "element", "still", "canvas", "step"])
def test_a_file_shows_the_same_by_every_way(
    named_tab: tuple[str, Tab], names: list[str], way: str
) -> None:
    browser, tab = named_tab
    wrong = []
    for name in names:
        usual = (321, 241) if name.startswith("odd") else looks.SIZE
        if way == "step" and (not is_video(name) or name in UNDECODED.get(browser, [])):
            continue
        if way != "step":
            usual = SIZES.get(browser, {}).get(name, usual)
            usual = OWN[browser].get(name, usual)
        size, pixels = seen(tab, name, way)
        difference = np.abs(pixels - expected(name)).mean()
        alike = difference < CLOSE or (way != "step" and name in OWN[browser])
        if size != usual or not alike:
            wrong.append((name, size, difference))
    assert wrong == []


@pytest.mark.parametrize("way", ["element", "file", "step"])
def test_the_same_person_is_found_in_every_file(
    named_tab: tuple[str, Tab], names: list[str], way: str
) -> None:
    browser, tab = named_tab
    with Tracker(parts=["pose"], mode="picture", variant="float") as tracker:
        (person,) = tracker.process(np.asarray(looks.upright())).people
    assert person.pose is not None
    wrong = []
    for name in names:
        own = (UNDECODED if way == "step" else OWN).get(browser, [])
        if name in own or is_video(name) != (way != "file"):
            continue
        found = ask(tab, "find", name, way)
        if len(found) != 1:
            wrong.append((name, len(found)))
            continue
        pose = np.reshape(found[0], (33, 5))[:, :2]
        distance = np.abs(pose - person.pose[:, :2]).mean()
        if distance > NEAR:
            wrong.append((name, distance))
    assert wrong == []


def test_a_transparent_canvas_lies_on_white_while_it_is_drawn_on(
    named_tab: tuple[str, Tab],
) -> None:
    _, tab = named_tab
    red, green, blue = tab.page.evaluate(DRAWN_CANVAS)
    assert min(red, green, blue) > 250


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_a_browser_does_not_decode_is_named(
    named_tab: tuple[str, Tab], folder: Path, name: str
) -> None:
    _, tab = named_tab
    (folder / "refused").mkdir(exist_ok=True)
    content, format_ = REFUSED[name]
    (folder / "refused" / name).write_bytes(content)
    said = tab.page.evaluate(
        f"tracker.detect('./looks/refused/{name}').then(() => '', ({{message}}) => message)"
    )
    assert name in said
    assert format_ in said
    assert "convert it to JPEG" in said


@pytest.mark.parametrize("name", looks.TIMES)
def test_time_is_the_files_own(named_tab: tuple[str, Tab], names: list[str], name: str) -> None:
    assert name in names
    browser, tab = named_tab
    assert ask(tab, "times", name) == pytest.approx(looks.TIMES[name], abs=1)
    if browser == "webkit" and name == "late.webm":
        return  # its frames tell the file's time, and nothing tells when it begins
    first, *others = ask(tab, "played", name)
    assert first == 0
    assert others == sorted(set(others))
    if browser == "chromium":  # others do not tell when the last frame was shown
        assert {round(time) for time in others} <= set(looks.TIMES[name])


@pytest.mark.skipif(not RECORDED.exists(), reason="the shared cases are not there")
def test_what_a_browser_recorded_is_seen_to_its_last_frame(
    named_tab: tuple[str, Tab], folder: Path
) -> None:
    _, tab = named_tab
    (folder / "cases").mkdir(exist_ok=True)
    shutil.copy(RECORDED, folder / "cases")
    times = ask(tab, "times", "cases/recorded.webm")
    assert (len(times), times[0], times[-1]) == (38, 0, 2701)
    *_, last = ask(tab, "played", "cases/recorded.webm")
    assert last == pytest.approx(2701, abs=2)
