"""What each second look gains and costs, and frames before and after: ``--second-looks FOLDER``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import cv2
import matplotlib
import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from evaluate.clips import HANDS, Clip, Found
from evaluate.report import aligned
from holistic import Result, Tracker, drawing
from holistic.tracking import second_look
from holistic.tracking.second_look import PersistentHandTrack, Scene
from holistic.tracking.stages import persistent

FIGURE = "second-looks.svg"
PICTURES = "second-looks.jpg"
ROWS = 3
"""Of pictures, each of another part of the clips."""
_WIDTH = 480  # of a picture, in pixels

Look = Callable[..., Any]


@dataclass
class Gain:
    """Of one look: how often it was tried, how many hands it found, and processor time (ms)."""

    tries: int = 0
    found: int = 0
    ms: float = 0.0


class CountedHandTrack(PersistentHandTrack):
    """A track that notes in ``gains``, by the look's name, what its second looks gain and cost."""

    gains: dict[str, Gain]

    def seek(self, scene: Scene) -> Any:
        """The hand, or None."""
        self._trying: Gain | None = None
        return super().seek(scene)

    def try_look(self, look: Look, *asked: Any) -> Any:
        """The region that a look gives."""
        self._trying = self.gains.setdefault(_name(look), Gain())
        self._trying.tries += 1
        started = process_time()
        region = look(self, *asked)
        self._trying.ms += 1000 * (process_time() - started)
        return region

    def _look(self, *asked: Any) -> Any:
        started = process_time()
        hand = super()._look(*asked)
        if self._trying:
            self._trying.ms += 1000 * (process_time() - started)
        return hand

    def _anywhere(self, scene: Scene) -> Iterator[Any]:
        self._trying = None
        return super()._anywhere(scene)

    def _accept(self, *hand: Any) -> Any:
        if self._trying:
            self._trying.found += 1
        return super()._accept(*hand)


def _name(look: Look) -> str:
    """The first sentence of what the look is documented to be."""
    return (look.__doc__ or look.__name__).split(".")[0].strip()


def _counted(look: Look) -> Look:
    @wraps(look)
    def counted(track: CountedHandTrack, *asked: Any) -> Any:
        return track.try_look(look, *asked)

    return counted


def gains(clips: Sequence[Clip], settings: dict[str, Any]) -> dict[str, Gain]:
    """What each second look gains and costs in the clips, in their order."""
    CountedHandTrack.gains = {_name(look): Gain() for look in second_look.LOOKS}
    looks = tuple(_counted(look) for look in second_look.LOOKS)
    with (
        patch.object(second_look, "LOOKS", looks),
        patch.object(persistent, "PersistentHandTrack", CountedHandTrack),
    ):
        for clip in tqdm(clips, unit="clip"):
            with Tracker(**settings, threads=1) as tracker:
                clip.follow(lambda frame, time, own=tracker: _nothing(own.process(frame, time)))
    return CountedHandTrack.gains


def _nothing(_: Result) -> Found:
    return {}


def table(found: dict[str, Gain]) -> str:
    """Tries, hands found, milliseconds a try, and hands found in 100 ms, as aligned text."""
    rows: list[tuple[str, ...]] = [("look", "tries", "found", "ms a try", "found in 100 ms")]
    for name, gain in found.items():
        each, rate = gain.ms / max(gain.tries, 1), 100 * gain.found / max(gain.ms, 1e-9)
        rows.append((name, str(gain.tries), str(gain.found), f"{each:.1f}", f"{rate:.1f}"))
    return aligned(rows, words=1)


def draw_curve(found: dict[str, Gain], file: Path) -> None:
    """Hands found over processor time spent, look after look, as an SVG file."""
    spent = np.cumsum([0.0, *(gain.ms for gain in found.values())]) / 1000
    hands = np.cumsum([0, *(gain.found for gain in found.values())])
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "evaluate"}):
        figure = Figure(figsize=(6, 3.2), layout="constrained")
        axes = figure.add_subplot()
        for i, name in enumerate(found):
            axes.plot(spent[i : i + 2], hands[i : i + 2], "o-", label=name)
        axes.legend(fontsize=8, loc="lower right")
        axes.set(
            xlabel="processor time of the second looks, s", ylabel="hands found", ylim=(0, None)
        )
        figure.savefig(file, metadata={"Date": None})


def draw_frames(clips: Sequence[Clip], settings: dict[str, Any], file: Path) -> None:
    """Frames with one look (left) and with second looks (right) that find more hands in them."""
    rows: list[np.ndarray] = []
    for clip in clips:
        with Tracker(**settings, second_look=False) as before, Tracker(**settings) as after:
            better = _Better(before, after)
            clip.follow(better)
            rows += better.pictures[: -(-ROWS // len(clips))]
    cv2.imwrite(str(file), cv2.cvtColor(np.vstack(rows[:ROWS]), cv2.COLOR_RGB2BGR))


class _Better:
    """Keeps pictures of the frames in which the second tracker finds more hands than the first."""

    _APART = 20  # frames

    def __init__(self, before: Tracker, after: Tracker) -> None:
        self._trackers = before, after
        self._last = -self._APART
        self._frames = 0
        self.pictures: list[np.ndarray] = []

    def __call__(self, frame: np.ndarray, time: float) -> Found:
        before, after = (tracker.process(frame, time) for tracker in self._trackers)
        self._frames += 1
        if _hands(after) > _hands(before) and self._frames - self._last >= self._APART:
            self._last = self._frames
            self.pictures.append(np.hstack([_drawn(frame, each) for each in (before, after)]))
        return {}


def _hands(result: Result) -> int:
    people = result.people
    return sum(getattr(person, side) is not None for person in people for side in HANDS)


def _drawn(frame: np.ndarray, result: Result) -> np.ndarray:
    height, width = frame.shape[:2]
    drawn = drawing.draw(frame, result)
    return np.asarray(cv2.resize(drawn, (_WIDTH, round(_WIDTH * height / width))))
