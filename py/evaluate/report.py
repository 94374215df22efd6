"""The table of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from evaluate.scores import Score

HEAD = ("part", "setting", "tracker", "asked", "missed", "invented", "PCK@0.1", "PCK@0.2", "error")

LEGEND = (
    "asked: how many are marked; invented: finds of nobody, or of one who was found already.\n"
    "PCK: of all marks those found within 0.1 or 0.2 of the scale, the marks of the missed being\n"
    "wrong. error: mean distance in scales over those who were found by that tracker. Scale: a\n"
    "face's outer eye corners, else the longer side of the box. Settings: one (whole picture,\n"
    "one marked), several (whole picture, more marked or a crowd), cropped (each of the several\n"
    "cut out)."
)


def _number(value: float, digits: int) -> str:
    return "-" if isnan(value) else f"{value:.{digits}f}"


def table(scores: Mapping[tuple[str, str, str], Score]) -> str:
    """The scores by (part, setting, tracker) as aligned text, in their order."""
    rows: list[tuple[str, ...]] = [HEAD]
    for key, score in scores.items():
        counts = (str(score.asked), str(score.missed), str(score.invented))
        rows.append(
            (*key, *counts, *(_number(100 * pck, 1) for pck in score[3:5]), _number(score.error, 4))
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 3 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
