"""The face's stage: the face of every body."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.tracking.roi_tracks import FaceTrack
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.face_writer import FaceWriter
from holistic.tracking.stages.sections import bodies


class FaceStage(Stage):
    """The face of every body in the record.

    ``simple`` spares the detector where a face was found in the frame before, and what the
    attention mesh adds to the mesh.
    """

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._detector = model_cache("face_detector")
        self._landmarks = model_cache(options.face_model)
        self._mesh = getattr(self._landmarks, "mesh", self._landmarks)
        self._writer = FaceWriter(model_cache, options)
        super().__init__(("face",), self._detector, self._landmarks, *self._writer.submodels)
        self.simple = False
        self._make_track: Callable[[], FaceTrack] = partial(
            FaceTrack,
            several=options.max_people > 1,
            redetect_interval=options.check_interval,
            settles=options.face_v2 and not options.tasks_rules,
            shift=0.0 if options.tasks_rules else FaceTrack.SHIFT,
        )
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, FaceTrack] = {}
        self._writer.end_frame()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        landmarks = self._mesh if self.simple else self._landmarks
        for track_id, person, pose in bodies(frame, record):
            track = self._tracks[track_id] = before.get(track_id) or self._make_track()
            track.simple = self.simple
            face = track.update(frame, pose, self._detector, landmarks)
            if face:
                self._writer.write(frame, timestamp, track_id, person, face)
        self._writer.end_frame()
