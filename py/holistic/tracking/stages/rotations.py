"""The stage of the bones' rotations: it makes them of what the other stages have found."""

from __future__ import annotations

import numpy as np

from holistic.motion.follower import Solver
from holistic.results import record as records
from holistic.results.result import person_from_section
from holistic.shared.schedule import ROTATIONS
from holistic.tracking.stages.base import Stage


class RotationsStage(Stage):
    """Follows everybody's bones, each person's with a solver of its own."""

    def __init__(self) -> None:
        super().__init__(ROTATIONS)
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._solvers: dict[int, Solver] = {}  # by track id

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        height, width = frame.shape[:2]
        before, self._solvers = self._solvers, {}
        for section in records.people(record):
            person = person_from_section(section)
            if person is None:
                continue
            solver = before.get(person.id) or Solver()
            self._solvers[person.id] = solver
            motion = solver(person, width, height, timestamp)
            records.rotations(section)[:] = motion.rotations
            records.hips_position(section)[:] = motion.hips
