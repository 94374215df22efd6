"""A benchmark session: cases in rounds, and the results as they come in."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import CLIP, FOLDER, SkippedError, browser, clip, machine, packages, peers, runs, wire
from bench.devtools import DevToolsError
from bench.results import Case, Results, Run
from builder import site

CAMERA = clip.Format(640, 480, 120)
"""What the table is measured with: faster than anyone is, so that nobody waits for a frame."""

SIZES = (
    clip.Format(320, 240, 120),
    CAMERA,
    clip.Format(1280, 960, 60),
    clip.Format(1920, 1440, 60),
    clip.Format(2880, 2160, 30),
)
"""One picture up to the height of 4K; the larger ones slower, or playing them would take a core."""

SWEPT = ("site-float-c1-w2", "tasks-c1")
"""Peers that are also measured with all sizes."""

UNMEASURED = {"people 1 to 6": "the tracker follows one person so far"}
"""What the report should have and cannot yet, and why."""


@dataclass(frozen=True)
class Bench:
    """What measuring needs: the servers."""

    servers: runs.Servers

    def measure(self, case: Case, seconds: float) -> Run:
        """One run of a case; raises SkippedError where it cannot be had."""
        camera = case.camera
        file = clip.camera_file(CLIP, FOLDER / "clips", camera)
        if isinstance(case.peer, peers.PagePeer):
            return runs.page(self.servers, case.peer, file, seconds)
        assert isinstance(case.peer, peers.NativePeer)
        return runs.native(case.peer, file, clip.repeats(CLIP, camera), seconds)


@contextmanager
def bench() -> Iterator[Bench]:
    """Servers of the pages and of our site, while they are needed."""
    folder = site.SITE if (site.SITE / "index.html").exists() else None
    with wire.serve(packages.pages()) as pages:
        if folder is None:
            yield Bench(runs.Servers(pages, None))
            return
        with wire.serve(folder) as ours:
            yield Bench(runs.Servers(pages, ours))


def cases(chosen: list[peers.Peer], sizes: bool) -> list[Case]:
    """The peers on the usual camera and, with ``sizes``, some of them on all others."""
    found = [Case(peer, CAMERA) for peer in chosen]
    if sizes:
        swept = [peer for peer in chosen if peer.name in SWEPT]
        found += [Case(peer, size) for size in SIZES if size != CAMERA for peer in swept]
    return found


def hold(todo: list[Case], rounds: int, seconds: float, results_path: Path) -> Results:
    """Measure every case once a round, in an order that changes with the round.

    A case that fails is tried again in later rounds only if it has succeeded before. The results
    are saved after every round.
    """
    facts = {
        "begun": time.strftime("%Y-%m-%d %H:%M:%S"),
        "machine": machine.describe(),
        "chromium": browser.version(),
        "clip": CLIP.name,
        "seconds": seconds,
    }
    results = Results(todo, facts, UNMEASURED)
    with bench() as equipment:
        for index in range(rounds):
            order = random.Random(index).sample(todo, len(todo))
            for case in order:
                if case.name in results.problems and case.name not in results.runs:
                    continue
                _measure(equipment, case, index, seconds, results)
            results.save(results_path)
    return results


def _measure(equipment: Bench, case: Case, index: int, seconds: float, results: Results) -> None:
    try:
        run = equipment.measure(case, seconds)
    except (SkippedError, DevToolsError) as error:
        results.problems[case.name] = str(error)
        print(f"round {index + 1}  {case.name}: {error}", flush=True)
        return
    results.runs.setdefault(case.name, {})[index] = run
    print(
        f"round {index + 1}  {case.name}: {run.frames_per_second:.1f} frames/s, "
        f"latency {run.latency_median_ms:.0f} ms, CPU {run.cpu_ms_per_frame:.0f} ms a frame, "
        f"others used {run.cores_used_by_others:.1f} cores",
        flush=True,
    )
