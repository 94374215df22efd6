"""``python -m evaluate [FOLDER]``: run the trackers on the folder and print the table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from evaluate import crowds, reference_environment, second_looks
from evaluate.answers import kept
from evaluate.clip_scores import CLIP_HEAD, CLIP_LEGEND, ClipScore, row, score
from evaluate.clips import clips
from evaluate.comparison import compare
from evaluate.followers import Follower, MediapipeFollower, TrackerFollower
from evaluate.followers import kept as kept_clip
from evaluate.predictors import COUNTERPARTS, PARTS, MediapipePredictor, Predictor, trackers
from evaluate.report import DIFFERENCES_LEGEND, LEGEND, aligned, differences, table
from evaluate.scores import Tally
from evaluate.truth import SETTINGS, Question, load, questions
from evaluate.views import EvaluationError
from holistic import ModelError
from holistic.options import MEDIAPIPE_SMOOTHING
from holistic.shared.model_sets import FLOAT, VARIANTS

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "eval"
"""The pictures beside the checkout."""
ALL = "all"
"""Every variant."""
ANSWERS = reference_environment.FOLDER.parent / "answers"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python build.py evaluate",
        description="Measure the tracker on ground truth, beside MediaPipe.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help=f"default: {DATA}")
    parser.add_argument("--complexity", type=int, choices=(0, 1), default=1, help="pose model")
    parser.add_argument(
        "--variant",
        choices=(*VARIANTS, ALL),
        default=FLOAT,
        help="of the tracker's models; all of them with --clips",
    )
    parser.add_argument(
        "--clips", type=Path, metavar="FOLDER", help="measure on the clips in it, not on pictures"
    )
    parser.add_argument(
        "--second-looks",
        type=Path,
        metavar="FOLDER",
        help="with --clips: what each second look gains and costs, with a curve and pictures of "
        "frames before and after, written into the folder",
    )
    parser.add_argument(
        "--crowds",
        action="store_true",
        help="fit and cross-validate what tells people from mistakes, and measure no more",
    )
    parser.add_argument("--frames", type=int, default=400, help="of each clip, at the most")
    parser.add_argument("--models", metavar="FOLDER", help="the tracker's models")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="N pictures spread over the folder, for a quick look"
    )
    parser.add_argument(
        "--answers",
        type=Path,
        default=ANSWERS,
        metavar="FOLDER",
        help="where answers are kept; whoever runs it again goes on from there",
    )
    parser.add_argument(
        "--mediapipe-python",
        type=Path,
        metavar="FILE",
        help="an interpreter that has mediapipe (default: one is made in build/evaluate)",
    )
    parser.add_argument("--no-mediapipe", action="store_true", help="measure our tracker alone")
    options = parser.parse_args(argv)
    if not options.clips and (options.second_looks or options.variant == ALL):
        parser.error(f"--second-looks and --variant {ALL} are for clips: name them with --clips")
    return options


def tracker_settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings of the trackers that are measured."""
    return {
        "complexity": options.complexity,
        "models": options.models,
        "variant": options.variant,
    }


def mediapipe_python(options: argparse.Namespace) -> Path | None:
    """An interpreter that has MediaPipe, if it is to be measured and there is one."""
    if options.no_mediapipe or options.mediapipe_python:
        return None if options.no_mediapipe else options.mediapipe_python
    python, reason = reference_environment.find_or_make()
    if reason:
        print(f"without MediaPipe: {reason}", file=sys.stderr)
    return python


def followers(options: argparse.Namespace) -> list[Follower]:
    """Who is measured on clips."""
    chosen: list[Follower] = []
    for variant in VARIANTS if options.variant == ALL else (options.variant,):
        settings = {**tracker_settings(options), "variant": variant}
        as_mediapipe = {**settings, "second_look": False, "smoothing": MEDIAPIPE_SMOOTHING}
        named = f" {variant}" if options.variant == ALL else ""
        chosen += [
            TrackerFollower(f"holistic{named}", settings),
            TrackerFollower(f"one look{named}", as_mediapipe),
        ]
    if python := mediapipe_python(options):
        chosen.append(MediapipeFollower("mediapipe holistic", python, options.complexity))
    return chosen


def clip_table(options: argparse.Namespace) -> str:
    """The counts of every clip and of all together, by follower, as aligned text."""
    rows = [CLIP_HEAD]
    totals: dict[str, ClipScore] = {}
    chosen = followers(options)
    for clip in tqdm(clips(options.clips, options.frames), unit="clip"):
        for follower in chosen:
            counted = score(kept_clip(follower, clip, options.answers))
            before = totals.get(follower.name)
            totals[follower.name] = before.plus(counted) if before else counted
            rows.append(row(clip.path.stem, follower.name, counted))
    rows += [row("all", name, counted) for name, counted in totals.items()]
    return aligned(rows, words=2)


def second_look_table(options: argparse.Namespace) -> str:
    """What each second look gains and costs; writes the curve and the pictures."""
    folder, settings = options.second_looks, tracker_settings(options)
    folder.mkdir(parents=True, exist_ok=True)
    shown = clips(options.clips, options.frames)
    gains = second_looks.gains(shown, settings)
    second_looks.draw_curve(gains, folder / second_looks.FIGURE)
    second_looks.draw_frames(shown, settings, folder / second_looks.PICTURES)
    return second_looks.table(gains)


def predictors(options: argparse.Namespace) -> list[Predictor]:
    """Who is measured."""
    complexity = options.complexity
    chosen: list[Predictor] = [*trackers(tracker_settings(options))]
    if python := mediapipe_python(options):
        chosen += [
            MediapipePredictor("mediapipe holistic", PARTS, python, "holistic", complexity),
            MediapipePredictor("mediapipe face_mesh", ("face",), python, "face_mesh"),
            MediapipePredictor("mediapipe hands", ("hand",), python, "hands"),
        ]
    return chosen


Key = tuple[str, str, str]
"""Part, setting, and the name of the predictor."""


def measure(predictor: Predictor, asked: list[Question], answers: Path) -> dict[Key, Tally]:
    """What the predictor found by part and setting, on the views that have its parts.

    Its answers are kept in the folder ``answers``.
    """
    tallies = {(part, setting): Tally(part) for part in predictor.parts for setting in SETTINGS}
    relevant = [
        question
        for question in asked
        if not question.truths or any(t.part in predictor.parts for t in question.truths)
    ]
    found = kept(predictor, [question.view for question in relevant], answers)
    progress = tqdm(found, total=len(relevant), desc=predictor.name, unit="view")
    for question, finds in zip(relevant, progress, strict=True):
        for part in predictor.parts:
            # A picture of a hand says nothing of the body beside it.
            if not question.truths or any(t.part == part for t in question.truths):
                tallies[part, question.setting].add(question, finds)
    return {(*key, predictor.name): tally for key, tally in tallies.items() if tally.views}


def tables(tallies: dict[Key, Tally]) -> Iterator[str]:
    """The table of scores and, where there is something to compare, that of differences."""
    order = {key: i for i, key in enumerate((p, s) for p in PARTS for s in SETTINGS)}
    keys = sorted(tallies, key=lambda key: order[key[:2]])
    scores = {key: score for key in keys if (score := tallies[key].score()) is not None}
    yield table(scores)
    yield LEGEND
    comparisons = {
        (part, setting, name, other): compare(tallies[part, setting, name], tallies[theirs])
        for part, setting, name in scores
        for other in (COUNTERPARTS.get(name, ""),)
        if (theirs := (part, setting, other)) in tallies
    }
    if comparisons:
        yield differences(comparisons)
        yield DIFFERENCES_LEGEND


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 1 with a message where something is wrong."""
    options = arguments(argv)
    try:
        if options.second_looks:
            print(second_look_table(options))
            return 0
        if options.clips:
            print(clip_table(options), CLIP_LEGEND, sep="\n\n")
            return 0
        pictures, unknown = load(options.folder)
        if options.limit:
            pictures = pictures[:: max(len(pictures) // options.limit, 1)][: options.limit]
        asked = questions(pictures)
        if options.crowds:
            print(crowds.report(asked, tracker_settings(options)))
            return 0
        tallies: dict[Key, Tally] = {}
        for predictor in predictors(options):
            tallies |= measure(predictor, asked, options.answers)
    except (EvaluationError, ModelError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    print(f"{len(pictures)} pictures, {len(asked)} views.", *tables(tallies), sep="\n\n")
    if unknown:
        names = ", ".join(f"{name} ({count})" for name, count in sorted(unknown.items()))
        print(f"Left out, because these sets are not in the table of keypoints: {names}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
