"""What is counted: who was found, how near the points are, and who was missed or invented."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from evaluate.truth import Box, Question, Truth

Found = dict[str, list[np.ndarray]]
"""What a tracker found in a view: for "body", "face" and "hand" a list of (points, 2) pixels."""

SAME = 0.5
"""Up to this mean distance, in longer sides of the true box, a find is the one that was marked."""


class Score(NamedTuple):
    """How well one part was found in one setting.

    Attributes:
        asked: how many there were to find.
        missed: how many of them were not found.
        invented: finds that are nobody, or somebody who was found already: what is left over
            and has its centre in no box of a missed or unmeasured one.
        pck10, pck20: of all marks the fraction found within 0.1 and 0.2 of the scale; the
            marks of one who was missed count as wrong.
        error: mean distance in scales over those who were found: each of them counts the same.
    """

    asked: int
    missed: int
    invented: int
    pck10: float
    pck20: float
    error: float


def distances(truth: Truth, points: np.ndarray) -> np.ndarray:
    """(marks,) pixels between the marks and a find's ``points`` (points, 2 or more)."""
    offsets = points[truth.indices, :2] - truth.marks
    return np.asarray(np.hypot(offsets[:, 0], offsets[:, 1]))


def matched(truths: Iterable[Truth], finds: list[np.ndarray]) -> list[int | None]:
    """For each truth the index of its find, None where it was missed; no find serves twice.

    The nearest pairs are matched first.
    """
    truths = list(truths)
    pairs = sorted(
        (float(distances(truth, points).mean()) / truth.side, i, j)
        for i, truth in enumerate(truths)
        for j, points in enumerate(finds)
    )
    chosen: list[int | None] = [None] * len(truths)
    for distance, i, j in pairs:
        if distance <= SAME and chosen[i] is None and j not in chosen:
            chosen[i] = j
    return chosen


def _inside(points: np.ndarray, boxes: Iterable[Box]) -> bool:
    """Whether the centre of a find's points is in one of the boxes."""
    x, y = ((points.min(axis=0) + points.max(axis=0)) / 2)[:2].tolist()
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


class Tally:
    """Counts one part in one setting, question by question."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._missed = 0
        self._invented = 0
        self._found = 0
        self._near: list[np.ndarray] = []  # (marks, 2): within 0.1, within 0.2
        self._errors: list[float] = []

    def add(self, question: Question, found: Found) -> None:
        """Count what was found of the part in a view, given in pixels of the view."""
        truths = [truth for truth in question.truths if truth.part == self._part]
        finds = [points + question.view.origin for points in found.get(self._part, [])]
        places = matched(truths, finds)
        for truth, place in zip(truths, places, strict=True):
            away = np.full(len(truth.marks), np.inf)
            if place is None:
                self._missed += 1
            else:
                self._found += 1
                away = distances(truth, finds[place]) / truth.scale
            if truth.by_hand:
                self._near.append(away[:, None] <= (0.1, 0.2))
                self._errors += [float(away.mean())] if place is not None else []
        missed = [truth.box for truth, place in zip(truths, places, strict=True) if place is None]
        self._invented += sum(
            j not in places and not _inside(points, [*question.ignored, *missed])
            for j, points in enumerate(finds)
        )

    def score(self) -> Score | None:
        """The score; None where there was nothing to find and nothing was found."""
        asked = self._missed + self._found
        if not asked and not self._invented:
            return None
        nothing = np.full((1, 2), np.nan)
        near = np.concatenate(self._near) if self._near else nothing
        pck10, pck20 = near.mean(axis=0).tolist()
        error = float(np.mean(self._errors)) if self._errors else float("nan")
        return Score(asked, self._missed, self._invented, pck10, pck20, error)
