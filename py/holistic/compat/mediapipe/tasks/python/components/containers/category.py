"""A label and its score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Category:
    """A label: its index, its score from 0 to 1, and its name."""

    index: int | None = None
    score: float | None = None
    display_name: str | None = None
    category_name: str | None = None
