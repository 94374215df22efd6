"""The command: ``python -m holistic INPUT --out FILE``.

Finds landmarks in a picture, a video or the pictures of a camera, and writes them as JSON. Bad
input ends with exit code 2 and one sentence that says what to do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress

from tqdm import tqdm

from holistic.drawing import draw
from holistic.export import JsonWriter
from holistic.media import Canvas, MediaError, Source
from holistic.models import ModelError
from holistic.tracker import Tracker

FAILED = 2
"""Exit code for bad input."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m holistic",
        description="Find a person's pose, face and hands: 543 landmarks for each frame.",
    )
    parser.add_argument("input", help="a picture, a video, or a camera's number (0 is the first)")
    parser.add_argument("--out", required=True, metavar="FILE", help="write landmarks as JSON")
    parser.add_argument(
        "--complexity",
        type=int,
        choices=(0, 1),
        default=1,
        help="pose model: 0 is the light one, 1 (default) the full one",
    )
    parser.add_argument(
        "--draw",
        metavar="FILE",
        help="write the picture (.jpg, .png) or video (.mp4) with overlays",
    )
    parser.add_argument(
        "--models", metavar="FOLDER", help="where the models are (default: models/float)"
    )
    return parser.parse_args(argv)


def run(options: argparse.Namespace) -> None:
    """Track the input and write what was asked for.

    Raises:
        MediaError, ModelError, OSError: see their messages.
    """
    source = Source(options.input)
    with ExitStack() as stack:
        tracker = stack.enter_context(Tracker(options.complexity, options.models))
        file = stack.enter_context(open(options.out, "w", encoding="utf-8"))
        canvas = None
        if options.draw:
            canvas = stack.enter_context(closing(Canvas(options.draw, source)))
        writer = stack.enter_context(
            JsonWriter(file, source.name, source.width, source.height, source.fps)
        )
        if source.kind == "camera":  # it runs until the user interrupts it
            stack.enter_context(suppress(KeyboardInterrupt))
        quiet = source.kind == "picture"
        for timestamp, frame in tqdm(source, total=source.count, unit="frame", disable=quiet):
            result = tracker.process(frame, timestamp)
            writer.write(result)
            if canvas:
                canvas.write(draw(frame, result))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = arguments(argv)
    try:
        run(options)
    except (MediaError, ModelError) as error:
        message = str(error)
    except OSError as error:
        message = (
            f"cannot write {error.filename!r} ({error.strerror}): "
            "give a file in a folder that you may write to"
        )
    else:
        return 0
    print(f"holistic: {message}", file=sys.stderr)
    return FAILED
