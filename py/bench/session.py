"""A benchmark session: cases in rounds, and the results as they come in."""

import hashlib
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import CLIP, FOLDER, SkippedError, browser, clip, machine, packages, peers, runs, wire
from bench.devtools import DevToolsError
from bench.results import Case, Results, Run
from builder import encodings, site
from holistic.shared import layout

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

USUAL = clip.Format(640, 480, 30)
"""What most cameras are: no more than 30 frames a second can be had."""

CROWDS = tuple(clip.Format(1280, 960, 60, people) for people in range(1, 7))
"""One to six people in pictures of one size."""

FASTEST = f"site-auto-c1-w{layout.WORKERS}"
SWEPT = (FASTEST, "tasks-c1")
"""Peers that are also measured on all cameras; only the first one sees more than one person."""

EXPECTED_SECONDS = 15.0
"""What a run takes beside its tracking, before one has been timed."""


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
    others = packages.pages()
    encodings.prepare(others)  # as our site is: everybody's host compresses
    with wire.serve(others) as pages:
        if folder is None:
            yield Bench(runs.Servers(pages, None))
            return
        with wire.serve(folder) as ours:
            yield Bench(runs.Servers(pages, ours))


def cases(chosen: list[peers.Peer], sweeps: bool) -> list[Case]:
    """The peers on the table's camera and, with ``sweeps``, some of them on all others."""
    found = [Case(peer, CAMERA) for peer in chosen]
    if sweeps:
        swept = [peer for peer in chosen if peer.name in SWEPT]
        sizes = [USUAL, *(size for size in SIZES if size != CAMERA)]
        found += [Case(peer, size) for size in sizes for peer in swept]
        if FASTEST in [peer.name for peer in swept]:
            found += [Case(peers.crowd_peer(crowd.people), crowd) for crowd in CROWDS]
    return found


def hold(todo: list[Case], rounds: int, seconds: float, minutes: float, path: Path) -> Results:
    """Measure every case once a round, in an order that changes with the round, for ``minutes``.

    The table's cases come first in each round. A case that fails is tried again in later rounds
    only if it has succeeded before. The results are saved to ``path`` after every run; what was
    saved by a session that did not come to its end is gone on with.
    """
    results = Results(todo, facts(todo, seconds))
    results.resume(path)
    with bench() as equipment:
        plan = Plan(results, todo, rounds, seconds, minutes)
        for index, case in plan.runs():
            _measure(equipment, case, index, seconds, results)
            results.save(path)
    results.facts["ended"] = time.strftime("%Y-%m-%d %H:%M:%S")
    results.save(path)
    return results


def facts(todo: list[Case], seconds: float) -> dict[str, object]:
    """What the results are of."""
    manifest = site.SITE / "manifest.json"
    return {
        "begun": time.strftime("%Y-%m-%d %H:%M:%S"),
        "plan": [case.name for case in todo],
        "machine": machine.describe(),
        "chromium": browser.version(),
        "versions": packages.versions(),
        "site": hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else "",
        "clip": CLIP.name,
        "seconds": seconds,
    }


class Plan:
    """Which runs are left, and how long they will take: no run begins that would end too late."""

    def __init__(
        self, results: Results, todo: list[Case], rounds: int, seconds: float, minutes: float
    ):
        self._results = results
        self._deadline = time.monotonic() + minutes * 60
        self._guess = seconds + EXPECTED_SECONDS
        self._taken: dict[str, float] = {}
        self._left = [
            (index, case)
            for index in range(rounds)
            for case in _order(todo, index)
            if index not in results.runs.get(case.name, {})
        ]

    def runs(self) -> Iterator[tuple[int, Case]]:
        """The round and the case of every run, when it is due."""
        while self._left:
            index, case = self._left.pop(0)
            name, problems = case.name, self._results.problems
            if name in problems and name not in self._results.runs:
                continue
            begin = time.monotonic()
            if begin + self._expected(case) > self._deadline:
                problems[name] = f"the time was up before round {index + 1}"
                continue
            yield index, case
            self._taken[name] = time.monotonic() - begin
            self._tell()

    def _expected(self, case: Case) -> float:
        return self._taken.get(case.name, self._guess)

    def _tell(self) -> None:
        self._guess = sum(self._taken.values()) / len(self._taken)
        needed = sum(self._expected(case) for _, case in self._left) / 60
        allowed = max(0.0, self._deadline - time.monotonic()) / 60
        print(
            f"  {len(self._left)} runs left: {needed:.0f} minutes, of {allowed:.0f} that it may",
            flush=True,
        )


def _order(todo: list[Case], index: int) -> list[Case]:
    """The cases of a round: the table's, then the others, each in an order of this round."""
    shuffled = random.Random(index).sample(todo, len(todo))
    return sorted(shuffled, key=lambda case: case.camera != CAMERA)


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
