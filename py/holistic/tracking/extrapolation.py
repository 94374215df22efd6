"""Carrying a part on through a frame in which it is not computed.

Its landmarks go on as they moved between the last two frames in which it was computed. Only what
moves on the picture is carried on: world landmarks, blendshapes and scores stay as they were.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from holistic.results import record as records
from holistic.shared import layout

TRUST = 0.75
"""How much of the motion goes on: the rest would be noise, or a motion that has ended."""


class Extrapolation:
    """What a stage found in its last two frames, and what follows for the next one.

    The stage computes the parts ``task`` of up to ``people`` people; it ``leads`` if it says who
    is who.
    """

    def __init__(self, task: tuple[str, ...], people: int, leads: bool) -> None:
        self._task = task
        self._spans = layout.written(task, people, leads)
        self.reset()

    def reset(self) -> None:
        """Forget the previous frames."""
        self._last: tuple[float, np.ndarray] | None = None
        self._before: tuple[float, np.ndarray] | None = None

    @property
    def knows(self) -> bool:
        """Whether there has been a frame."""
        return self._last is not None

    def note(self, timestamp: float, record: np.ndarray) -> None:
        """The stage has written its parts of a frame at ``timestamp`` (ms) into the record."""
        self._before, self._last = self._last, (timestamp, record.copy())

    def write(self, timestamp: float, record: np.ndarray) -> None:
        """Write the parts into the record of a later frame, marked as skipped."""
        assert self._last is not None  # it knows
        last, found = self._last
        for start, end in self._spans:
            record[start:end] = found[start:end]
        for part in self._task:
            records.times(record, part)[:] = 0, 0, 0, 1
        if self._before is None:
            return
        before, earlier = self._before
        share = TRUST * min(1.0, (timestamp - last) / (last - before))
        for now, then, points in self._moving(found, earlier, record):
            points[:, :3] += share * (now[:, :3] - then[:, :3])

    def _moving(self, *found: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        """The image landmarks (n, 3 or more), in each of some records, of everybody in them all."""
        for sections in zip(*(records.people(record) for record in found), strict=True):
            if len({person[layout.PERSON_ID] for person in sections}) > 1:
                continue
            for part in self._task:
                if all(records.found(person, part) for person in sections):
                    yield tuple(records.image_points(person, part) for person in sections)
