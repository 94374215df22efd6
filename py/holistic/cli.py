"""The command ``holistic INPUT... --out FILE or FOLDER``, also ``python -m holistic``.

Finds landmarks in pictures, videos or the pictures of a camera, and writes them as JSON, CSV,
NPZ, .pose or Parquet, or what a person does as BVH, .glb or .vrma; ``holistic convert`` makes other
formats of them (see ``convert``).
Exit codes: 0, all is well; 1, some inputs failed, each with one sentence that says what to do, and
the others are done; 2, nothing could begin (usage, models); 130, interrupted by Ctrl-C, SIGTERM or
SIGHUP.
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
from holistic.batch import executors, interruptions
from holistic.batch.addresses import STDIN, is_file, scheme
from holistic.batch.canvas import endings, kind_of
from holistic.batch.jobs import CorpusError, Job, Outcome, jobs, left_out, tracker
from holistic.batch.manifest import Manifest
from holistic.batch.sinks import STDOUT, is_stream, same_file
from holistic.command_line import VIEWER, arguments
from holistic.inference.model_files import ModelError
from holistic.interchange.collected import MOTION_WRITERS, WRITERS
from holistic.live import bridge, ifacialmocap, vmc
from holistic.live.outputs import Output
from holistic.options import Options

SOME_FAILED = 1
USAGE = 2
INTERRUPTED = 130

CAMERA = "camera"
"""A name of the first camera."""

_NAMED = 10  # files that were left out


def tracker_options(asked: argparse.Namespace) -> Options:
    """What the tracker is asked for.

    Raises:
        CorpusError: an argument is none of the tracker's options.
    """
    one_core = asked.workers > 1 or asked.scheduler
    try:
        return Options(
            asked.complexity,
            asked.models and os.path.abspath(asked.models),
            variant=asked.variant,
            max_people=asked.people,
            parts=asked.parts,
            refine_face=asked.irises,
            rotations=asked.rotations or bool(asked.vmc),
            blendshapes=asked.blendshapes or bool(asked.vmc or asked.ifacialmocap),
            mask=asked.mask,
            carry_hands=asked.carry_hands,
            skip_still=asked.skip_still,
            threads=asked.threads or (1 if one_core else None),
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
    for place, port in ((options.vmc, vmc.PORT), (options.ifacialmocap, ifacialmocap.PORT)):
        if place is not None:
            try:
                vmc.address(place, port)
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
    """Show a progress bar, note in the manifest what is done, and say what there is to say of it.

    Returns how many failures there are.
    """
    failed = 0
    for outcome in tqdm(found, total=total, unit="input", disable=total < 2):
        if manifest:
            try:
                manifest.add(outcome)
            except OSError as error:
                tqdm.write(f"holistic: the manifest lacks a line ({error})", file=sys.stderr)
        failed += outcome.error is not None
        for told in filter(None, (outcome.note, outcome.error)):
            tqdm.write(f"holistic: {told}", file=sys.stderr)
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
        with interruptions.taken_as_interruptions():
            return run(options)
    except (CorpusError, ModelError) as error:
        print(f"holistic: {error}", file=sys.stderr)
        return USAGE
    except OSError as error:  # of a name that no file can have
        print(f"holistic: {convert.told(error)}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        kept = "what is complete is kept, and what was begun in files named .incomplete"
        print(f"holistic: interrupted; {kept}", file=sys.stderr)
        return INTERRUPTED
