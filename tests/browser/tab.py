"""A tab that shows a page with the tag, and what happened in it."""

import base64
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Error, Page

PATIENCE = 180_000  # ms; a test machine may be busy

# Keeps every worker, every event of the tags, and with the first results the pixels that they were
# found in. Results that are not complete are `early`.
RECORDER = """
globalThis.seen = {error: [], state: [], ready: [], level: [], early: [], landmarks: []};
globalThis.pixelsWanted = 0;
globalThis.workers = [];
globalThis.Worker = class extends Worker {
  constructor(...how) {
    super(...how);
    workers.push(this);
  }
};
const encode = (bytes) => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) {
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  }
  return btoa(text);
};
const plain = (value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
for (const type of ['error', 'state', 'ready', 'level']) {
  addEventListener(type, (event) => event.detail && seen[type].push(event.detail));
}
addEventListener('landmarks', ({detail, target}) => {
  const people = detail.people.map((person) => Object.fromEntries(
    Object.entries(person).map(([key, value]) => [key, plain(value)])));
  const result = {...detail, people};
  if (!detail.complete) return seen.early.push(result);
  if (seen.landmarks.length < pixelsWanted) {
    const {width, height, data} = target.frame();
    result.pixels = {width, height, data: encode(data)};
  }
  seen.landmarks.push(result);
});
"""

# Keeps the frames of WebCodecs that the page's scripts make or read: `unclosed()` of them are open.
FRAMES = """
{
  const frames = [];
  const noted = (frame) => {
    frames.push(frame);
    return frame;
  };
  const { clone } = VideoFrame.prototype;
  const { read } = ReadableStreamDefaultReader.prototype;
  VideoFrame.prototype.clone = function () {
    return noted(clone.call(this));
  };
  ReadableStreamDefaultReader.prototype.read = async function (...how) {
    const result = await read.apply(this, how);
    if (result.value instanceof VideoFrame) noted(result.value);
    return result;
  };
  const construct = (kind, how) => noted(new kind(...how));
  globalThis.VideoFrame = new Proxy(VideoFrame, {construct});
  globalThis.unclosed = () => frames.filter(({codedWidth}) => codedWidth > 0).length;
}
"""

# Chromium itself drops a frame that it was about to hand to a read that is cancelled just then.
DROPPED = "A VideoFrame was garbage collected without being closed"

# What a page preloads it may want late: it waits for its service worker, or the machine is busy.
WANTED_LATE = "was preloaded using link preload but not used within a few seconds"


class Tab:
    """A page of the site.

    ``complaints`` has what the console and the page's scripts say, ``requests`` what the page asked
    for, and ``sent`` what of that was more than asking.
    """

    def __init__(self, page: Page, url: str, script: str = "") -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.sent: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"{error} {error.stack}"))
        page.on("request", self._note_request)
        page.set_default_timeout(PATIENCE)
        page.add_init_script(RECORDER + script)
        page.goto(url)

    def _note_request(self, request: Any) -> None:
        self.requests.append(request.url)
        if request.method != "GET":
            self.sent.append(request.url)

    def _note_console(self, message: Any) -> None:
        harmless = message.text.startswith(DROPPED) or WANTED_LATE in message.text
        if message.type in ("error", "warning") and not harmless:
            self.complaints.append(message.text)

    def wait(self, condition: str) -> None:
        """Wait for a JavaScript expression to become true, or tell what happened instead."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._holds(condition):
            if time.monotonic() > deadline:
                seen = "({...seen, landmarks: seen.landmarks.length})"
                told = f"{self.page.evaluate(seen)}, {self.complaints}"
                raise AssertionError(f"no {condition}: {told}")
            self.page.wait_for_timeout(50)

    def _holds(self, condition: str) -> bool:
        # Not wait_for_function, which a page with a strict Content-Security-Policy refuses.
        try:
            return bool(self.page.evaluate(f"Boolean({condition})"))
        except Error as error:
            if "navigation" in error.message or "context was destroyed" in error.message:
                return False  # the page is being loaded again
            raise

    def seen(self, kind: str) -> list[dict[str, Any]]:
        """Details of the events of this kind so far."""
        return self.page.evaluate(f"seen.{kind}")

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Details of at least ``count`` events of this kind."""
        self.wait(f"seen.{kind}.length >= {count}")
        return self.seen(kind)

    def wait_for_state(self, state: str) -> None:
        """Wait until the tracker has been in this state."""
        self.wait(f"seen.state.some(({{state}}) => state === '{state}')")

    def wait_for_more(self, kind: str = "landmarks", count: int = 3) -> list[dict[str, Any]]:
        """Wait for ``count`` more events of this kind than there are now."""
        return self.wait_for(kind, self.page.evaluate(f"seen.{kind}.length") + count)

    def passing_fault(self, code: str) -> str:
        """The sentence of an error of this code, which the page may show for a moment only."""
        self.wait(f"seen.error.some(({{code}}) => code === '{code}')")
        return str(next(error["message"] for error in self.seen("error") if error["code"] == code))

    def fault(self, code: str) -> str:
        """The sentence that the page shows once an error of this code has happened."""
        self.passing_fault(code)
        shown = self.page.locator("#fault-message")
        shown.wait_for(state="visible")
        return shown.inner_text()

    def start_camera(self) -> None:
        """Start the camera once everything is loaded: every result is complete, from the first.

        One that starts while the page loads shows the pose early, of nobody knows how many frames.
        """
        self.wait_for("ready")
        self.wait("globalThis.holisticTracking")
        self.page.evaluate("document.getElementById('camera').click()")

    def choose_file(self, path: Any) -> None:
        """Choose a file as a visitor does, once the page is alive."""
        self.wait("globalThis.holisticTracking")
        self.page.set_input_files("#file", path)


def pixels(result: dict[str, Any]) -> np.ndarray:
    """The frame (height, width, 4), RGBA, that a result with pixels was found in."""
    shape = result["pixels"]["height"], result["pixels"]["width"], 4
    return np.frombuffer(base64.b64decode(result["pixels"]["data"]), np.uint8).reshape(shape)


def check_played_to_its_last_frame(tab: Tab, clip: Path) -> None:
    """Choose a signing clip of 1667 ms, and see people in its frames, one after the other."""
    before = len(tab.seen("landmarks"))
    tab.choose_file(clip)
    tab.wait("tracker.state === 'ended' && seen.landmarks.at(-1).timestamp > 1600")
    results = tab.seen("landmarks")[before:]
    assert all(result["people"] for result in results)
    times = [result["timestamp"] for result in results]
    assert times == sorted(set(times))
