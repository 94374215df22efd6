"""The command: ``python -m holistic INPUT... --out FILE or FOLDER``.

Finds landmarks in pictures, videos or the pictures of a camera, and writes them as JSON, CSV or
NPZ. Exit codes: 0, all is well; 1, some inputs failed, each with one sentence that says what to
do, and the others are done; 2, nothing could begin (usage, models); 130, interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from holistic.batch import executors
from holistic.batch.jobs import CorpusError, Job, Outcome, jobs, tracker
from holistic.inference.model_files import ModelError
from holistic.options import Options
from holistic.results.writers import WRITERS
from holistic.shared import layout
from holistic.shared.model_sets import FLOAT, VARIANTS, canonical

SOME_FAILED = 1
USAGE = 2
INTERRUPTED = 130


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m holistic",
        description="Find people's pose, face and hands: 543 landmarks for each of them.",
        epilog="Exit codes: 0 all is well, 1 some inputs failed, 2 wrong usage.",
    )
    parser.add_argument(
        "input",
        nargs="+",
        help="pictures, videos, folders of them, or a camera's number (0 is the first)",
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="PATH",
        help="the file for the landmarks of one input; a folder for several inputs or a folder",
    )
    parser.add_argument(
        "--format", choices=WRITERS, help="default: what the name of --out ends in, or json"
    )
    parser.add_argument(
        "--draw",
        metavar="PATH",
        help="write pictures (.jpg, .png) and videos (.mp4) with overlays: a file or a folder",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=_positive, default=1, metavar="N", help="how many processes to use"
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="use the Dask cluster whose scheduler is there; it must see the same files",
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
        choices=(0, 1),
        default=1,
        help="0: the light pose and hand models, 1 (default): the full ones",
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
        "--mask",
        action="store_true",
        help="segmentation masks of people: in .npz files, and as a dark background in drawings",
    )
    parser.add_argument(
        "--variant",
        choices=VARIANTS,
        type=_variant,
        default=FLOAT,
        help="of the models (default: float, as MediaPipe's)",
    )
    parser.add_argument("--models", metavar="FOLDER", help="where the models are (default: models)")
    return parser.parse_args(argv)


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
            mask=arguments.mask,
            threads=arguments.threads or (1 if one_core else None),
        )
    except (TypeError, ValueError) as error:
        raise CorpusError(str(error)) from error


def plan(options: argparse.Namespace) -> tuple[list[Job], bool]:
    """The jobs of the command line, and whether they go into a folder.

    Raises:
        CorpusError: inputs and outputs do not fit together.
    """
    inputs, out = options.input, Path(options.out)
    drawing = Path(options.draw) if options.draw else None
    if options.scheduler:  # its workers are in folders of their own
        inputs = [os.path.abspath(name) for name in inputs]
        out, drawing = out.absolute(), drawing and drawing.absolute()
    several = len(inputs) > 1 or Path(inputs[0]).is_dir()
    suffix = out.suffix.lower().removeprefix(".")
    if several or out.is_dir():
        if out.is_file() or suffix in WRITERS:
            raise CorpusError(f"--out must be a folder for several inputs, not {options.out!r}")
        return jobs(inputs, out, options.format or "json", drawing), True
    form = options.format or suffix
    if form not in WRITERS:
        raise CorpusError(
            f"{options.out!r} does not say which format it shall have: let it end in "
            f"{', '.join(f'.{name}' for name in WRITERS)}, or give --format"
        )
    for file in (out, drawing):
        if file and not file.parent.is_dir():
            raise CorpusError(
                f"cannot write {str(file)!r}: there is no folder {str(file.parent)!r}"
            )
        if file and file.resolve() == Path(inputs[0]).resolve():
            raise CorpusError(f"{str(file)!r} is the input: give another name to write to")
    return [Job(inputs[0], out, form, drawing)], False


def run(options: argparse.Namespace) -> int:
    """Do what the command line says; returns the exit code.

    Raises:
        CorpusError, ModelError: nothing could begin.
    """
    chosen = tracker_options(options)
    planned, folder = plan(options)
    if options.mask and not any(job.form == "npz" or job.drawing for job in planned):
        raise CorpusError("--mask has nowhere to write masks: use --format npz, or --draw")
    todo = [job for job in planned if options.force or not folder or not job.done]
    tracker(chosen)  # a model that is missing says so before anything is written
    with closing(executors.do(todo, chosen, options.workers, options.scheduler)) as found:
        failed = report(found, len(todo))
    if folder:
        done = f"{len(todo) - failed} done, {len(planned) - len(todo)} were there already"
        print(f"holistic: {done}, {failed} failed", file=sys.stderr)
    return SOME_FAILED if failed else 0


def report(found: Iterable[Outcome], total: int) -> int:
    """Show a progress bar and say of every failure what it is; returns how many there are."""
    failed = 0
    for outcome in tqdm(found, total=total, unit="input", disable=total < 2):
        if outcome.error:
            failed += 1
            tqdm.write(f"holistic: {outcome.error}", file=sys.stderr)
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = arguments(argv)
    try:
        return run(options)
    except (CorpusError, ModelError) as error:
        print(f"holistic: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("holistic: interrupted; what is complete is kept", file=sys.stderr)
        return INTERRUPTED
