"""Milliseconds that models take, in turn where several are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

ROUND = 10
"""Inferences of one model before it is the next one's turn."""

ROUNDS = 10


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one inference on one thread."""

    best: float
    median: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Latency:
        """The latency that several inferences show."""
        return cls(float(np.min(times)), float(np.median(times)))


def in_turn(
    names: Iterable[str], times: Callable[[str], list[float]], rounds: int = ROUNDS
) -> dict[str, Latency]:
    """Time several models in turn, in ``rounds`` of milliseconds.

    Where others share the processor, it is twice as fast in one minute as in the next, and every
    model should have its share of both.
    """
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, before in found.items():
            before.extend(times(name))
    return {name: Latency.of(times) for name, times in found.items()}
