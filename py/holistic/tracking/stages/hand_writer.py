"""Writing the hands of one side: smoothed, and carried on where that is asked for."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from holistic.inference.landmarkers import HandEstimate
from holistic.options import Options
from holistic.tracking.carried_hands import CarriedHands
from holistic.tracking.stages.sections import write_hand
from holistic.tracking.stages.smoother import LandmarkSmoother


class HandWriter:
    """Writes a side's hands into people's sections, frame by frame."""

    def __init__(self, side: str, options: Options) -> None:
        self._side = side
        self._smoother = LandmarkSmoother(options.smoothing_of(side))
        self._carried = CarriedHands(side) if options.carry_hands else None
        self._found: list[int] = []

    def end_frame(self, track_ids: Collection[int] = ()) -> None:
        """Everybody who is in the frame has been written; forget the others."""
        self._smoother.keep(self._found)
        self._found = []
        if self._carried:
            self._carried.keep(track_ids)

    def write(
        self,
        frame: np.ndarray,
        timestamp: float,
        track_id: int,
        person: np.ndarray,
        pose: np.ndarray | None,
        hand: HandEstimate | None,
    ) -> bool:
        """Write the hand that was found, or the one that is carried on; whether there is one.

        ``person`` is the section, and ``pose`` the (33, 5) points of the body in pixels.
        """
        if hand:
            self._found.append(track_id)
            hand = hand._replace(points=self._smoother(track_id, hand.points, timestamp))
            if self._carried:
                self._carried.found(track_id, hand, pose, timestamp)
        elif self._carried:
            hand = self._carried.lost(track_id, pose, timestamp)
        if hand:
            write_hand(frame, person, self._side, hand)
        return hand is not None
