"""One Chromium with a fake camera, and a page's visit in it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from bench import SkippedError, processes
from builder import environment

OBSERVER = Path(__file__).with_name("pages") / "observer.js"
FIRST_LANDMARKS_SECONDS = 90
SETTLE_SECONDS = 1.0

# The peers' pre-processing needs WebGL, which a machine without a GPU has in software. Nothing else
# shall be drawn that way: it makes every page that draws slower, ours most.
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]


@dataclass(frozen=True)
class Event:
    """A frame's landmarks on the page: times in milliseconds, and which parts were found."""

    time: float
    """Since the visit began."""
    latency: float
    """Since the camera's time stamp of the frame."""
    found: tuple[bool, bool, bool, bool]
    """Pose, face, left hand, right hand."""


@dataclass(frozen=True)
class Browser:
    """A running Chromium: a playwright context and the root of the tree of processes."""

    context: BrowserContext
    root: psutil.Process

    @contextmanager
    def visit(self, address: str) -> Iterator["Visit"]:
        """Open a page, and close it at the end."""
        page = self.context.new_page()
        page.add_init_script(path=OBSERVER)
        session = self.context.new_cdp_session(page)
        session.send("Performance.enable")
        messages: list[str] = []
        page.on("console", lambda m: messages.append(m.text) if m.type == "error" else None)
        try:
            page.goto(address, wait_until="commit")
            metrics = session.send("Performance.getMetrics")["metrics"]
            origin = next(m["value"] for m in metrics if m["name"] == "NavigationStart")
            yield Visit(page, origin * 1000, messages)
        finally:
            page.close()


@dataclass(frozen=True)
class Visit:
    """An open page. ``origin`` is its navigation's start on the machine's monotonic clock, ms.

    Chromium stamps camera frames with that clock, so capture and arrival can be subtracted.
    """

    page: Page
    origin: float
    messages: list[str]

    def wait_for_landmarks(self) -> float:
        """Milliseconds from navigation to the first landmarks; raises SkippedError without any."""
        found = "globalThis.benchmark?.events.some((event) => event[2])"
        try:
            self.page.wait_for_function(found, timeout=FIRST_LANDMARKS_SECONDS * 1000, polling=200)
        except PlaywrightError as error:
            raise SkippedError(self._trouble()) from error
        return next(event.time for event in self.events() if event.found[0])

    def now(self) -> float:
        """The page's clock, milliseconds since navigation."""
        return float(self.page.evaluate("performance.now()"))

    def events(self, start: float = 0.0, end: float = float("inf")) -> list[Event]:
        """The landmarks that arrived in a span of the page's clock."""
        rows = self.page.evaluate("benchmark.events")
        return [
            Event(time, self.origin + time - stamp, (bool(a), bool(b), bool(c), bool(d)))
            for time, stamp, a, b, c, d in rows
            if start < time <= end
        ]

    def forget(self) -> int:
        """Drop the events noted so far, lest they be taken for the page's growth; their number."""
        noted = "benchmark.tasks.length = 0, benchmark.events.splice(0).length"
        return int(self.page.evaluate(noted))

    def long_tasks(self) -> list[tuple[float, float]]:
        """(start, duration) of what blocked the main thread for 50 ms or more."""
        return [(start, duration) for start, duration in self.page.evaluate("benchmark.tasks")]

    def marks(self) -> dict[str, float]:
        """When the page painted first, was ready, and passed marks of its own: milliseconds."""
        return dict(self.page.evaluate("benchmark.marks"))

    def _trouble(self) -> str:
        try:
            errors: Any = self.page.evaluate("globalThis.benchmark?.errors ?? []")
        except PlaywrightError as error:
            errors = [str(error)]
        told = "; ".join([*errors, *self.messages])[:600] or "the page reports no error"
        return f"no landmarks within {FIRST_LANDMARKS_SECONDS} s: {told}"


@contextmanager
def launch(playwright: Playwright, camera: Path) -> Iterator[Browser]:
    """A headless Chromium with an empty profile whose camera plays the file ``camera``."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=environment.chromium(),
            headless=True,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={camera}"],
        )
        try:
            yield Browser(context, processes.find_root(profile))
        finally:
            context.close()


def version() -> str:
    """Name and version of the browser."""
    command = [str(environment.chromium()), "--version"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def settle() -> None:
    """Let a page finish what it began before it is weighed."""
    time.sleep(SETTLE_SECONDS)
