"""What a stage is: it finds its parts in a frame and writes them into the frame's record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import perf_counter
from typing import Any

import numpy as np

from holistic.results import record as records
from holistic.shared import layout

Task = tuple[str, ...]
"""The parts that one stage computes."""


class Stage(ABC):
    """Computes one part, or a few, of each frame's record."""

    def __init__(self, parts: Task, *submodels: Any) -> None:
        self.parts = parts
        self._submodels = submodels

    @abstractmethod
    def reset(self) -> None:
        """Forget the previous frame: a new source begins."""

    def take_up(self) -> None:  # noqa: B027 - most stages begin with all of theirs
        """Take up the submodels whose models have come since the stage was made."""

    @abstractmethod
    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Write the sections of the parts, which are zero, of all people in the frame."""

    def clear(self, record: np.ndarray) -> None:
        """Write into the record that nothing was found, and no time spent."""
        for part in self.parts:
            start, end = layout.SECTIONS[part]
            records.people(record)[:, start:end] = 0
            records.times(record, part)[:] = 0

    def __call__(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Find the part in a frame and write its sections and its times into the record.

        ``frame`` is uint8 (H, W, 3 or 4), RGB or RGBA; ``timestamp`` in milliseconds, rising;
        ``record`` float32 (layout.record_floats(max_people),). Where the part is absent its
        section is zero. A stage of several parts notes its times at the first one.
        """
        started = perf_counter()
        networks = [submodel.network for submodel in self._submodels]
        for network in networks:
            network.warp_ms = network.run_ms = 0.0
        self.clear(record)
        self._find(frame, timestamp, record)
        records.times(record, self.parts[0])[:] = (
            (perf_counter() - started) * 1000,
            sum(network.warp_ms for network in networks),
            sum(network.run_ms for network in networks),
            0,
        )
