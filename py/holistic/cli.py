"""The command ``holistic INPUT... --out FILE or FOLDER``, also ``python -m holistic``.

Finds landmarks in pictures, videos or the pictures of a camera, and writes them as JSON, CSV,
NPZ, .pose or Parquet, or what a person does as BVH, .glb or .vrma; ``holistic convert`` makes other
formats of them (see ``convert``).
Exit codes: 0, all is well; 1, some inputs failed, each with one sentence that says what to do, and
the others are done; 2, nothing could begin (usage, models); 130, interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from holistic import __version__, convert
from holistic.batch import executors
from holistic.batch.addresses import STDIN, is_file, scheme
from holistic.batch.canvas import endings, kind_of
from holistic.batch.jobs import CorpusError, Job, Outcome, jobs, left_out, tracker
from holistic.batch.manifest import Manifest
from holistic.batch.sinks import STDOUT, is_stream, same_file
from holistic.inference.model_files import ModelError
from holistic.interchange.collected import MOTION_WRITERS, WRITERS
from holistic.live import bridge, vmc
from holistic.live.outputs import Output
from holistic.options import Options
from holistic.shared import layout
from holistic.shared.model_sets import AUTO, VARIANTS, canonical

SOME_FAILED = 1
USAGE = 2
INTERRUPTED = 130

CAMERA = "camera"
"""A name of the first camera."""

VIEWER = "viewer"
"""What ``--rerun`` says without a place."""

_NAMED = 10  # files that were left out


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="holistic",
        description="Find people's pose, face and hands: 543 landmarks for each of them.",
        epilog="Exit codes: 0 all is well, 1 some inputs failed, 2 wrong usage. "
        "To convert files of landmarks: holistic convert --help",
    )
    parser.add_argument(
        "input",
        nargs="+",
        help="pictures, videos, folders of them, addresses (https, rtsp, ...), a camera's number "
        "(0 is the first, which is `camera` too), or - for standard input",
    )
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="the file for the landmarks of one input, - for standard output; "
        "a folder for several inputs or a folder; needed unless results go elsewhere live",
    )
    parser.add_argument(
        "--format", choices=WRITERS, help="default: what the name of --out ends in, or json"
    )
    parser.add_argument(
        "--draw",
        metavar="PATH",
        help="write pictures (.jpg, .png, ...) and videos (.mp4, .webm, .mkv) with overlays: "
        "a file or a folder",
    )
    parser.add_argument(
        "--rerun",
        nargs="?",
        const=VIEWER,
        metavar="PLACE",
        help="show one input in Rerun too, on a timeline: in a file that ends in .rrd, in the "
        "viewer at an address, or (without a place, as the last option) in one that is started",
    )
    parser.add_argument(
        "--vmc",
        metavar="HOST:PORT",
        help="send the first person's motion to an avatar program, such as 127.0.0.1:39539",
    )
    parser.add_argument(
        "--vmc-rate", type=int, choices=vmc.RATES, default=60, help="how often a second"
    )
    parser.add_argument(
        "--vmc-expressions",
        choices=vmc.EXPRESSIONS,
        default="arkit",
        help="names of the face's expressions: the 52 of Perfect Sync (default), or VRM's",
    )
    parser.add_argument(
        "--ifacialmocap",
        metavar="HOST:PORT",
        help="send the first person's face as iFacialMocap does, such as to 127.0.0.1:49983",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=_positive, default=1, metavar="N", help="how many processes to use"
    )
    where.add_argument(
        "--scheduler",
        nargs="?",
        const=executors.LOCAL,
        metavar="ADDRESS",
        help="use the Dask cluster whose scheduler is there, which must see the same files; "
        "without an address (as the last option) one on this machine, one process a core",
    )
    parser.add_argument(
        "--threads",
        type=_positive,
        metavar="N",
        help="processor cores for each network (default: up to 4; 1 with --workers or --scheduler)",
    )
    parser.add_argument(
        "--force", action="store_true", help="also do what is there already (with a folder)"
    )
    parser.add_argument(
        "--complexity",
        type=int,
        choices=(0, 1, 2),
        default=1,
        help="0: the light pose and hand models, 1 (default): the full ones, 2: the heavy pose",
    )
    parser.add_argument(
        "--people", type=_positive, default=1, metavar="N", help="find up to N people"
    )
    parser.add_argument(
        "--parts", metavar="NAMES", help="find these parts only: some of pose,face,hands"
    )
    parser.add_argument(
        "--irises",
        action="store_true",
        help="faces of 478 points: with irises, and with better eyes and lips",
    )
    parser.add_argument(
        "--rotations",
        action="store_true",
        help="rotations of a humanoid's bones (VRM 1.0), in .json and .npz files",
    )
    parser.add_argument(
        "--carry-hands",
        action="store_true",
        help="a hand that is lost goes on with its wrist for up to 150 ms, with the score 0",
    )
    parser.add_argument(
        "--skip-still",
        action="store_true",
        help="frames in which nothing has moved repeat the last result, and are marked as still",
    )
    parser.add_argument(
        "--blendshapes",
        action="store_true",
        help="faces' expressions as 52 numbers with ARKit's names; faces have irises then, too",
    )
    parser.add_argument(
        "--mask",
        action="store_true",
        help="segmentation masks of people: in .npz files, and as a dark background in drawings",
    )
    parser.add_argument(
        "--variant",
        choices=VARIANTS,
        type=_variant,
        default=AUTO,
        help="of the models: auto (default) is the fastest good one, float is as MediaPipe's",
    )
    parser.add_argument("--models", metavar="FOLDER", help="where the models are, if elsewhere")
    parser.add_argument("--version", action="version", version=f"holistic {__version__}")
    options = parser.parse_args(argv)
    if options.out is None and not (options.rerun or options.vmc or options.ifacialmocap):
        parser.error("--out is missing: name the file or the folder for the landmarks")
    return options


def _variant(text: str) -> str:
    try:
        return canonical(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "positive number"  # argparse names it in its message


def tracker_options(arguments: argparse.Namespace) -> Options:
    """What the tracker is asked for.

    Raises:
        CorpusError: an argument is none of the tracker's options.
    """
    parts = (arguments.parts or "").replace("hands", "left_hand,right_hand")
    one_core = arguments.workers > 1 or arguments.scheduler
    try:
        return Options(
            arguments.complexity,
            arguments.models and os.path.abspath(arguments.models),
            variant=arguments.variant,
            max_people=arguments.people,
            parts=tuple(parts.split(",")) if parts else layout.PARTS,
            refine_face=arguments.irises,
            rotations=arguments.rotations or bool(arguments.vmc),
            blendshapes=arguments.blendshapes or bool(arguments.vmc or arguments.ifacialmocap),
            mask=arguments.mask,
            carry_hands=arguments.carry_hands,
            skip_still=arguments.skip_still,
            threads=arguments.threads or (1 if one_core else None),
        )
    except (TypeError, ValueError) as error:
        raise CorpusError(str(error)) from error


def plan(options: argparse.Namespace) -> tuple[list[Job], bool]:
    """The jobs of the command line, and whether they go into a folder.

    Raises:
        CorpusError: inputs and outputs do not fit together.
    """
    inputs = [_camera_named(name) for name in options.input]
    out = Path(options.out or os.devnull)
    drawing = Path(options.draw) if options.draw else None
    if options.scheduler:  # its workers are in folders of their own
        if STDIN in inputs or STDOUT in (out, drawing):
            raise CorpusError("'-' is here, and the cluster's workers are elsewhere: name files")
        inputs = [name if scheme(name) else os.path.abspath(name) for name in inputs]
        out, drawing = out.absolute(), drawing and drawing.absolute()
    several = len(inputs) > 1 or (not scheme(inputs[0]) and Path(inputs[0]).is_dir())
    suffix = out.suffix.lower().removeprefix(".")
    live = outputs(options)
    if live and (several or out.is_dir()):
        raise CorpusError(f"--{live[0].kind} shows one input: give one, and a file for --out")
    if several or out.is_dir():
        for file, option in ((out, "--out"), (drawing, "--draw")):
            if file and (file == STDOUT or file.is_file() or _names_a_file(file)):
                raise CorpusError(
                    f"{option} must be a folder for several inputs, not {str(file)!r}"
                )
        return jobs(inputs, out, options.format or "json", drawing), True
    form = options.format or ("json" if is_stream(out) and suffix not in WRITERS else suffix)
    if form not in WRITERS:
        raise CorpusError(
            f"{options.out!r} does not say which format it shall have: let it end in "
            f"{', '.join(f'.{name}' for name in WRITERS)}, or give --format"
        )
    if suffix in WRITERS and suffix != form:
        raise CorpusError(f"{options.out!r} ends in .{suffix}, and --format is {form}: choose one")
    _check_files(inputs[0], out, drawing)
    return [Job(inputs[0], out, form, drawing, live)], False


def outputs(options: argparse.Namespace) -> tuple[Output, ...]:
    """Where results go while they come.

    Raises:
        CorpusError: an address is none.
    """
    found = []
    if options.rerun:
        found.append(Output("rerun", None if options.rerun == VIEWER else options.rerun))
    if options.vmc:
        found.append(Output("vmc", options.vmc, options.vmc_rate, options.vmc_expressions))
    for place in (options.vmc, options.ifacialmocap):
        if place is not None:
            try:
                vmc.address(place)
            except ValueError as error:
                raise CorpusError(str(error)) from error
    if options.ifacialmocap:
        found.append(Output("ifacialmocap", options.ifacialmocap))
    return tuple(found)


def _camera_named(name: str) -> str:
    """The first camera's number for the name CAMERA, unless there is such a file."""
    return "0" if name == CAMERA and not Path(name).exists() else name


def _names_a_file(path: Path) -> bool:
    """Whether a name that leads to nothing yet is meant to be a file's."""
    known = path.suffix.lower().removeprefix(".") in WRITERS or kind_of(path) is not None
    return known and not path.is_dir()


def _check_files(source: str, out: Path, drawing: Path | None) -> None:
    """Refuse names of which something is wrong before any work is done."""
    if drawing and kind_of(drawing) is None:
        raise CorpusError(
            f"cannot write the drawing to {str(drawing)!r}: let its name end in {endings()}"
        )
    for file in (out, drawing):
        if file is None or is_stream(file):
            continue
        if not file.parent.is_dir():
            raise CorpusError(
                f"cannot write {str(file)!r}: there is no folder {str(file.parent)!r}"
            )
        if file.is_dir():
            raise CorpusError(f"cannot write {str(file)!r}: it is a folder, name a file in it")
        if is_file(source) and same_file(file, Path(source)):
            raise CorpusError(f"{str(file)!r} is the input: give another name to write to")
    if drawing and same_file(out, drawing):
        raise CorpusError(f"--out and --draw are both {str(drawing)!r}: give two names")


def run(options: argparse.Namespace) -> int:
    """Do what the command line says; returns the exit code.

    Raises:
        CorpusError, ModelError: nothing could begin.
    """
    chosen = tracker_options(options)
    planned, folder = plan(options)
    if skipped := left_out(options.input):
        print(f"holistic: left out {_listed(skipped)}", file=sys.stderr)
    if options.mask and not any(job.form == "npz" or job.drawing for job in planned):
        raise CorpusError("--mask has nowhere to write masks: use --format npz, or --draw")
    if options.people > 1 and any(job.form in MOTION_WRITERS for job in planned):
        raise CorpusError(
            "files of motion hold one person: leave --people out, or write .json and choose with "
            "holistic convert --person"
        )
    if options.rotations and not any(job.form in ("json", "npz") for job in planned):
        raise CorpusError("--rotations has nowhere to write them: use --format json or npz")
    todo = [job for job in planned if options.force or not folder or not job.done]
    tracker(chosen)  # a model that is missing says so before anything is written
    manifest = Manifest(Path(options.out), __version__, chosen) if folder else None
    if manifest:
        warn_of_others(manifest.made_otherwise(job for job in planned if job not in todo))
    with closing(executors.do(todo, chosen, options.workers, options.scheduler)) as found:
        failed = report(found, len(todo), manifest)
    if folder:
        done = f"{len(todo) - failed} done, {len(planned) - len(todo)} were there already"
        print(f"holistic: {done}, {failed} failed", file=sys.stderr)
    return SOME_FAILED if failed else 0


def _listed(paths: Sequence[Path]) -> str:
    """The first few of the files, and how many more there are."""
    names = ", ".join(repr(str(path)) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"what is no picture or video by its name: {names}{more}"


def warn_of_others(made_otherwise: Sequence[Job]) -> None:
    """Say that results which are there were made with another version or other options."""
    if made_otherwise:
        print(
            f"holistic: {len(made_otherwise)} of the results that are there were made with "
            f"another version or other options, such as {str(made_otherwise[0].out)!r}: "
            "--force makes them anew",
            file=sys.stderr,
        )


def report(found: Iterable[Outcome], total: int, manifest: Manifest | None = None) -> int:
    """Show a progress bar, note in the manifest what is done, and say of every failure what it is.

    Returns how many failures there are.
    """
    failed = 0
    for outcome in tqdm(found, total=total, unit="input", disable=total < 2):
        if manifest:
            try:
                manifest.add(outcome)
            except OSError as error:
                tqdm.write(f"holistic: the manifest lacks a line ({error})", file=sys.stderr)
        if outcome.error:
            failed += 1
            tqdm.write(f"holistic: {outcome.error}", file=sys.stderr)
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    given = sys.argv[1:] if argv is None else argv
    if given[:1] == [convert.NAME]:
        return convert.main(given[1:])
    if given[:1] == [bridge.NAME]:
        return bridge.main(given[1:])
    options = arguments(argv)
    try:
        return run(options)
    except (CorpusError, ModelError) as error:
        print(f"holistic: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("holistic: interrupted; what is complete is kept", file=sys.stderr)
        return INTERRUPTED
