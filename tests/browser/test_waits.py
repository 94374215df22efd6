"""No call waits for ever, each is for itself, and whatever does not come is told with its cause."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from clips import write_video
from conftest import ALLOW_CAMERA, CLIP, HANDS_CLIP, MEDIA
from tab import Tab

from builder.server import Handler, PlainHandler

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="./holistic-tracking.js"></script>
<holistic-tracking workers="1"></holistic-tracking>
<div style="height: 20000px"></div>
<img id="lazy" src="signing.jpg" loading="lazy">
<video id="unloaded" src="clip.mkv" preload="none" muted></video>
"""
PEOPLE = "({people}) => people.length"
ELEMENT = "Object.assign(document.createElement('{name}'), {attributes})"
SECONDS = 3


class Unshared(Handler):
    """A host that lets no other site read its files."""

    def send_header(self, keyword: str, value: str) -> None:
        if not keyword.startswith("Access-Control"):
            super().send_header(keyword, value)


def impatient(script: Path, seconds: int = SECONDS) -> None:
    """Have a script of a site wait for a short time only."""
    text = script.read_text("utf-8")
    script.unlink()
    script.write_text(text.replace("= 30_000", f"= {seconds * 1000}"), "utf-8")


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What ends all that a silent host keeps back."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def show(
    open_tab: Callable[..., Tab],
    own_site: tuple[Path, str],
    serve: Callable[..., str],
    camera: tuple[str, str],
    released: threading.Event,
) -> Callable[..., Tab]:
    """A function that shows a page with a ``tag``; its host never answers for ``silent`` files."""
    folder, _ = own_site
    (folder / "waits.html").write_text(PAGE, "utf-8")
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    (folder / "clip.mkv").write_bytes(CLIP.read_bytes())

    def show(silent: str = "silent", base: type[Handler] = Handler) -> Tab:
        class Silent(base):  # type: ignore[misc, valid-type]
            def send_head(self) -> Any:
                if silent in self.path:
                    released.wait(120)
                return super().send_head()

        script = "Object.defineProperty(globalThis, 'tag', "
        script += "{get: () => document.querySelector('holistic-tracking')});"
        url = f"{serve(folder, Silent)}waits.html"
        return open_tab(url, *camera, ALLOW_CAMERA, script=script)

    return show


def found(tab: Tab, what: str) -> Any:
    """How many people ``detect`` finds in what an expression gives; else the code of its error."""
    return tab.page.evaluate(f"tag.detect({what}).then({PEOPLE}, ({{code}}) => code)")


def test_what_would_load_only_when_it_is_seen_is_loaded(show: Callable[..., Tab]) -> None:
    tab = show()
    assert found(tab, "document.getElementById('lazy')") == 1
    assert found(tab, "document.getElementById('unloaded')") == 1
    assert tab.complaints == []


def test_what_never_comes_is_given_up_and_keeps_nobody_waiting(
    show: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    impatient(own_site[0] / "tag/sources/refusals.js")  # not in tests whose files come, if slowly
    tab = show()
    assert found(tab, "'signing.jpg'") == 1
    never = {
        "a picture of the page": ELEMENT.format(name="img", attributes="{src: 'silent.png'}"),
        "a video of the page": ELEMENT.format(name="video", attributes="{src: 'silent.mkv'}"),
        "an address": "'silent.png'",
        "a URL": "new URL('silent.jpg', location.href)",
        "a stream": "new MediaStream([new MediaStreamTrackGenerator({kind: 'video'})])",
    }
    listed = ", ".join(never.values())
    tab.page.evaluate(
        f"globalThis.calls = [{listed}].map((it) => tag.detect(it).catch(({{code}}) => code))"
    )
    assert found(tab, "document.getElementById('lazy')") == 1, "calls are independent"
    assert tab.page.evaluate("Promise.all(calls)") == ["not-arrived"] * len(never)
    messages = tab.page.evaluate("tag.detect('silent.png').catch(({message}) => message)")
    assert "silent.png did not arrive: its server sent nothing for 30 seconds" in messages.replace(
        f"{SECONDS} sec", "30 sec"
    )


def test_what_is_empty_or_over_is_told_at_once(show: Callable[..., Tab]) -> None:
    tab = show()
    over = "(() => {const stream = document.createElement('canvas').captureStream();"
    over += "stream.getTracks()[0].stop(); return stream;})()"
    closed = "await createImageBitmap(new ImageData(9, 9)).then((it) => (it.close(), it))"
    expected = {
        "document.createElement('img')": "bad-source",
        "document.createElement('video')": "bad-source",
        ELEMENT.format(name="canvas", attributes="{width: 0}"): "bad-source",
        closed: "bad-source",
        "new MediaStream()": "bad-source",
        "''": "bad-source",
        "null": "bad-source",
        "undefined": "bad-source",
        "' '": "bad-source",
        over: "stream-ended",
        ELEMENT.format(name="img", attributes="{src: 'nothing.png'}"): "bad-file",
        ELEMENT.format(name="video", attributes="{src: 'nothing.mkv'}"): "bad-file",
        "'holistic-tracking.js'": "bad-file",
    }
    for what, code in expected.items():
        told = tab.page.evaluate(
            f"(async () => tag.detect({what}).then({PEOPLE}, ({{code}}) => code))()"
        )
        assert told == code, what
    told = tab.page.evaluate("tag.detect('').catch(({message}) => message)")
    assert told.startswith("src is empty. Give a URL")
    told = tab.page.evaluate(
        "tag.detect('data:video/webm;base64,x/yz').catch(({message}) => message)"
    )
    assert told.startswith("the data: address is not a picture or a video")
    drawn = "(async () => {const canvas = new OffscreenCanvas(640, 480);"
    drawn += "const image = document.getElementById('lazy'); image.loading = 'eager';"
    drawn += "await image.decode(); canvas.getContext('2d').drawImage(image, 0, 0);"
    drawn += f"return tag.detect(canvas).then({PEOPLE});}})()"
    assert tab.page.evaluate(drawn) == 1
    gone = "(() => {const gone = tag; gone.remove();"
    gone += f"return gone.detect('signing.jpg').then({PEOPLE});}})()"
    assert tab.page.evaluate(gone) == 1, "it need not be in the page"


@pytest.mark.parametrize("base", [Handler, PlainHandler], ids=["isolated", "not isolated"])
def test_a_picture_of_another_site_that_may_not_be_read_is_no_bad_file(
    show: Callable[..., Tab],
    serve: Callable[..., str],
    own_site: tuple[Path, str],
    base: type[Handler],
) -> None:
    tab = show(base=base)
    other = serve(own_site[0], Unshared).replace("127.0.0.1", "localhost")
    shown = "{src: '%s', %s}"
    for what in (
        f"'{other}signing.jpg'",
        f"'{other}clip.mkv'",
        ELEMENT.format(name="img", attributes=shown % (f"{other}signing.jpg", "")),
        ELEMENT.format(
            name="img", attributes=shown % (f"{other}signing.jpg", "crossOrigin: 'anonymous'")
        ),
        ELEMENT.format(name="video", attributes=shown % (f"{other}clip.mkv", "preload: 'auto'")),
    ):
        assert found(tab, what) == "not-shared", what
    message = tab.page.evaluate(f"tag.detect('{other}signing.jpg').catch(({{message}}) => message)")
    assert "Access-Control-Allow-Origin" in message


@pytest.mark.parametrize(
    ("name", "readable", "reason"),
    [
        ("cut.mp4", False, "missing"),
        ("cut.mp4", True, "at least"),
        ("cut.webm", True, "bytes at its end are missing"),
    ],
)
def test_a_video_that_breaks_off_is_told_so(
    open_tab: Callable[..., Tab],
    own_site: tuple[Path, str],
    tmp_path: Path,
    name: str,
    readable: bool,
    reason: str,
) -> None:
    cut = tmp_path / name
    content = write_video(HANDS_CLIP, cut, faststart=readable)
    cut.write_bytes(content[: len(content) * 3 // 4])
    tab = open_tab(own_site[1])
    tab.choose_file(cut)
    message = tab.fault("cut-file")
    assert f"{name} breaks off" in message
    assert reason in message
    assert bool(tab.seen("landmarks")) == readable, "what can be read is tracked"


class Whole(Handler):
    """A host that knows no byte ranges."""

    def do_GET(self) -> None:  # noqa: N802 (the library's name)
        """Answer with the whole file."""
        del self.headers["Range"]
        super().do_GET()


class Unsized(Whole):
    """A host that does not tell how long its files are either."""

    protocol_version = "HTTP/1.0"

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Content-Length":
            super().send_header(keyword, value)


class Reticent(Handler):
    """A host that sends little at once, and lets other sites read no errors."""

    def do_GET(self) -> None:  # noqa: N802 (the library's name)
        """Answer with a part of the part that the browser asks for."""
        if span := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            del self.headers["Range"]
            self.headers["Range"] = f"bytes={span[1]}-{int(span[1]) + 20_000}"
        super().do_GET()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.failed = code >= HTTPStatus.BAD_REQUEST
        super().send_response(code, message)

    def send_header(self, keyword: str, value: str) -> None:
        if not (self.failed and keyword.startswith("Access-Control")):
            super().send_header(keyword, value)


HOSTS = {
    "with ranges": Handler,
    "without ranges": Whole,
    "without lengths": Unsized,
    "in small parts": Reticent,
}


@pytest.mark.parametrize(
    ("name", "host", "elsewhere"),
    [
        ("cut.webm", "with ranges", False),
        ("cut.webm", "without ranges", False),
        *(("cut.mp4", host, False) for host in HOSTS),
        *(("cut.mp4", host, True) for host in HOSTS),
    ],
)
def test_a_video_of_an_address_that_breaks_off_is_told_so(
    show: Callable[..., Tab],
    serve: Callable[..., str],
    own_site: tuple[Path, str],
    name: str,
    host: str,
    elsewhere: bool,
) -> None:
    codings = []

    class Noting(HOSTS[host]):  # type: ignore[misc]
        def do_GET(self) -> None:  # noqa: N802 (the library's name)
            if self.headers["Range"]:
                codings.append(self.headers.get("Accept-Encoding", ""))
            super().do_GET()

    cut = own_site[0] / name
    content = write_video(HANDS_CLIP, cut, faststart=True)
    tab = show(base=Handler if elsewhere else Noting)
    other = serve(own_site[0], Noting).replace("127.0.0.1", "localhost") if elsewhere else ""
    tab.page.evaluate(f"tag.src = '{other}{name}'")
    tab.wait("tag.state === 'ended'")
    assert tab.complaints == [], "it is whole"
    cut.write_bytes(content[: len(content) * 3 // 4])
    tab.page.evaluate(f"tag.src = '{other}{name}?cut'")
    tab.wait("tag.fault")
    assert tab.page.evaluate("tag.fault.code") == "cut-file"
    assert tab.page.evaluate("tag.fault.message").startswith(f"{name}?cut breaks off")
    assert not any("gzip" in coding for coding in codings), "what is told is the file's length"


def test_what_is_no_video_at_all_breaks_off_nowhere(show: Callable[..., Tab]) -> None:
    tab = show()
    told = "content => tag.detect(new Blob([content])).catch(({code, message}) => [code, message])"
    for content, reason in (
        ("", "(it is empty)"),
        ("x", "convert it to MP4 or WebM"),
        ("a text of some length", "convert it to MP4 or WebM"),
    ):
        code, message = tab.page.evaluate(told, content)
        assert code == "bad-file"
        assert reason in message


def test_the_last_landmarks_come_before_the_end(show: Callable[..., Tab]) -> None:
    tab = show()
    tab.page.evaluate(
        """globalThis.after = 0;
        tag.addEventListener('landmarks', () => tag.state === 'ended' && after++);
        tag.src = 'clip.mkv';"""
    )
    tab.wait("tag.state === 'ended'")
    tab.page.wait_for_timeout(1000)
    assert tab.page.evaluate("[after, seen.landmarks.length > 0]") == [0, True]
    tab.page.evaluate("tag.src = 'signing.jpg'")
    tab.wait("tag.state === 'ended' && seen.landmarks.at(-1).timestamp === 0")
    assert tab.page.evaluate("after") == 0


@pytest.mark.parametrize("silent", ["hand_landmarks", "asm.wasm", "snapshot.bin"])
def test_a_file_of_the_tracker_that_never_comes_is_named(
    show: Callable[..., Tab], own_site: tuple[Path, str], silent: str
) -> None:
    impatient(own_site[0] / "worker/worker.js")
    tab = show(silent=silent)
    assert found(tab, "'signing.jpg'") in ("model-missing", "runtime-failed")
    tab.wait("seen.error.length")
    message = tab.seen("error")[0]["message"]
    assert silent in message
    assert f"nothing came from the server for {SECONDS} seconds" in message.replace(
        "30 seconds", f"{SECONDS} seconds"
    )


def test_a_module_that_comes_slowly_is_waited_for(
    show: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    patience, parts = 8, 8

    class Slow(Handler):
        def copyfile(self, source: Any, outputfile: Any) -> None:
            if "asm.wasm" not in self.path:
                super().copyfile(source, outputfile)
                return
            content = source.read()
            step = len(content) // parts + 1
            for start in range(0, len(content), step):
                outputfile.write(content[start : start + step])
                time.sleep(1.5 * patience / parts)

    impatient(own_site[0] / "worker/worker.js", patience)
    assert found(show(base=Slow), "'signing.jpg'") == 1


def test_errors_have_codes_of_ours(show: Callable[..., Tab]) -> None:
    tab = show()
    tab.page.evaluate(
        """globalThis.fetch = () => Promise.reject(new DOMException('no way', 'NetworkError'));
        globalThis.other = document.createElement('holistic-tracking');
        document.body.append(other)"""
    )
    assert found(tab, "'signing.jpg'") in ("bad-file", "not-arrived", "runtime-failed")
    assert all(isinstance(error["code"], str) for error in tab.seen("error"))


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({"camera": "environment"}, "environment"),
        ({"camera": "user"}, "user"),
        ({"facingMode": "environment"}, "environment"),
        ({}, "user"),
    ],
)
def test_a_camera_is_chosen_by_what_it_faces(
    show: Callable[..., Tab], attributes: dict[str, str], wanted: str
) -> None:
    tab = show()
    tab.page.evaluate(
        """(attributes) => {
            const { mediaDevices } = navigator;
            const open = mediaDevices.getUserMedia;
            mediaDevices.getUserMedia = (asked) => {
                globalThis.asked = asked.video;
                return open.call(mediaDevices, asked);
            };
            Object.assign(tag, attributes);
            tag.start();
        }""",
        attributes,
    )
    tab.wait("tag.state === 'running'")
    assert tab.page.evaluate("[asked.facingMode, asked.deviceId ?? null]") == [wanted, None]
    assert tab.seen("error") == []
