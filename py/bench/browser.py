"""One Chromium with a fake camera, and a page's visit in it."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench import SkippedError, devtools, processes
from builder import environment

OBSERVER = Path(__file__).with_name("pages") / "observer.js"
FIRST_LANDMARKS_SECONDS = 90
STORING_SECONDS = 60
POLL_SECONDS = 0.2
SETTLE_SECONDS = 1.0

# The peers' pre-processing needs WebGL, which a machine without a GPU has in software. Nothing else
# shall be drawn that way: it makes every page that draws slower, ours most.
FLAGS = [
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
    """A running Chromium, and the root of the tree of its processes."""

    connection: devtools.Connection
    root: psutil.Process

    @contextmanager
    def visit(self, address: str, script: str = "") -> Iterator["Visit"]:
        """Open a page, and close it at the end; ``script`` runs in it before anything else."""
        with devtools.open_page(self.connection, OBSERVER.read_text("utf-8") + script) as page:
            page.navigate(address)
            metrics = page.send("Performance.getMetrics")["metrics"]
            origin = next(m["value"] for m in metrics if m["name"] == "NavigationStart")
            yield Visit(page, origin * 1000)


@dataclass(frozen=True)
class Visit:
    """An open page. ``origin`` is its navigation's start on the machine's monotonic clock, ms.

    Chromium stamps camera frames with that clock, so capture and arrival can be subtracted.
    """

    page: devtools.Page
    origin: float

    def wait_for_landmarks(self) -> float:
        """Milliseconds from navigation to the first complete landmarks.

        Raises SkippedError without any.
        """
        if not self.comes(
            "globalThis.benchmark?.events.some((event) => event[2])", FIRST_LANDMARKS_SECONDS
        ):
            raise SkippedError(self._trouble())
        return next(event.time for event in self.events() if event.found[0])

    def wait_until_ready(self) -> None:
        """Wait for all workers of a page of ours: the first shows something before others come."""
        ours = "document.querySelector('holistic-tracking')"
        self.comes(f"!{ours} || benchmark.marks.ready", FIRST_LANDMARKS_SECONDS)

    def wait_until_kept(self) -> bool:
        """Wait until a page of ours is kept for later visits; False where it is not, in a minute."""
        return self.comes("benchmark.marks.kept", STORING_SECONDS)

    def comes(self, expression: str, seconds: float) -> bool:
        """Whether an expression becomes true within so long."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(f"Boolean({expression})"):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

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
        """When the page painted first, had a pose, was ready, and passed marks of its own: ms."""
        return dict(self.page.evaluate("benchmark.marks"))

    def _trouble(self) -> str:
        errors: Any = self.page.evaluate("globalThis.benchmark?.errors ?? []")
        told = "; ".join(errors)[:600] or "the page reports no error"
        return f"no landmarks within {FIRST_LANDMARKS_SECONDS} s: {told}"


@contextmanager
def launch(camera: Path) -> Iterator[Browser]:
    """A headless Chromium with an empty profile whose camera plays the file ``camera``."""
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
    with devtools.launch(environment.chromium(), flags) as (connection, process):
        yield Browser(connection, psutil.Process(process))


def version() -> str:
    """Name and version of the browser."""
    command = [str(environment.chromium()), "--version"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def weigh_blank(chromium: Browser, address: str) -> dict[str, float]:
    """Memory of the browser with a blank page: what every page's is counted above."""
    with chromium.visit(address):
        time.sleep(SETTLE_SECONDS)  # let it finish what it began
        return processes.memory(chromium.root)
