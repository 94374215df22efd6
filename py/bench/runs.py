"""One measurement of one peer: a page in the browser, or a native tracker."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import SkippedError, browser, machine, measures, packages, processes
from bench.native import MEDIAPIPE
from bench.peers import NativePeer, PagePeer
from bench.results import PARTS, Run, Start
from bench.wire import Wire
from builder import ROOT

WARM_UP_SECONDS = 2.0


@dataclass(frozen=True)
class Servers:
    """The server of the benchmark's own pages, and that of our site (None: it is not built)."""

    pages: Wire
    site: Wire | None

    @property
    def blank(self) -> str:
        """Address of the page that has nothing in it."""
        return f"{self.pages.address}/blank.html"

    def of(self, peer: PagePeer) -> Wire:
        """The server that has the peer's page."""
        if not peer.ours:
            return self.pages
        if self.site is None:
            raise SkippedError("our site is not built: run `python build.py build`")
        return self.site


def page(servers: Servers, peer: PagePeer, camera: Path, seconds: float) -> Run:
    """Measure a page: a first visit, ``seconds`` of tracking in it, and a second visit.

    Tracking is measured when nothing is stored for later visits any more: that is done once.
    """
    wire = servers.of(peer)
    address = f"{wire.address}/{peer.page}"
    load_before = machine.load()
    with browser.launch(camera) as chromium:
        blank = browser.weigh_blank(chromium, servers.blank)
        wire.clear()
        with chromium.visit(address) as visit:
            cold = _start(visit, wire)
            visit.wait_until_ready()
            storing_ms = _storing(chromium, visit) if peer.ours else None
            time.sleep(WARM_UP_SECONDS)
            tracking = _track(chromium, visit, seconds)
            memory_mb = sum(processes.memory_above(chromium.root, blank).values())
        wire.clear()
        with chromium.visit(address) as visit:
            warm = _start(visit, wire)
    return Run(
        **tracking,
        memory_mb=memory_mb,
        first_landmarks_ms=cold.first_landmarks_ms,
        load_before=load_before,
        load_after=machine.load(),
        cold=cold,
        warm=warm,
        storing_ms=storing_ms,
    )


def native(peer: NativePeer, camera: Path, repeats: int, seconds: float) -> Run:
    """Measure a native peer, in a process of its own, on each ``repeats``-th frame."""
    python = packages.mediapipe_python() if peer.tracker == MEDIAPIPE else Path(sys.executable)
    command = [str(python), "-m", "bench.native", peer.tracker, str(peer.complexity)]
    command += [str(camera), str(repeats), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "py")}
    load_before, begin = machine.load(), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SkippedError((done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300])
    told = json.loads(done.stdout.splitlines()[-1])
    times, latencies, *found = zip(*told["events"], strict=True)
    return Run(
        **_pace(times, latencies, list(zip(*found, strict=True))),
        **_cost(told["cpu_seconds"], told["busy_seconds"], told["seconds"], len(times)),
        memory_mb=told["memory_mb"],
        first_landmarks_ms=(told["first"] - begin) * 1000,
        load_before=load_before,
        load_after=machine.load(),
    )


def _start(visit: browser.Visit, wire: Wire) -> Start:
    first = visit.wait_for_landmarks()
    then = visit.origin + first
    return Start(first, wire.sent(then), wire.gzipped(then), visit.marks())


def _storing(chromium: browser.Browser, visit: browser.Visit) -> float | None:
    """Wait until our page is kept for later visits: milliseconds of a core that this took."""
    before = processes.lanes(processes.thread_seconds(chromium.root))
    if not visit.wait_until_kept():
        return None
    later = processes.lanes(processes.thread_seconds(chromium.root))
    return sum(later.get(lane, 0.0) - before.get(lane, 0.0) for lane in processes.STORING) * 1000


def _track(chromium: browser.Browser, visit: browser.Visit, seconds: float) -> dict[str, Any]:
    """Watch a page that is tracking; the fields of a Run that come from it."""
    before, busy, begin = processes.cpu_seconds(chromium.root), machine.busy_seconds(), visit.now()
    threads = processes.thread_seconds(chromium.root)
    time.sleep(seconds)
    later = processes.thread_seconds(chromium.root)
    spent = {thread: time - threads.get(thread, 0.0) for thread, time in later.items()}
    kinds = processes.cpu_seconds(chromium.root) - before
    camera = kinds.pop(processes.CAMERA, 0.0)
    busy, end = machine.busy_seconds() - busy, visit.now()
    events = visit.events(begin, end)
    if len(events) < 2:
        raise SkippedError(f"{len(events)} frames in {seconds:.0f} s are too few to measure")
    tasks = [(start, time) for start, time in visit.long_tasks() if begin < start + time <= end]
    return {
        **_pace(
            [event.time for event in events],
            [event.latency for event in events],
            [event.found for event in events],
        ),
        **_cost(sum(kinds.values()), busy - camera, (end - begin) / 1000, len(events)),
        "cpu_ms_by_process": {kind: cpu * 1000 / len(events) for kind, cpu in kinds.items()},
        "cpu_ms_by_thread": {
            lane: cpu * 1000 / len(events) for lane, cpu in processes.lanes(spent).items()
        },
        "longest_block_ms": max((duration for _, duration in tasks), default=0.0),
        "blocked_share": measures.busy_share(tasks, begin, end),
    }


def _pace(
    times: Sequence[float], latencies: Sequence[float], found: Sequence[Sequence[bool]]
) -> dict[str, Any]:
    """How many frames, how often, how late and how regular, and what was found in them."""
    intervals = [later - earlier for earlier, later in itertools.pairwise(times)]
    columns = [*zip(*found, strict=True), [all(row) for row in found]]
    return {
        "frames": len(times),
        "frames_per_second": measures.rate(times),
        "latency_median_ms": measures.percentile(latencies, 50),
        "latency_p95_ms": measures.percentile(latencies, 95),
        "interval_p95_ms": measures.percentile(intervals, 95),
        "found": {
            part: sum(column) / len(times)
            for part, column in zip((*PARTS, "all"), columns, strict=True)
        },
    }


def _cost(cpu: float, busy: float, seconds: float, frames: int) -> dict[str, Any]:
    """CPU time used, from the peer's and the whole machine's CPU seconds."""
    return {
        "seconds": seconds,
        "cpu_ms_per_frame": cpu * 1000 / frames,
        "cores_used": cpu / seconds,
        "cores_used_by_others": max(0.0, busy - cpu) / seconds,
    }
