"""A hand's stage: the left or the right hand of every body."""

from __future__ import annotations

from functools import partial

import numpy as np

from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.shared.schedule import HANDS
from holistic.tracking.roi_tracks import HandTrack
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.hand_writer import HandWriter
from holistic.tracking.stages.sections import bodies


def hand_phase(side: str, interval: int) -> int:
    """The frame of ``interval`` in which a side's hands are checked; faces are in the first."""
    return (1 + HANDS.index(side)) * interval // 3


class HandStage(Stage):
    """One hand, "left_hand" or "right_hand", of every body in the record."""

    def __init__(self, side: str, model_cache: ModelCache, options: Options) -> None:
        self._model_cache = model_cache
        self._recrop = model_cache("hand_recrop")
        self._landmarks = model_cache(options.hand_model)
        super().__init__((side,), self._recrop, self._landmarks)
        interval = options.check_interval
        self._make_track = partial(HandTrack, side, interval, hand_phase(side, interval))
        self._writer = HandWriter(side, options)
        self.reset()

    def use(self, model: str) -> None:
        """Go on with another of HAND_MODELS."""
        self._landmarks = self._model_cache(model)
        self._submodels = (self._recrop, self._landmarks)

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, HandTrack] = {}
        self._writer.end_frame()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        for track_id, person, pose in bodies(frame, record):
            track = self._tracks[track_id] = before.get(track_id) or self._make_track()
            hand = track.update(frame, pose, self._recrop, self._landmarks)
            self._writer.write(frame, timestamp, track_id, person, pose, hand)
        self._writer.end_frame(self._tracks)
