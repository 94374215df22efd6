"""One tracker against another on the same views: differences, and how far chance could take them.

Pictures are drawn anew from those that there are, with replacement (the bootstrap of Efron, 1979):
95 of 100 such draws give a difference within the interval. If 0 is in it, these pictures do not
tell the two apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evaluate.scores import Tally

DRAWS = 2000
_SEED = 0
_FEWEST = 3  # pictures that an interval can be drawn from


class Interval(NamedTuple):
    """A difference and its 95 % interval; NaN where there is nothing, or too little, to compare."""

    value: float
    low: float
    high: float


class Comparison(NamedTuple):
    """What the first has more than the second: counts, fractions of marks, and mean error.

    The ``error`` is that of those whom both have found, in scales.
    """

    missed: int
    invented: int
    pck10: Interval
    pck20: Interval
    error: Interval


def _interval(above: np.ndarray, below: np.ndarray) -> Interval:
    """Of a ratio of sums: (pictures,) what is summed above and below the line."""
    if not below.sum() or len(below) < _FEWEST:
        return Interval(*(float("nan"),) * 3)
    rng = np.random.default_rng(_SEED)
    draws = rng.multinomial(len(above), np.full(len(above), 1 / len(above)), DRAWS)
    whole = draws @ below
    ratios = (draws @ above)[whole > 0] / whole[whole > 0]
    low, high = np.quantile(ratios, (0.025, 0.975)).tolist()
    return Interval(float(above.sum() / below.sum()), low, high)


def compare(one: Tally, other: Tally) -> Comparison:
    """What ``one`` has more than ``other``, which has counted the same views in the same order."""
    groups = np.unique([str(view.path) for view in one.views], return_inverse=True)[1]
    pictures = int(groups.max()) + 1

    def by_picture(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.bincount(groups, values, pictures))

    def more(name: str) -> np.ndarray:
        return np.asarray(one.counts(name) - other.counts(name))

    marks = by_picture(one.counts("marks"))
    both = one.errors.keys() & other.errors.keys()
    away, found = np.zeros(len(groups)), np.zeros(len(groups))
    for view, truth in both:
        away[view] += one.errors[view, truth] - other.errors[view, truth]
        found[view] += 1
    return Comparison(
        missed=int(more("missed").sum()),
        invented=int(more("invented").sum()),
        pck10=_interval(by_picture(more("near10")), marks),
        pck20=_interval(by_picture(more("near20")), marks),
        error=_interval(by_picture(away), by_picture(found)),
    )
