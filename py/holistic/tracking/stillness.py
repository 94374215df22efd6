"""Seeing whether anything has moved since the last frame that was computed.

``shared.stillness`` says how; web/tag/stillness.js does the same in the page.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from holistic.results import record as records
from holistic.shared.stillness import (
    BLOCKS_ACROSS,
    BLOCKS_DOWN,
    LEAST_CHANGE,
    MOST_CHANGE,
    NOISE,
    SAMPLES,
    Rest,
)


def brightness(frame: np.ndarray) -> np.ndarray:
    """(BLOCKS_DOWN, BLOCKS_ACROSS) grey levels, of the green of an (H, W, 3 or 4) frame."""
    samples = frame.reshape(-1).take(_samples(frame.shape))
    lines = samples.reshape(BLOCKS_DOWN, SAMPLES, -1).sum(axis=1, dtype=np.uint16)
    sums: np.ndarray = lines.reshape(BLOCKS_DOWN, BLOCKS_ACROSS, SAMPLES).sum(
        axis=2, dtype=np.uint16
    )
    return sums.astype(np.float32) / (SAMPLES * SAMPLES)


@lru_cache(maxsize=4)
def _samples(shape: tuple[int, int, int]) -> np.ndarray:
    """Where the samples are among the bytes of a frame: one row of samples after the other."""
    height, width, channels = shape
    down, across = BLOCKS_DOWN * SAMPLES, BLOCKS_ACROSS * SAMPLES
    rows = np.arange(down) * height // down
    columns = np.arange(across) * width // across
    return (rows[:, None] * width + columns) * channels + 1


def has_moved(now: np.ndarray, before: np.ndarray) -> bool:
    """Whether the ``brightness`` of two frames says that something has moved between them."""
    change = np.abs(now - before)
    limit = min(max(NOISE * float(np.median(change)), LEAST_CHANGE), MOST_CHANGE)
    return bool(change.max() > limit)


def found_everything(record: np.ndarray, parts: tuple[str, ...]) -> bool:
    """Whether somebody is in the record, and everybody who is has all parts."""
    there = [[records.found(person, part) for part in parts] for person in records.people(record)]
    seen = [found for found in there if any(found)]
    return bool(seen) and all(all(found) for found in seen)


class Stillness:
    """Which frames of a source need not be computed, since nothing has moved."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next frame is computed."""
        self._rest = Rest()
        self._computed: np.ndarray | None = None  # brightness of the last computed frame

    def repeats(self, frame: np.ndarray) -> bool:
        """Whether an (H, W, 3 or 4) frame repeats the last computed one; else it is computed."""
        now = brightness(frame)
        moved = self._computed is None or has_moved(now, self._computed)
        if self._rest.repeats(moved):
            return True
        self._computed = now
        return False

    def note(self, record: np.ndarray, parts: tuple[str, ...]) -> None:
        """The frame was computed, and the record has what was found of ``parts``."""
        self._rest.note_computed(found_everything(record, parts))
