"""Does the page's memory grow in WebKit? Minutes on the clock, with a canvas that is drawn on.

It takes as many minutes as $WEBKIT_ENDURANCE says, and is left out where that says nothing.
"""

import os
import time
from collections.abc import Callable

import psutil
import pytest
from tab import Tab
from webkit import Scripted, installed_webkit, webkit

from bench import machine
from builder.site import SITE

MINUTES = float(os.environ.get("WEBKIT_ENDURANCE", "0"))
MOST_GROWTH = 1.1
"""The memory after the last minute, as a part of that after the first one."""

FORGET = "setInterval(() => seen.landmarks.splice(0, seen.landmarks.length - 1), 1000);"
"""What a ``Tab`` keeps of results would be growth of its own."""

SWAYING = """(async () => {
  const options = {src: 'sample.webm', muted: true, playsInline: true};
  const video = Object.assign(document.createElement('video'), options);
  await new Promise((resolve) => (video.onloadeddata = resolve));
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 480});
  const context = canvas.getContext('2d');
  const sway = () => 9 * Math.sin(performance.now() / 500);
  setInterval(() => context.drawImage(video, sway(), 0, 640, 480), 30);
  globalThis.frames = globalThis.found = 0;
  tracker.addEventListener('landmarks', ({detail}) => {
    frames++;
    found += detail.people.length;
  });
  tracker.src = canvas;
})()"""
"""A person who sways. (WebKitGTK stops a looped video by itself after a while.)"""


def megabytes(driver: int) -> float:
    """Of the processes that run pages' scripts and hold their workers."""
    processes = psutil.Process(driver).children(recursive=True)
    pages = [process for process in processes if "WebKitWebProcess" in process.cmdline()[0]]
    return sum(machine.memory(process.pid)["Pss"] for process in pages)


@pytest.mark.skipif(not MINUTES, reason="set $WEBKIT_ENDURANCE to a number of minutes")
def test_memory_does_not_grow(serve: Callable[..., str]) -> None:
    installed = installed_webkit()

    class Handler(Scripted):
        pass

    url = serve(SITE, Handler)
    with webkit(*installed, Handler) as page:
        tab = Tab(page, f"{url}?workers=2", FORGET)
        tab.wait_for("ready")
        tab.page.evaluate(SWAYING)
        began = time.monotonic()
        sizes, frames = [], 0
        for minute in range(1, int(MINUTES) + 1):
            time.sleep(max(0, began + 60 * minute - time.monotonic()))
            sizes.append(megabytes(page.driver))
            before, frames = frames, tab.page.evaluate("frames")
            assert frames > before, "it tracks all the time"
            print(f"{minute} min {sizes[-1]:.1f} MB, {frames} frames", flush=True)
        assert tab.page.evaluate("found") > frames / 2
        assert sizes[-1] < MOST_GROWTH * sizes[0]
        assert tab.complaints == []
