"""The table of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from evaluate.comparison import Comparison, Interval
from evaluate.scores import Score

HEAD = (
    *("part", "setting", "tracker", "asked", "missed", "invented", "unmarked", "instead"),
    *("PCK@0.1", "PCK@0.2", "error"),
)

DIFFERENCES_HEAD = (
    *("part", "setting", "tracker", "against", "missed", "invented"),
    *("PCK@0.1", "PCK@0.2", "error"),
)

LEGEND = (
    "asked: how many are marked; invented: finds of nobody, or of one who was found already;\n"
    "unmarked: finds beside the marked ones, where data sets mark one of several; instead: of the\n"
    "missed, those beside whom an unmarked one was found.\n"
    "PCK: of all marks those found within 0.1 or 0.2 of the scale, the marks of the missed being\n"
    "wrong. error: mean distance in scales over those who were found by that tracker. Scale: a\n"
    "face's outer eye corners, else the longer side of the box. Settings: one (whole picture,\n"
    "one marked), several (whole picture, more marked or a crowd), cropped (each of the several\n"
    "cut out)."
)

DIFFERENCES_LEGEND = (
    "What the tracker has more than the other, with 95 % intervals (bootstrap over pictures);\n"
    "= says that 0 is in the interval, so that these pictures do not tell the two apart. error:\n"
    "of those whom both have found, in thousandths of the scale; less is better."
)


def _number(value: float, digits: int) -> str:
    return "-" if isnan(value) else f"{value:.{digits}f}"


def aligned(rows: list[tuple[str, ...]], words: int) -> str:
    """Rows as text, the first so many columns to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < words else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def table(scores: Mapping[tuple[str, str, str], Score]) -> str:
    """The scores by (part, setting, tracker) as aligned text, in their order."""
    rows: list[tuple[str, ...]] = [HEAD]
    for key, score in scores.items():
        counts = (str(count) for count in score[:5])
        percent = (_number(100 * pck, 1) for pck in score[5:7])
        rows.append((*key, *counts, *percent, _number(score.error, 4)))
    return aligned(rows, words=3)


def _difference(interval: Interval, scale: float) -> str:
    if isnan(interval.value):
        return "-"
    value, low, high = (scale * number for number in interval)
    return f"{value:+.1f} [{low:+.1f}, {high:+.1f}]{'=' if low <= 0 <= high else ' '}"


def differences(comparisons: Mapping[tuple[str, str, str, str], Comparison]) -> str:
    """The comparisons by (part, setting, tracker, the other) as aligned text, in their order."""
    rows: list[tuple[str, ...]] = [DIFFERENCES_HEAD]
    for key, found in comparisons.items():
        counts = (f"{found.missed:+d}", f"{found.invented:+d}")
        percent = (_difference(pck, 100) for pck in (found.pck10, found.pck20))
        rows.append((*key, *counts, *percent, _difference(found.error, 1000)))
    return aligned(rows, words=4)
