"""The arguments of the command ``holistic``, in the groups that ``--help`` shows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from holistic import __version__
from holistic.batch import executors
from holistic.interchange.collected import WRITERS
from holistic.live import vmc
from holistic.shared import layout, schedule
from holistic.shared.model_sets import APPROXIMATE, AUTO, VARIANTS, canonical

VIEWER = "viewer"
"""What ``--rerun`` says without a place."""

PARTS = {
    "pose": ("pose",),
    "face": ("face",),
    "hands": schedule.HANDS,
    "left-hand": ("left_hand",),
    "right-hand": ("right_hand",),
}
"""What ``--parts`` may name, as the tag's attribute does, and the tracker's parts of each."""

Group = argparse._ArgumentGroup  # argparse has no public name for it


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="holistic",
        description="Find people's pose, face and hands: 543 landmarks for each of them.",
        epilog="Exit codes: 0 all is well, 1 some inputs failed, 2 wrong usage, 130 interrupted. "
        "To convert files of landmarks: holistic convert --help. "
        "To send a page's motion on to avatar programs: holistic bridge --help",
    )
    parser.add_argument(
        "input",
        nargs="+",
        type=name,
        help="pictures, videos, folders of them, addresses (https, rtsp, ...), a camera's number "
        "(0 is the first, which is `camera` too), or - for standard input",
    )
    parser.add_argument("--version", action="version", version=f"holistic {__version__}")
    _add_files(parser.add_argument_group("files"))
    _add_live(parser.add_argument_group("results while they come"))
    _add_found(parser.add_argument_group("what is found"))
    _add_models(parser.add_argument_group("models"))
    _add_processes(parser.add_argument_group("processes"))
    options = parser.parse_args(argv)
    if options.out is None and not (options.rerun or options.vmc or options.ifacialmocap):
        parser.error("--out is missing: name the file or the folder for the landmarks")
    return options


def _add_files(group: Group) -> None:
    group.add_argument(
        "--out",
        type=name,
        metavar="PATH",
        help="the file for the landmarks of one input, - for standard output; "
        "a folder for several inputs or a folder; needed unless results go elsewhere live",
    )
    group.add_argument(
        "--format", choices=WRITERS, help="default: what the name of --out ends in, or json"
    )
    group.add_argument(
        "--draw",
        type=name,
        metavar="PATH",
        help="write pictures (.jpg, .png, ...) and videos (.mp4, .webm, .mkv) with overlays: "
        "a file or a folder",
    )
    group.add_argument(
        "--force", action="store_true", help="also do what is there already (with a folder)"
    )


def _add_live(group: Group) -> None:
    group.add_argument(
        "--rerun",
        nargs="?",
        const=VIEWER,
        type=name,
        metavar="PLACE",
        help="show one input in Rerun too, on a timeline: in a file that ends in .rrd, in the "
        "viewer at an address, or (without a place, as the last option) in one that is started",
    )
    group.add_argument(
        "--vmc",
        type=name,
        metavar="HOST:PORT",
        help="send the first person's motion to an avatar program, such as 127.0.0.1:39539",
    )
    group.add_argument(
        "--vmc-rate", type=int, choices=vmc.RATES, default=60, help="how often a second"
    )
    group.add_argument(
        "--vmc-expressions",
        choices=vmc.EXPRESSIONS,
        default="arkit",
        help="names of the face's expressions: the 52 of Perfect Sync (default), or VRM's",
    )
    group.add_argument(
        "--ifacialmocap",
        type=name,
        metavar="HOST:PORT",
        help="send the first person's face as iFacialMocap does, such as to 127.0.0.1:49983",
    )


def _add_found(group: Group) -> None:
    group.add_argument(
        "--people", type=_positive, default=1, metavar="N", help="find up to N people"
    )
    group.add_argument(
        "--parts",
        type=_parts,
        default=layout.PARTS,
        metavar="NAMES",
        help=f"find these parts only: some of {','.join(PARTS)}",
    )
    group.add_argument(
        "--irises",
        action="store_true",
        help="faces of 478 points: with irises, and with better eyes and lips",
    )
    expressions = group.add_mutually_exclusive_group()
    expressions.add_argument(
        "--blendshapes",
        action="store_true",
        help="faces' expressions as 52 numbers with ARKit's names; faces have irises then, too",
    )
    expressions.add_argument(
        "--approximate-blendshapes",
        dest="blendshapes",
        action="store_const",
        const=APPROXIMATE,
        help="rough ones, of the faster face network, for slow machines",
    )
    group.add_argument(
        "--rotations",
        action="store_true",
        help="rotations of a humanoid's bones (VRM 1.0), in .json and .npz files",
    )
    group.add_argument(
        "--mask",
        action="store_true",
        help="segmentation masks of people: in .npz files, and as a dark background in drawings",
    )
    group.add_argument(
        "--carry-hands",
        action="store_true",
        help="a hand that is lost goes on with its wrist for up to 150 ms, with the score 0",
    )
    group.add_argument(
        "--skip-still",
        action="store_true",
        help="frames in which nothing has moved repeat the last result, and are marked as still",
    )


def _add_models(group: Group) -> None:
    group.add_argument(
        "--complexity",
        type=int,
        choices=(0, 1, 2),
        default=1,
        help="0: the light pose and hand models, 1 (default): the full ones, 2: the heavy pose",
    )
    group.add_argument(
        "--variant",
        choices=VARIANTS,
        type=_variant,
        default=AUTO,
        help="of the models: auto (default) is the fastest good one, float is as MediaPipe's",
    )
    group.add_argument(
        "--models", type=name, metavar="FOLDER", help="where the models are, if elsewhere"
    )


def _add_processes(group: Group) -> None:
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=_positive, default=1, metavar="N", help="how many processes to use"
    )
    where.add_argument(
        "--scheduler",
        nargs="?",
        const=executors.LOCAL,
        type=name,
        metavar="ADDRESS",
        help="use the Dask cluster whose scheduler is there, which must see the same files; "
        "without an address (as the last option) one on this machine, one process a core",
    )
    group.add_argument(
        "--threads",
        type=_positive,
        metavar="N",
        help="processor cores for each network (default: up to 4; 1 with --workers or --scheduler)",
    )


def name(text: str) -> str:
    """A name of the command line, which must not be empty, as that of an unset variable is.

    Raises:
        argparse.ArgumentTypeError: it is.
    """
    if not text:
        raise argparse.ArgumentTypeError("it is empty: name something, or leave it out")
    return text


def _parts(text: str) -> tuple[str, ...]:
    words = text.replace("_", "-").replace(",", " ").split()
    known = f"name some of {','.join(PARTS)}"
    if not words:
        raise argparse.ArgumentTypeError(f"there are no parts: {known}")
    for word in words:
        if word not in PARTS:
            raise argparse.ArgumentTypeError(f"unknown part {word!r}: {known}")
    return tuple(part for word in words for part in PARTS[word])


def _variant(text: str) -> str:
    try:
        return canonical(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)
