"""What the avatar's page costs beside the tracker: pictures a second, processor time by thread.

``python build.py bench -- --avatar`` opens the built site's ``avatar.html`` with a camera of 30
frames a second, in three ways that take turns: the tracker beside an avatar that stands still, the
tracker and an avatar that moves, and the avatar alone, which does again what it did before.
"""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import CLIP, FOLDER, SkippedError, browser, clip, machine, processes, record, report
from bench import session as sessions
from bench.processes import Thread

KEPT = record.FOLDER / "avatar"
ROUNDS, SECONDS = 3, 8.0
SETTLING = 5.0
"""Seconds until the page has found how finely it paints."""

TRACKER, BOTH, AVATAR = "tracker alone", "tracker and avatar", "avatar alone"
WAYS = (BOTH, TRACKER, AVATAR)
"""The first one tells the events that the last one needs."""

PAINTING = "SwiftShader, which paints"
COMPOSITING = "compositor"
PAGE = "page, main thread: three.js and the tag"
WORKERS = "workers: the networks"
REST = "everything else"

_COUNT = """{
  const paint = WebGL2RenderingContext.prototype.fenceSync;
  globalThis.painted = 0; // the painter sets a fence behind every picture
  WebGL2RenderingContext.prototype.fenceSync = function (...what) {
    painted++;
    return paint.apply(this, what);
  };
}"""
_NOTE = """globalThis.noted = [];
addEventListener('landmarks', ({ detail }) => {
  const people = detail.people.map(({ bones, hipsPosition, blendshapes }) =>
    ({ bones, hipsPosition, blendshapes }));
  if (noted.length < 90) noted.push(JSON.stringify(people, (_, value) =>
    (ArrayBuffer.isView(value) ? [...value] : value)));
}, true);"""
_STILL = "addEventListener('landmarks', (event) => event.stopImmediatePropagation(), true);"
_REPLAY = """customElements.define('holistic-tracking', class extends HTMLElement {});
addEventListener('load', () => {
  const turns = %s.map((people) => JSON.parse(people));
  const course = [...turns, ...turns.toReversed()];
  const tag = document.querySelector('holistic-tracking');
  let next = 0;
  setInterval(() => {
    const people = course[next++ %% course.length];
    tag.dispatchEvent(new CustomEvent('landmarks', { detail: { people } }));
  }, 1000 / 30);
});"""


@dataclass(frozen=True)
class Course:
    """A watched visit: rates by second, and milliseconds of processor a second by lane."""

    way: str
    tracked: float
    painted: float
    canvas: list[int]
    """Width and height of what is painted, in pixels."""
    cpu_ms: dict[str, float]
    others: float
    """Cores that everything else on the machine used."""


@dataclass(frozen=True)
class Figures:
    """What was found on one machine at one time."""

    name: str
    facts: dict[str, Any]
    courses: list[Course]

    def save(self, folder: Path = KEPT) -> Path:
        """Write it to a folder; returns the path."""
        return record.write(folder, asdict(self), "courses")

    def median(self, way: str, of: str) -> float:
        """The median over the rounds of ``tracked``, ``painted``, ``others`` or a lane, or 0."""
        found = [
            course.cpu_ms.get(of, 0.0) if of in LANES else getattr(course, of)
            for course in self.courses
            if course.way == way
        ]
        return statistics.median(found) if found else 0.0


LANES = (PAGE, PAINTING, COMPOSITING, WORKERS, REST)


def read(folder: Path = KEPT) -> list[Figures]:
    """The figures of a folder, the newest first.

    Raises:
        ValueError: a file is none; the message names it.
    """
    return record.kept(folder, _figures, "file of the avatar's figures")


def _figures(content: dict[str, Any]) -> Figures:
    return Figures(**{**content, "courses": [Course(**each) for each in content["courses"]]})


def measure(name: str = "", rounds: int = ROUNDS, seconds: float = SECONDS) -> Figures:
    """Watch the page here, three visits a round; about a minute a round.

    Raises:
        SkippedError: the site is not built, or nobody was found.
    """
    facts = {
        "begun": time.strftime("%Y-%m-%d %H:%M:%S"),
        "machine": machine.describe(),
        "load": round(machine.load(), 1),
        "chromium": browser.version(),
        "seconds": seconds,
    }
    file = clip.camera_file(CLIP, FOLDER / "clips", sessions.USUAL)
    courses: list[Course] = []
    events: list[str] = []
    with sessions.bench() as bench:
        if bench.servers.site is None:
            raise SkippedError("our site is not built: run `python build.py build`")
        address = f"{bench.servers.site.address}/avatar.html"
        for number in range(rounds):
            with browser.launch(file) as chromium:
                for way in WAYS:
                    courses.append(_visit(chromium, address, way, events, seconds))
                    print(f"round {number + 1}  {_line(courses[-1])}", flush=True)
    return Figures(name or str(machine.describe()["processor"]), facts, courses)


def _visit(
    chromium: browser.Browser, address: str, way: str, events: list[str], seconds: float
) -> Course:
    """One visit; of that with tracker and avatar, ``events`` are kept."""
    extra = {BOTH: _NOTE, TRACKER: _STILL, AVATAR: _REPLAY % json.dumps(events)}[way]
    query = "" if way == AVATAR else "?src=camera"
    with chromium.visit(address + query, _COUNT + extra) as visit:
        if way != AVATAR:
            visit.wait_for_landmarks()
            visit.wait_until_ready()
            visit.wait_until_kept()  # storing the page takes time from everybody
        time.sleep(SETTLING)
        course = _watch(chromium, visit, way, seconds)
        if way == BOTH and not events:
            events += visit.page.evaluate("noted")
        return course


def _watch(chromium: browser.Browser, visit: browser.Visit, way: str, seconds: float) -> Course:
    before, busy, begin = (
        processes.thread_seconds(chromium.root),
        machine.busy_seconds(),
        visit.now(),
    )
    painted = visit.page.evaluate("painted")
    time.sleep(seconds)
    later, end = processes.thread_seconds(chromium.root), visit.now()
    passed = (end - begin) / 1000
    spent = {thread: time - before.get(thread, 0.0) for thread, time in later.items()}
    return Course(
        way,
        round(len(visit.events(begin, end)) / passed, 2) if way != AVATAR else 0.0,
        round((visit.page.evaluate("painted") - painted) / passed, 2),
        list(visit.page.evaluate("[stage.width, stage.height]")),
        {lane: round(time * 1000 / passed, 2) for lane, time in lanes(spent).items()},
        round((machine.busy_seconds() - busy - sum(spent.values())) / passed, 2),
    )


def lanes(spent: dict[Thread, float]) -> dict[str, float]:
    """Processor time by what it is for; the camera's file is not counted."""
    found: dict[str, float] = defaultdict(float)
    for thread, seconds in spent.items():
        if thread.kind != processes.CAMERA:
            found[_lane(thread)] += seconds
    return {lane: found[lane] for lane in LANES if found[lane]}


def _lane(thread: Thread) -> str:
    if thread.kind == processes.RENDERER:
        if thread.is_worker:
            return WORKERS
        if thread.number == thread.process:
            return PAGE
    if "Compositor" in thread.name:
        return COMPOSITING
    if thread.kind == "gpu-process" and thread.name.startswith("Thread<"):
        return PAINTING
    return REST


def _line(course: Course) -> str:
    cost = ", ".join(f"{lane} {ms:.0f}" for lane, ms in course.cpu_ms.items())
    return (
        f"{course.way}: tracked {course.tracked:.1f}/s, painted {course.painted:.1f}/s, canvas "
        f"{' x '.join(map(str, course.canvas))}; ms a second: {cost}; others used "
        f"{course.others:.1f} cores"
    )


def markdown(found: Sequence[Figures]) -> str:
    """Two tables for each machine; empty without any."""
    return "\n".join(
        f"**{each.name}, {each.facts['begun'].partition(' ')[0]}** (load {each.facts['load']} "
        f"before, {each.facts['chromium']}; medians)\n\n{_rates(each)}\n{_picture(each)}"
        for each in found
    )


def _rates(figures: Figures) -> str:
    rows = []
    for way in (TRACKER, BOTH, AVATAR):
        cores = sum(figures.median(way, lane) for lane in LANES) / 1000
        rates = [figures.median(way, of) for of in ("tracked", "painted")]
        cells = [report.cell(rate or None, ".1f") for rate in rates]
        rows.append([way, *cells, f"{cores:.2f}", f"{figures.median(way, 'others'):.2f}"])
    heading = ["", "frames tracked a second", "pictures painted a second", "cores used"]
    return report.table([*heading, "cores that others used"], rows)


def _picture(figures: Figures) -> str:
    """What a picture costs, with the avatar alone."""
    painted = figures.median(AVATAR, "painted")
    if not painted:
        return ""
    costs = [figures.median(AVATAR, lane) / painted for lane in LANES]
    shown = zip((*LANES, "together"), (*costs, sum(costs)), strict=True)
    rows = [[lane, f"{ms:.1f}"] for lane, ms in shown if ms]
    return report.table(["a picture of the avatar alone", "ms of processor"], rows)
