"""What is counted: who was found, how near the points are, and who was missed or invented."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import NamedTuple

import numpy as np

from evaluate.truth import Box, Question, Truth
from evaluate.views import View

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
        unmarked: what is left over beside the marked ones, in pictures that may show more than is
            marked: somebody, or nobody.
        instead: how many were missed where somebody unmarked was found: a tracker of one person
            may follow another one than the marked.
        pck10, pck20: of all marks the fraction found within 0.1 and 0.2 of the scale; the
            marks of one who was missed count as wrong.
        error: mean distance in scales over those who were found: each of them counts the same.
    """

    asked: int
    missed: int
    invented: int
    unmarked: int
    instead: int
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


def inside(points: np.ndarray, boxes: Iterable[Box]) -> bool:
    """Whether the centre of a find's points is in one of the boxes."""
    x, y = ((points.min(axis=0) + points.max(axis=0)) / 2)[:2].tolist()
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


COUNTS = ("asked", "missed", "invented", "unmarked", "instead", "marks", "near10", "near20")
"""What is counted in each view: people, finds, marks, and marks found within 0.1 and 0.2."""


class Tally:
    """Counts one part in one setting, question by question.

    Attributes:
        views: what was asked, in order.
        errors: mean distance in scales of whoever was found, by (place of the view, of the truth
            in it); only of those marked by hand.
    """

    def __init__(self, part: str) -> None:
        self._part = part
        self._counts: list[tuple[int, ...]] = []  # of each view, in the order of COUNTS
        self.views: list[View] = []
        self.errors: dict[tuple[int, int], float] = {}

    def add(self, question: Question, found: Found) -> None:
        """Count what was found of the part in a view, given in pixels of the view."""
        truths = [truth for truth in question.truths if truth.part == self._part]
        finds = [points + question.view.origin for points in found.get(self._part, [])]
        places = matched(truths, finds)
        near = [np.empty((0, 2), bool)]
        for number, (truth, place) in enumerate(zip(truths, places, strict=True)):
            away = np.full(len(truth.marks), np.inf)
            if place is not None:
                away = distances(truth, finds[place]) / truth.scale
            if truth.by_hand:
                near.append(away[:, None] <= (0.1, 0.2))
                if place is not None:
                    self.errors[len(self.views), number] = float(away.mean())
        marks = np.concatenate(near)
        missed = [truth.box for truth, place in zip(truths, places, strict=True) if place is None]
        invented, unmarked = self._left_over(
            [points for j, points in enumerate(finds) if j not in places],
            [*question.ignored, *missed],
            None if question.complete else [truth.box for truth in truths],
        )
        near10, near20 = marks.sum(axis=0).tolist()
        self._counts.append(
            (
                *(len(truths), len(missed), invented, unmarked, min(len(missed), unmarked)),
                *(len(marks), near10, near20),
            )
        )
        self.views.append(question.view)

    @staticmethod
    def _left_over(
        finds: list[np.ndarray], excused: list[Box], marked: list[Box] | None
    ) -> tuple[int, int]:
        """How many finds are invented, and how many only unmarked.

        The ones in ``excused`` boxes are neither; where not all are marked, only those in a
        ``marked`` box are invented.
        """
        left = [points for points in finds if not inside(points, excused)]
        invented = sum(marked is None or inside(points, marked) for points in left)
        return invented, len(left) - invented

    def counts(self, name: str) -> np.ndarray:
        """(views,) one of COUNTS."""
        return np.array(self._counts, np.int64).reshape(-1, len(COUNTS))[:, COUNTS.index(name)]

    def score(self) -> Score | None:
        """The score; None where there was nothing to find and nothing was found."""
        total = {name: int(self.counts(name).sum()) for name in COUNTS}
        if not total["asked"] and not total["invented"]:
            return None
        marks = total["marks"] or nan
        return Score(
            asked=total["asked"],
            missed=total["missed"],
            invented=total["invented"],
            unmarked=total["unmarked"],
            instead=total["instead"],
            pck10=total["near10"] / marks,
            pck20=total["near20"] / marks,
            error=float(np.mean(list(self.errors.values()))) if self.errors else nan,
        )
