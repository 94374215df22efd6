"""The benchmark's command line: ``python build.py bench``; half an hour, unless told otherwise."""

import argparse
import sys
from pathlib import Path

from bench import (
    CLIP,
    FOLDER,
    SkippedError,
    browser,
    clip,
    memory,
    peers,
    plots,
    report,
    session,
    soak,
    timeline,
    visits,
)
from bench.devtools import DevToolsError
from builder import BuildError

ROUNDS, SECONDS, MINUTES = 3, 8.0, 32.0
SOAK = "start, stop and change our page at random instead, and watch its memory and speed"
SOAK_PAUSE = (3.0, 10.0)
"""Seconds between two actions."""
QUICK_ROUNDS, QUICK_SECONDS = 1, 4.0
QUICK_PEERS = ["camera", "site-*-c1-w2", "tasks-c1", "legacy-c1", "native-*-c1", "mediapipe-c1"]


def main() -> int:
    """Measure, write results.json, results.md and plots to build/bench, and print the table."""
    options = _parser().parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        if options.soak:
            return _soak(options)
        if options.memory:
            return _memory(options)
        if options.visits:
            print(visits.markdown(visits.read(options.visits)))
            return 0
        if options.timeline:
            return _timeline(options)
        return _measure(options)
    except (BuildError, DevToolsError, SkippedError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _measure(options: argparse.Namespace) -> int:
    chosen = peers.chosen(options.only or (QUICK_PEERS if options.quick else []))
    sweeps = options.sweeps or not (options.quick or options.only)
    todo = session.cases(chosen, sweeps)
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    seconds = options.seconds or (QUICK_SECONDS if options.quick else SECONDS)
    results = session.hold(todo, rounds, seconds, options.minutes, FOLDER / "results.json")
    text = report.markdown(results)
    (FOLDER / "results.md").write_text(text, "utf-8")
    print(f"\n{text}")
    for path in (FOLDER / "results.json", FOLDER / "results.md", *plots.draw(results, FOLDER)):
        print(f"wrote {path}")
    if not results.runs:
        return 1
    return _timeline(options) if sweeps else 0


def _memory(options: argparse.Namespace) -> int:
    peer = _page(options)
    print(f"{peer.title}: {memory.watch(peer, options.memory, FOLDER).summary()}")
    return 0


def _timeline(options: argparse.Namespace) -> int:
    peer = _page(options)
    for path in timeline.save(peer, timeline.record(peer, session.CAMERA), FOLDER):
        print(f"wrote {path}")
    return 0


def _page(options: argparse.Namespace) -> peers.PagePeer:
    (peer, *_) = peers.chosen(options.only or [session.FASTEST])
    if not isinstance(peer, peers.PagePeer):
        raise ValueError(f"{peer.name} is not a page")
    return peer


def _soak(options: argparse.Namespace) -> int:
    peer = _page(options)
    file = clip.camera_file(CLIP, FOLDER / "clips", soak.CAMERA)
    with session.bench() as bench, browser.launch(file) as chromium:
        blank = browser.weigh_blank(chromium, bench.servers.blank)
        address = f"{bench.servers.of(peer).address}/{peer.page}"
        found = soak.hold(chromium, blank, address, options.soak, options.seed, SOAK_PAUSE)
    found.save(FOLDER / "soak.json")
    minutes, sizes = zip(*((step.minute, step.memory_mb) for step in found.steps), strict=True)
    figure = plots.line(minutes, sizes, ("minutes", "MB above a blank page"))
    plots.save(figure, FOLDER / "soak.svg")
    print(f"{peer.title}: {found.summary()}")
    return 1 if found.complaints else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="a few peers, one short round: does it run?")
    add(
        "--only",
        action="append",
        metavar="PEER",
        help=f"a peer, or a pattern; may be repeated: {' '.join(p.name for p in peers.everyone())}",
    )
    add("--sweeps", action="store_true", help="all cameras, also with --only or --quick")
    add("--minutes", type=_positive, default=MINUTES, metavar="M", help=f"{MINUTES:g} unless told")
    add("--rounds", type=_rounds, metavar="N", help=f"{ROUNDS} unless told")
    add("--seconds", type=_positive, metavar="S", help=f"of a run; {SECONDS:g} unless told")
    add("--timeline", action="store_true", help="draw only where our page's frames' time goes")
    add("--memory", type=_positive, metavar="MINUTES", help="watch our page's memory instead")
    add("--visits", type=Path, nargs="+", metavar="FILE", help="print what visitors have saved")
    add("--soak", type=_positive, metavar="MINUTES", help=SOAK)
    add("--seed", type=int, default=0, metavar="N", help="other actions in the soak than seed 0's")
    return parser


def _rounds(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of rounds")
    return int(text)


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


if __name__ == "__main__":
    sys.exit(main())
