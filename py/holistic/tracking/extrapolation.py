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

    The stage computes the parts ``task``; it ``leads`` if it says who is who.
    """

    def __init__(self, task: tuple[str, ...], leads: bool) -> None:
        self._task = task
        self._leads = leads
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
        """Write the parts into the record of a later frame, marked as skipped.

        Nobody gets the parts of somebody else who was in the same place of the record.
        """
        assert self._last is not None  # it knows
        records.note_skipped(record, self._task)
        _, found = self._last
        if self._leads:
            records.people(record)[:, layout.PERSON_ID] = records.people(found)[:, layout.PERSON_ID]
        for (person, part), (known, _) in self._parts(record, found):
            records.section(person, part)[:] = records.section(known, part)
        if self._before is not None:
            self._move(*self._before, *self._last, timestamp, record)

    def _move(
        self,
        before: float,
        earlier: np.ndarray,
        last: float,
        found: np.ndarray,
        timestamp: float,
        record: np.ndarray,
    ) -> None:
        """Let what was found at ``before`` and at ``last`` go on to ``timestamp``."""
        share = TRUST * min(1.0, (timestamp - last) / (last - before))
        for one, two, three in self._parts(record, found, earlier):
            if all(records.found(*each) for each in (one, two, three)):
                points, now, then = (records.image_points(*each) for each in (one, two, three))
                points[:, :3] += share * (now[:, :3] - then[:, :3])

    def _parts(self, *found: np.ndarray) -> Iterator[list[tuple[np.ndarray, str]]]:
        """(person's section, part) in each of some records, of everybody who is in them all."""
        for sections in zip(*(records.people(record) for record in found), strict=True):
            if len({person[layout.PERSON_ID] for person in sections}) == 1:
                for part in self._task:
                    yield [(person, part) for person in sections]
