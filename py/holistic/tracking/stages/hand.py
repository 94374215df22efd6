"""A hand's stage: the left or the right hand of every body."""

from __future__ import annotations

from functools import partial

import numpy as np

from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.shared.schedule import HANDS
from holistic.tracking.roi_tracks import HandTrack
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.sections import bodies, write_hand
from holistic.tracking.stages.smoother import LandmarkSmoother


def hand_phase(side: str, interval: int) -> int:
    """The frame of ``interval`` in which a side's hands are checked; faces are in the first."""
    return (1 + HANDS.index(side)) * interval // 3


class HandStage(Stage):
    """One hand, "left_hand" or "right_hand", of every body in the record."""

    def __init__(self, side: str, model_cache: ModelCache, options: Options) -> None:
        self._recrop = model_cache("hand_recrop")
        self._landmarks = model_cache(options.hand_model)
        super().__init__((side,), self._recrop, self._landmarks)
        self._side = side
        interval = options.check_interval
        self._make_track = partial(HandTrack, side, interval, hand_phase(side, interval))
        self._smoother = LandmarkSmoother(options.smoothing_of(side))
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, HandTrack] = {}
        self._smoother.keep(())

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        found = []
        for track_id, person, pose in bodies(frame, record):
            track = self._tracks[track_id] = before.get(track_id) or self._make_track()
            hand = track.update(frame, pose, self._recrop, self._landmarks)
            if hand:
                found.append(track_id)
                points = self._smoother(track_id, hand.points, timestamp)
                write_hand(frame, person, self._side, hand, points)
        self._smoother.keep(found)
