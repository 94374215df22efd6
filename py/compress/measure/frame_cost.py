"""What one frame of tracking costs with each set of models: the networks that it runs, summed.

Rows are those of :mod:`compress.measure.accuracy`, with their times on one processor if they have
any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holistic.shared.model_sets import FLOAT, HAND_MODELS, POSE_MODELS, SETS, places

Row = dict[str, Any]

TRACKED = {"face_landmarks": 1, "hand_recrop": 2}
"""How often a frame runs which network, besides the pose's and the hands' by complexity."""

DETECTORS = ("pose_detector", "face_detector")

CLOCKS = ("native", "browser")


class Frame:
    """The models of a pose model's set of one variant, and how often a frame runs each."""

    def __init__(self, rows: list[Row], pose: str, counts: dict[str, int], variant: str) -> None:
        self.pose, self.variant = pose, variant
        by_name = {(row["model"], row["variant"]): row for row in rows}
        self._runs = [(served(by_name, name, variant), count) for name, count in counts.items()]

    @property
    def name(self) -> str:
        """The name under which memory is noted."""
        return f"{self.pose} {self.variant}"

    @property
    def complete(self) -> bool:
        """Whether there is a row for every model."""
        return all(row for row, _ in self._runs)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of a frame."""
        return sum(row["macs"] * count for row, count in self._runs)

    def size(self, kind: str) -> int:
        """Bytes of all files, ``kind`` "bytes" as they are sent, or "unpacked"."""
        return sum(row[kind] for row, _ in self._runs)

    def time(self, clock: str) -> float:
        """Milliseconds of a frame by one of CLOCKS; 0 where they were not measured."""
        runs = [(row, count) for row, count in self._runs if count]
        if not all(clock in row for row, _ in runs):
            return 0.0
        return float(sum(row[clock]["best"] * count for row, count in runs))

    def speedup(self, original: Frame, clock: str) -> float:
        """How many times faster a frame is than with the original; 0 if that is not known."""
        ours, theirs = self.time(clock), original.time(clock)
        return theirs / ours if ours else 0.0


def framed(rows: list[Row]) -> Iterator[tuple[Frame, Frame]]:
    """Every frame whose rows are there, with the float original's; the full pose comes first."""
    for pose, hand in reversed([*zip(POSE_MODELS, HAND_MODELS, strict=True)]):
        counts = {pose: 1, hand: 2, **TRACKED, **dict.fromkeys(DETECTORS, 0)}
        original = Frame(rows, pose, counts, FLOAT)
        if original.complete:
            yield from ((Frame(rows, pose, counts, variant), original) for variant in SETS)


def served(rows: dict[tuple[str, str], Row], name: str, variant: str) -> Row:
    """The row of the file that is the model ``name`` in a set of models; empty without any."""
    found = (rows.get((file, folder), {}) for folder, file in places(name, variant))
    return next(filter(None, found), {})
