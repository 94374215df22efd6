"""How well gestures are recognized, and their limits: ``python -m evaluate.gestures FOLDER``.

The folder has pictures of hands whose names tell what they show: ``hagrid_a_like_00002.jpg``,
``asl_B12.jpg``, ``digits_5_IMG_1209.jpg``. What ``gestures.gesture`` says of the hands that the
tracker finds there is counted by what they show. Limits are chosen on all sources but one, and
measured on that one, so the table tells how well strangers' hands are recognized; ``--own`` prints
instead what the limits of ``gestures.LIMITS`` give. ``--keep FILE`` keeps the hands found.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from evaluate.report import aligned
from holistic import Tracker, gestures
from holistic.gestures import LIMITS, Limits, Measures

NONE, UNSAID = "none", "not said"
LEAST = 0.5
"""A score below this is no gesture, as in ``gestures.gesture``."""

_HAGRID = {
    "like": "thumbs_up",
    "dislike": "thumbs_down",
    "ok": "pinch",
    "peace": "victory",
    "peace_inverted": "victory",
    "one": "pointing",
    "mute": "pointing",
    "palm": "open_hand",
    "stop": "open_hand",
    "stop_inverted": "open_hand",
    "fist": "fist",
    **dict.fromkeys(("four", "three", "three2", "rock", "call"), NONE),
    **dict.fromkeys(("two_up", "two_up_inverted"), NONE),
    "no_gesture": UNSAID,
}
_LETTERS = {"D": "pointing", "V": "victory", "A": "fist", "S": "fist", "F": "pinch"}
_DIGITS = {"1": "pointing", "2": "victory", "5": "open_hand"}
_NAMES = (
    (re.compile(r"hagrid_([a-z])_([a-z_]+2?)_\d+"), _HAGRID),
    (re.compile(r"(asl)_([A-Z])\d+"), _LETTERS),
    (re.compile(r"(digits)_(\d)_"), _DIGITS),
)
"""How names of pictures begin, source and label, and the gestures of the labels that tell one.

HaGRID's "two up" has two fingers side by side, so it is no victory. "No gesture" is a hand at rest,
which may look like any: what is right is not said. Letters and digits that are like none are left
out.
"""

_CHOSEN = ("finger", "thumb", "thumb_across", "apart", "straight")
"""The others were set by hand: hardly a picture has a thumb that points aside, or tips that nearly
touch."""

_START = Limits(
    finger=(1.15, 1.6),
    thumb=(1.2, 1.8),
    thumb_across=(0.95, 1.25),
    apart=(5, 15),
    touching=(0.4, 0.9),
    straight=(0.75, 0.95),
)
"""Where the search for better limits begins."""

_STEPS = np.linspace(-0.5, 0.5, 9)  # of a limit's way from its low to its high end, that are tried
_ROUNDS = 2
_SOFT = 0.1  # a score's lead that makes an answer rather sure


class Picture(NamedTuple):
    """A picture of a hand: its source, what it shows, and the gesture that this is."""

    path: Path
    source: str
    label: str
    gesture: str


def pictures(folder: Path) -> list[Picture]:
    """The pictures in the folder, and in those inside, whose names tell a gesture."""
    found = []
    for path in sorted(folder.rglob("*.jpg")):
        for number, (name, labels) in enumerate(_NAMES):
            match = name.match(path.name)
            if match and match[2] in labels:
                source = f"hagrid {match[1]}" if number == 0 else match[1]
                found.append(Picture(path, source, match[2], labels[match[2]]))
    return found


def hands(shown: Sequence[Picture]) -> np.ndarray:
    """(n, 21, 3): the hand in each picture in metres, NaN where the tracker finds none."""
    found = np.full((len(shown), 21, 3), np.nan)
    with Tracker(mode="picture", parts=("left_hand", "right_hand")) as tracker:
        for row, picture in enumerate(tqdm(shown, unit="picture")):
            content = cv2.imread(str(picture.path))
            if content is None:
                raise SystemExit(f"{picture.path} is no picture")
            person = tracker.process(cv2.cvtColor(content, cv2.COLOR_BGR2RGB)).person
            if person is None:
                continue
            sides = (person.left_hand_world, person.right_hand_world)
            for hand in sides:
                if hand is not None:
                    found[row] = hand
    return found


_ANSWERS = np.array([*gestures.GESTURES, NONE])


def scores(measured: Measures, limits: Limits) -> np.ndarray:
    """(8, n) how much each hand looks like each of ``_ANSWERS``."""
    judged = gestures.judged(measured, limits)
    none = np.full(len(measured.thumb), LEAST)
    return np.stack([*(judged[name] for name in gestures.GESTURES), none])


def recognized(measured: Measures, limits: Limits) -> np.ndarray:
    """(n,) the gesture of each hand, or ``NONE``."""
    return np.asarray(_ANSWERS[scores(measured, limits).argmax(axis=0)])


def sureness(measured: Measures, limits: Limits, truth: np.ndarray) -> float:
    """How well limits tell gestures apart: 1 where all are right by far.

    Every gesture counts alike, however many hands show it. Half a hand that is nearly right makes
    the choice less a matter of single hands than counting does.
    """
    table, right = scores(measured, limits), _ANSWERS[:, None] == truth
    other = np.where(right, -np.inf, table).max(axis=0)
    margin = np.where(right, table, -np.inf).max(axis=0) - other
    share = 1 / (1 + np.exp(-np.clip(margin, -1, 1) / _SOFT))
    said = np.unique(truth[truth != UNSAID])
    return float(np.mean([share[truth == name].mean() for name in said]))


def goodness(found: np.ndarray, truth: np.ndarray) -> float:
    """The mean of the shares of each gesture, and of none, that are found."""
    said = np.unique(truth[truth != UNSAID])
    return float(np.mean([np.mean(found[truth == name] == name) for name in said]))


def chosen(measured: Measures, truth: np.ndarray) -> Limits:
    """Limits that are the best for these hands: one moves at a time."""
    best, limits = sureness(measured, _START, truth), _START
    for _ in range(_ROUNDS):
        for name in _CHOSEN:
            start = getattr(limits, name)
            for moved in _moved(start):
                tried = limits._replace(**{name: moved})
                score = sureness(measured, tried, truth)
                if score > best + 1e-9:
                    best, limits = score, tried
    return limits


def _moved(limit: tuple[float, float]) -> Iterator[tuple[float, float]]:
    low, high = limit
    for step in _STEPS:
        yield low + step * (high - low), high + step * (high - low)


def some(measured: Measures, rows: np.ndarray) -> Measures:
    """The measures of these hands."""
    return Measures(*(values[rows] for values in measured))


def cross_validated(
    measured: Measures, truth: np.ndarray, sources: np.ndarray
) -> tuple[np.ndarray, Mapping[str, Limits]]:
    """(n,) what limits chosen without a hand's source say of it, and those limits by source."""
    found, limits = np.full(len(truth), NONE, dtype=object), {}
    for source in np.unique(sources):
        inside = sources == source
        limits[str(source)] = chosen(some(measured, ~inside), truth[~inside])
        found[inside] = recognized(some(measured, inside), limits[str(source)])
    return found.astype(str), limits


def table(shown: Sequence[tuple[str, str]], found: np.ndarray) -> str:
    """The counts of each (kind of source, label), as aligned text."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for key, gesture in zip(shown, found, strict=True):
        counts.setdefault(key, Counter())[str(gesture)] += 1
    columns = [*gestures.GESTURES, NONE]
    rows = [("", "", *columns)]
    for (kind, label), row in sorted(counts.items()):
        rows.append((kind, label, *(str(row[name] or "") for name in columns)))
    return aligned(rows, words=2)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table and the limits."""
    parser = argparse.ArgumentParser(prog="python -m evaluate.gestures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--own", action="store_true", help="measure the limits that we have")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="of hands (.npy), for next time")
    options = parser.parse_args(argv)
    shown = pictures(options.folder)
    if not shown:
        raise SystemExit(f"{options.folder} has no pictures whose names tell a gesture")
    kept = options.keep
    points = np.load(kept) if kept and kept.exists() else hands(shown)
    if kept:
        np.save(kept, points)
    if len(points) != len(shown):
        raise SystemExit(f"{kept} is of other pictures: delete it")
    seen = ~np.isnan(points[:, 0, 0])
    measured = gestures.measures(points[seen])
    shown = [picture for picture, there in zip(shown, seen, strict=True) if there]
    truth = np.array([picture.gesture for picture in shown])
    sources = np.array([picture.source for picture in shown])
    if options.own:
        found, shown_limits = recognized(measured, LIMITS), {"ours": LIMITS}
    else:
        found, by_source = cross_validated(measured, truth, sources)
        shown_limits = {**by_source, "all": chosen(measured, truth)}
    print(f"{seen.sum()} hands in {len(seen)} pictures.")
    print(table([(picture.source.split()[0], picture.label) for picture in shown], found))
    for source in np.unique(sources):
        inside = (sources == source) & (truth != UNSAID)
        print(f"{source}: {np.mean(found[inside] == truth[inside]):.3f} of {inside.sum()}")
    print(f"mean share of each gesture: {goodness(found, truth):.3f}")
    for name, each in shown_limits.items():
        print(
            name,
            {key: tuple(round(float(v), 3) for v in span) for key, span in each._asdict().items()},
        )


if __name__ == "__main__":
    main()
