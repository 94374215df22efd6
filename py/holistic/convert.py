"""The command ``holistic convert IN OUT``: landmarks from one format of files into another."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from holistic.batch import interruptions
from holistic.batch.sinks import STDOUT
from holistic.command_line import name
from holistic.interchange import formats
from holistic.results.optional import MissingLibraryError
from holistic.results.readers import UnknownSizeError

NAME = "convert"
USAGE = 2
INTERRUPTED = 130


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 640x480")
    return int(match[1]), int(match[2])


def _path(text: str) -> Path:
    return Path(name(text))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse what follows ``convert``."""
    endings = ", ".join(form.ending for form in formats.FORMATS if form.ending)
    readable = ", ".join(form.ending for form in formats.FORMATS if form.read)
    parser = argparse.ArgumentParser(
        prog="holistic convert",
        description="Convert a file of landmarks. The names' endings say the formats.",
        epilog="Exit codes: 0 all is well, 2 it could not be done, 130 it was interrupted.",
    )
    parser.add_argument("input", type=_path, metavar="IN", help=f"a file: {readable}")
    parser.add_argument(
        "out", type=_path, metavar="OUT", help=f"a file: {endings}; or a new folder, for OpenPose"
    )
    parser.add_argument(
        "--person",
        type=int,
        metavar="ID",
        help="the track id of the person to write where a format holds one person",
    )
    parser.add_argument(
        "--size",
        type=_size,
        metavar="WxH",
        help="the frames' size in pixels where the input does not tell it: .csv, .trc, .c3d",
    )
    parser.add_argument("--force", action="store_true", help="replace OUT if it is there")
    return parser.parse_args(argv)


def convert(options: argparse.Namespace) -> None:
    """Read, write, and say what the new format does not hold.

    Raises:
        FormatError, MissingLibraryError, ValueError, OSError: see ``formats``.
    """
    if STDOUT in (options.input, options.out):
        raise formats.FormatError(
            "'-' says no format: name files (holistic INPUT --out - writes to standard output)"
        )
    form = formats.format_of(options.out)
    out = options.out.resolve()  # a link stays a link
    if not out.parent.is_dir():
        raise FileNotFoundError(
            f"cannot write {str(options.out)!r}: there is no folder {str(options.out.parent)!r}"
        )
    if out.is_dir():
        raise FileExistsError(f"the folder {str(options.out)!r} is there already: name a new one")
    if out.exists() and not options.force:
        raise FileExistsError(f"{str(options.out)!r} is there already: give --force to replace it")
    recording = formats.read(options.input, options.size)
    with TemporaryDirectory(dir=out.parent, prefix=".holistic-") as folder:
        written = Path(folder) / out.name
        formats.write(recording, written, options.person)
        written.replace(out)  # it appears when it is complete
    if missing := formats.left_out(recording, form):
        print(f"holistic: {form.title} does not hold {', '.join(missing)}", file=sys.stderr)


def told(error: Exception) -> str:
    """What went wrong, of the system's errors without their numbers."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{str(error.filename)!r}: {error.strerror}"
    return str(error)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = arguments(argv)
    try:
        with interruptions.taken_as_interruptions():
            convert(options)
    except UnknownSizeError as error:
        what = str(error).partition(":")[0]
        print(f"holistic: {what}: give it as --size 640x480, for instance", file=sys.stderr)
        return USAGE
    except (ValueError, OSError, MissingLibraryError) as error:
        print(f"holistic: {told(error)}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("holistic: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    return 0
