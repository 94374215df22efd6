"""Many inputs: which files there are, where each result goes, and doing them one by one.

A *job* is one input with the files that it becomes. ``attempt`` does one job anywhere, in this
process, in a process pool or on a cluster (see ``pool``): it reports failure as a value, so that
one broken file does not stop the rest, and its files appear when they are complete, so that a job
whose files are there is done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
from tqdm import tqdm

from holistic.batch import pictures, videos
from holistic.batch.addresses import STDIN, is_camera, is_file, last_part, scheme
from holistic.batch.canvas import canvas, check
from holistic.batch.media import Source
from holistic.batch.media_errors import DamagedError, MediaError
from holistic.batch.read_ahead import read_ahead
from holistic.batch.sinks import incomplete, is_stream, sink, sweep
from holistic.inference.model_files import ModelError
from holistic.interchange.collected import WRITERS
from holistic.live.outputs import Output, opened
from holistic.options import Options
from holistic.results.drawing import draw
from holistic.results.optional import MissingLibraryError
from holistic.results.writers import Head
from holistic.tracker import Tracker

DRAWN = ".drawn"
"""What the names of drawings in a folder have before their suffix."""


MANIFEST = "_manifest.jsonl"
"""The name of the file that tells what was done; see ``manifest``."""

PARTITION = "landmarks.parquet"
"""The name of each file of a Parquet dataset."""


class CorpusError(Exception):
    """The inputs and outputs do not fit together; the message says what to do."""


class Job(NamedTuple):
    """One input (a file, an address or a camera), its landmarks file and, perhaps, its drawing.

    ``outputs`` are where its results go while it is tracked.
    """

    source: str
    out: Path
    form: str
    drawing: Path | None = None
    outputs: tuple[Output, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """What the job writes."""
        return (self.out, self.drawing) if self.drawing else (self.out,)

    @property
    def done(self) -> bool:
        """Whether all its files are there."""
        try:
            return all(file.exists() and not is_stream(file) for file in self.files)
        except OSError:  # no file can have such a name: whoever writes it is told
            return False


class Outcome(NamedTuple):
    """What became of a job: its frames, what is to be told of them, or what went wrong."""

    job: Job
    frames: int = 0
    error: str | None = None
    note: str | None = None


def _is_media(path: Path) -> bool:
    return path.suffix.lower() in pictures.SUFFIXES | videos.SUFFIXES and path.is_file()


def _shown_in(folder: Path) -> Iterator[Path]:
    """All that is in a folder and below, sorted, without folders, hidden files and drawings."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        folder_itself = path.is_dir() and not path.is_symlink()  # links to folders are not followed
        if not hidden and DRAWN not in path.suffixes and not folder_itself:
            yield path


def left_out(inputs: Iterable[str]) -> list[Path]:
    """What is in the folders among ``inputs`` and is no picture or video by its name.

    Results that lie beside their pictures and videos are not named.
    """
    found: list[Path] = []
    for folder in (Path(name) for name in inputs if name != STDIN and Path(name).is_dir()):
        shown = list(_shown_in(folder))
        results = {
            path.with_name(f"{path.name}.{form}")
            for path in shown
            if _is_media(path)
            for form in WRITERS
        }
        found += [
            path
            for path in shown
            if not _is_media(path)
            and path not in results
            and path.name not in (MANIFEST, PARTITION)
        ]
    return found


def _places(inputs: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Each input with the place of its results in the folder of results."""
    for name in inputs:
        path = Path(name)
        if name == STDIN:
            raise CorpusError("'-' cannot be one of several inputs: give it alone")
        if is_camera(name):
            raise CorpusError(f"camera {name} cannot be one of several inputs: give it alone")
        if not scheme(name) and path.is_dir():
            found = [file for file in _shown_in(path) if _is_media(file)]
            if not found:
                raise CorpusError(f"there are no pictures or videos in the folder {name!r}")
            yield from ((str(file), file.relative_to(path)) for file in found)
        else:
            yield name, Path(last_part(name))


def _drawn_suffix(name: str, place: Path) -> str:
    """The ending of a drawing: a picture's or a video's, as its content is."""
    suffix = place.suffix.lower()
    animated = None
    if not scheme(name) and suffix not in videos.RAW_JPEG_SUFFIXES:
        animated = pictures.is_animated(Path(name))
    if animated is None:  # no picture, or not to be seen from here
        animated = suffix not in pictures.SUFFIXES
    return ".mp4" if animated else ".jpg"


def _partition(name: str) -> str:
    """A partition's value; only ASCII is quoted, since names of other letters would be too long."""
    return "".join(
        letter
        if letter.isprintable() and not letter.isascii()
        else quote(os.fsencode(letter), safe="")
        for letter in name
    )


def _target(place: Path, form: str) -> Path:
    """Where the results of an input go, in the folder of results.

    Parquet files make one dataset, partitioned by ``file`` (as Hive names its folders): who reads
    the folder gets the input as a column.
    """
    if form == "parquet":
        return Path(f"file={_partition(place.as_posix())}") / PARTITION
    return place.with_name(f"{place.name}.{form}")


def jobs(inputs: Iterable[str], out: Path, form: str, drawings: Path | None) -> list[Job]:
    """A job for each file among ``inputs`` (files, folders and addresses), in their order.

    Results go into the folder ``out``, laid out as in the input folders: ``a/walk.mp4`` becomes
    ``a/walk.mp4.json`` (or, as Parquet, ``file=a%2Fwalk.mp4/landmarks.parquet``); its drawing is
    ``a/walk.mp4.drawn.mp4`` in ``drawings``.

    Raises:
        CorpusError: an empty folder, a camera, two inputs that would become the same file, or a
            drawing that would replace an input.
    """
    made: dict[Path, Job] = {}
    for name, place in _places(inputs):
        target = out / _target(place, form)
        if target in made:
            if made[target].source == name:
                continue
            raise CorpusError(
                f"{made[target].source!r} and {name!r} would both become {str(target)!r}: "
                "give them apart, or the folder that they are in"
            )
        drawing = None
        if drawings:
            suffix = _drawn_suffix(name, place)
            drawing = drawings / place.with_name(f"{place.name}{DRAWN}{suffix}")
        made[target] = Job(name, target, form, drawing)
    sources = {Path(job.source).resolve() for job in made.values() if is_file(job.source)}
    for file in (file for job in made.values() for file in job.files):
        if file.resolve() in sources:
            raise CorpusError(f"{str(file)!r} is an input: give another folder to write to")
    return list(made.values())


_KEPT_AFTER = (DamagedError, KeyboardInterrupt)
"""After these the files of what was done are kept, named as incomplete."""
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


def track(job: Job, options: Options, show_frames: bool = False) -> Outcome:
    """Do a job, with a progress bar if ``show_frames``.

    Raises:
        MediaError, ModelError, OSError, ValueError: see their messages.
    """
    source = Source(job.source)
    if job.drawing:
        check(job.drawing, source)
    head = Head(source.name, source.width, source.height, source.fps)
    with ExitStack() as stack:
        frames_of: Iterable[tuple[float, np.ndarray]] = source
        if source.kind == "video" and not source.live:
            frames_of = stack.enter_context(closing(read_ahead(source)))
        bar = tqdm(
            frames_of,
            desc=last_part(job.source),
            total=source.count,
            unit="frame",
            disable=not show_frames or source.kind == "picture",
        )
        for path in job.files:
            if not is_stream(path):
                path.parent.mkdir(parents=True, exist_ok=True)
        out = stack.enter_context(sink(job.out, _KEPT_AFTER))
        drawing = None
        if job.drawing:
            file = stack.enter_context(sink(job.drawing, _KEPT_AFTER))
            drawing = stack.enter_context(canvas(file, job.drawing, source))
        writer = stack.enter_context(WRITERS[job.form](out, head))
        listeners = [stack.enter_context(opened(output)) for output in job.outputs]
        finder = tracker(options, source.kind)
        frames = 0
        if source.live:  # it runs until the user interrupts it
            stack.enter_context(suppress(KeyboardInterrupt))
        for timestamp, frame in bar:
            result = finder.process(frame, timestamp)
            frames += 1
            writer.write(result)
            for listener in listeners:
                listener.write(result, frame)
            if drawing:
                drawing.write(timestamp, draw(frame, result))
    return Outcome(job, frames, note=source.note)


def attempt(job: Job, options: Options, show_frames: bool = False) -> Outcome:
    """Do a job; what is wrong with its input or output is in the outcome.

    Raises:
        ModelError: a model is missing or damaged, which no other job would survive either.
    """
    try:
        return track(job, options, show_frames)
    except ModelError:
        raise
    except DamagedError as error:
        kept = [repr(str(incomplete(file))) for file in job.files if not is_stream(file)]
        where = f"is in {' and '.join(kept)}" if kept else "was written"
        return Outcome(job, error=f"{error}; what could be read of it {where}")
    except (MediaError, MissingLibraryError) as error:
        return Outcome(job, error=str(error))
    except OSError as error:
        return Outcome(job, error=f"cannot write {str(job.out)!r} ({error.strerror or error})")
    except Exception as error:  # whatever one file brings about must not stop the rest
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        return Outcome(job, error=f"{job.source!r}: {kind}{error}")


def clean(job: Job) -> None:
    """Remove what a killed process may have left of a job."""
    for file in job.files:
        sweep(file)
