"""The lines between points, as lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Connection:
    """A line from one point to another."""

    start: int
    end: int


def connections(pairs: Iterable[tuple[int, int]]) -> list[Connection]:
    """The pairs, in order."""
    return [Connection(*pair) for pair in sorted(pairs)]
