"""The benchmark's command line: ``python build.py bench``; 40 minutes, unless told otherwise."""

import argparse
import sys
from pathlib import Path

from bench import (
    CLIP,
    FOLDER,
    SkippedError,
    avatar,
    browser,
    clip,
    kernels,
    memory,
    page,
    peers,
    plots,
    record,
    report,
    results,
    session,
    soak,
    timeline,
    visits,
)
from bench.devtools import DevToolsError
from builder import BuildError
from holistic.shared.layout import WORKERS

ROUNDS, SECONDS, MINUTES = 3, 8.0, 40.0
SOAK = "start, stop and change our page at random instead, and watch its memory and speed"
SOAK_PAUSE = (3.0, 10.0)
"""Seconds between two actions."""
QUICK_ROUNDS, QUICK_SECONDS, QUICK_MINUTES = 3, 4.0, 11.0
"""It has to end within 12 minutes, with what comes before the first run."""
QUICK_PEERS = [
    *(
        "camera",
        f"site-*-c1-w{WORKERS}",
        f"site-auto-c0-w{WORKERS}",
        "tasks-c1",
        "legacy-c1",
        "litert-c1",
    ),
    *("human-c1", "native-*-c1", "native-auto-c0", "mediapipe-c1"),
]
KEEP = "keep the results in docs/benchmark as those of the machine NAME, and make the page anew"
PAGE = "measure nothing: keep the last results if --keep says so, and make the page anew"
KERNELS = "time every kind of operator of our networks, natively and in WebAssembly, instead"
AVATAR = "what the avatar's page paints, and what that costs beside the tracker, instead: 3 minutes"


def main() -> int:
    """Measure, write results.json, results.md and plots to build/bench, and print the table."""
    options = _parser().parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        chosen = next((mode for name, mode in MODES.items() if getattr(options, name)), _measure)
        return chosen(options)
    except (BuildError, DevToolsError, SkippedError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _measure(options: argparse.Namespace) -> int:
    chosen = peers.chosen(options.only or (QUICK_PEERS if options.quick else []))
    sweeps = options.sweeps or not (options.quick or options.only)
    todo = session.cases(chosen, sweeps)
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    seconds = options.seconds or (QUICK_SECONDS if options.quick else SECONDS)
    minutes = options.minutes or (QUICK_MINUTES if options.quick else MINUTES)
    found = session.hold(todo, rounds, seconds, minutes, FOLDER / "results.json")
    text = report.markdown(record.of(found))
    (FOLDER / "results.md").write_text(text, "utf-8")
    print(f"\n{text}")
    for path in (FOLDER / "results.json", FOLDER / "results.md", *plots.draw(found, FOLDER)):
        print(f"wrote {path}")
    if not found.runs:
        return 1
    if options.keep:
        _keep(record.of(found, options.keep))
    return _timeline(options) if sweeps else 0


def _keep(found: record.Record | kernels.Profile | avatar.Figures) -> None:
    """Put what was measured where the documentation has it."""
    for path in (found.save(), *page.write()):
        print(f"wrote {path}")


def _page(options: argparse.Namespace) -> int:
    if options.keep:
        _keep(record.of(results.Results.load(FOLDER / "results.json"), options.keep))
    else:
        print("\n".join(f"wrote {path}" for path in page.write()))
    return 0


def _kernels(options: argparse.Namespace) -> int:
    profile = kernels.measure(options.keep or "")
    return _told(profile, kernels.markdown([profile]), FOLDER, options)


def _avatar(options: argparse.Namespace) -> int:
    rounds, seconds = options.rounds or avatar.ROUNDS, options.seconds or avatar.SECONDS
    figures = avatar.measure(options.keep or "", rounds, seconds)
    return _told(figures, f"\n{avatar.markdown([figures])}", FOLDER / "avatar", options)


def _told(
    found: kernels.Profile | avatar.Figures, text: str, folder: Path, options: argparse.Namespace
) -> int:
    """Print and write what was measured, and keep it if that is asked for."""
    print(text)
    print(f"wrote {found.save(folder)}")
    if options.keep:
        _keep(found)
    return 0


def _memory(options: argparse.Namespace) -> int:
    peer = _page_peer(options)
    print(f"{peer.title}: {memory.watch(peer, options.memory, FOLDER).summary()}")
    return 0


def _timeline(options: argparse.Namespace) -> int:
    peer = _page_peer(options)
    for path in timeline.save(peer, timeline.record(peer, session.CAMERA), FOLDER):
        print(f"wrote {path}")
    return 0


def _page_peer(options: argparse.Namespace) -> peers.PagePeer:
    (peer, *_) = peers.chosen(options.only or [session.FASTEST])
    if not isinstance(peer, peers.PagePeer):
        raise ValueError(f"{peer.name} is not a page")
    return peer


def _visits(options: argparse.Namespace) -> int:
    print(visits.markdown(visits.read(options.visits)))
    return 0


def _soak(options: argparse.Namespace) -> int:
    peer = _page_peer(options)
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


MODES = {
    "soak": _soak,
    "memory": _memory,
    "visits": _visits,
    "timeline": _timeline,
    "kernels": _kernels,
    "avatar": _avatar,
    "page": _page,
}
"""What is done instead of measuring all peers, by the option that asks for it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py bench", description=__doc__)
    add = parser.add_argument
    add(
        "--quick",
        action="store_true",
        help="the most important peers, three short rounds: 12 minutes at most",
    )
    add(
        "--only",
        action="append",
        metavar="PEER",
        help=f"a peer, or a pattern; may be repeated: {' '.join(p.name for p in peers.everyone())}",
    )
    add("--sweeps", action="store_true", help="all cameras, also with --only or --quick")
    add("--minutes", type=_positive, metavar="M", help=f"{MINUTES:g} unless told")
    add("--rounds", type=_rounds, metavar="N", help=f"{ROUNDS} unless told")
    add("--seconds", type=_positive, metavar="S", help=f"of a run; {SECONDS:g} unless told")
    add("--keep", metavar="NAME", help=KEEP)
    add("--page", action="store_true", help=PAGE)
    add("--kernels", action="store_true", help=KERNELS)
    add("--avatar", action="store_true", help=AVATAR)
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
