"""Many inputs: which files there are, where each result goes, and doing them one by one.

A *job* is one input with the files that it becomes. ``attempt`` does one job anywhere, in this
process, in a process pool or on a cluster (see ``pool``): it reports failure as a value, so that
one broken file does not stop the rest, and its files appear when they are complete, so that a job
whose files are there is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from holistic.batch.media import (
    PICTURE_SUFFIXES,
    VIDEO_SUFFIXES,
    Canvas,
    MediaError,
    Source,
    TruncatedError,
)
from holistic.inference.model_files import ModelError
from holistic.options import Options
from holistic.results.drawing import draw
from holistic.results.writers import WRITERS, Head, incomplete, replaced, sweep
from holistic.tracker import Tracker

DRAWN = ".drawn"
"""What the names of drawings in a folder have before their suffix."""


class CorpusError(Exception):
    """The inputs and outputs do not fit together; the message says what to do."""


class Job(NamedTuple):
    """One input (a file or a camera's number), its landmarks file and, perhaps, its drawing."""

    source: str
    out: Path
    form: str
    drawing: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """What the job writes."""
        return (self.out, self.drawing) if self.drawing else (self.out,)

    @property
    def done(self) -> bool:
        """Whether all its files are there."""
        return all(file.exists() for file in self.files)


class Outcome(NamedTuple):
    """What became of a job: its frames, or what went wrong."""

    job: Job
    frames: int = 0
    error: str | None = None


def _media_in(folder: Path) -> Iterator[Path]:
    """The pictures and videos in a folder and below, sorted; hidden files and drawings are not."""
    for path in sorted(folder.rglob("*")):
        known = path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if known and not hidden and DRAWN not in path.suffixes and path.is_file():
            yield path


def _places(inputs: Iterable[str]) -> Iterator[tuple[Path, Path]]:
    """Each input file with the place of its results in the folder of results."""
    for name in inputs:
        path = Path(name)
        if path.is_dir():
            found = list(_media_in(path))
            if not found:
                raise CorpusError(f"there are no pictures or videos in the folder {name!r}")
            yield from ((file, file.relative_to(path)) for file in found)
        elif name.isdecimal() and not path.exists():
            raise CorpusError(f"camera {name} cannot be one of several inputs: give it alone")
        else:
            yield path, Path(path.name)


def jobs(inputs: Iterable[str], out: Path, form: str, drawings: Path | None) -> list[Job]:
    """A job for each file among ``inputs`` (files and folders), in their order.

    Results go into the folder ``out``, laid out as in the input folders: ``a/walk.mp4`` becomes
    ``a/walk.mp4.json``; its drawing is ``a/walk.mp4.drawn.mp4`` in ``drawings``.

    Raises:
        CorpusError: an empty folder, a camera, or two inputs that would become the same file.
    """
    made: dict[Path, Job] = {}
    for path, place in _places(inputs):
        target = out / place.with_name(f"{place.name}.{form}")
        if target in made:
            if made[target].source == str(path):
                continue
            raise CorpusError(
                f"{made[target].source!r} and {str(path)!r} would both become {str(target)!r}: "
                "give them apart, or the folder that they are in"
            )
        drawing = None
        if drawings:
            suffix = ".jpg" if path.suffix.lower() in PICTURE_SUFFIXES else ".mp4"
            drawing = drawings / place.with_name(f"{place.name}{DRAWN}{suffix}")
        made[target] = Job(str(path), target, form, drawing)
    return list(made.values())


_kept = threading.local()


def tracker(options: Options, kind: str = "video") -> Tracker:
    """This thread's tracker with these options: making one takes as long as some frames.

    There is one for pictures, which looks at each of them by itself, and one for all else.

    Raises:
        ModelError: see Tracker.
    """
    if getattr(_kept, "options", None) != options:
        _kept.trackers = {}
        _kept.options = options
    mode = "picture" if kind == "picture" else "video"
    if mode not in _kept.trackers:
        _kept.trackers[mode] = Tracker(**vars(replace(options, mode=mode)))
    found: Tracker = _kept.trackers[mode]
    found.reset()
    return found


def track(job: Job, options: Options, show_frames: bool = False) -> int:
    """Do a job, with a progress bar if ``show_frames``; returns how many frames there were.

    Raises:
        MediaError, ModelError, OSError, ValueError: see their messages.
    """
    source = Source(job.source)
    head = Head(source.name, source.width, source.height, source.fps)
    bar = tqdm(
        source,
        desc=Path(job.source).name,
        total=source.count,
        unit="frame",
        disable=not show_frames or source.kind == "picture",
    )
    with ExitStack() as stack:
        for file in job.files:
            file.parent.mkdir(parents=True, exist_ok=True)
        out = stack.enter_context(replaced(job.out, (TruncatedError,)))
        canvas = None
        if job.drawing:
            drawing = stack.enter_context(replaced(job.drawing, (TruncatedError,)))
            canvas = stack.enter_context(closing(Canvas(str(drawing), source, str(job.drawing))))
        writer = stack.enter_context(WRITERS[job.form](out, head))
        finder = tracker(options, source.kind)
        frames = 0
        if source.kind == "camera":  # it runs until the user interrupts it
            stack.enter_context(suppress(KeyboardInterrupt))
        for timestamp, frame in bar:
            result = finder.process(frame, timestamp)
            frames += 1
            writer.write(result)
            if canvas:
                canvas.write(draw(frame, result))
    return frames


def attempt(job: Job, options: Options, show_frames: bool = False) -> Outcome:
    """Do a job; what is wrong with its input or output is in the outcome.

    Raises:
        ModelError: a model is missing or damaged, which no other job would survive either.
    """
    try:
        return Outcome(job, track(job, options, show_frames))
    except ModelError:
        raise
    except TruncatedError as error:
        kept = str(incomplete(job.out))
        return Outcome(job, error=f"{error}; what could be read of it is in {kept!r}")
    except MediaError as error:
        return Outcome(job, error=str(error))
    except OSError as error:
        return Outcome(job, error=f"cannot write {str(job.out)!r} ({error.strerror or error})")
    except Exception as error:  # whatever one file brings about must not stop the rest
        return Outcome(job, error=f"{job.source!r}: {type(error).__name__}: {error}")


def clean(job: Job) -> None:
    """Remove what a killed process may have left of a job."""
    for file in job.files:
        sweep(file)
