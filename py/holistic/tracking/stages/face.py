"""The face's stage: the face of every body."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.tracking.roi_tracks import FaceTrack
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.sections import bodies, write_face
from holistic.tracking.stages.smoother import LandmarkSmoother


class FaceStage(Stage):
    """The face of every body in the record.

    ``simple`` spares the detector where a face was found in the frame before, and the irises.
    """

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._detector = model_cache("face_detector")
        self._landmarks = model_cache(options.face_model)
        self._mesh = self._landmarks.mesh if options.refine_face else self._landmarks
        super().__init__(("face",), self._detector, self._landmarks)
        self.simple = False
        self._make_track: Callable[[], FaceTrack] = partial(
            FaceTrack, several=options.max_people > 1, redetect_interval=options.check_interval
        )
        self._smoother = LandmarkSmoother(options.smoothing_of("face"))
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, FaceTrack] = {}
        self._smoother.keep(())

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        found = []
        landmarks = self._mesh if self.simple else self._landmarks
        for track_id, person, pose in bodies(frame, record):
            track = self._tracks[track_id] = before.get(track_id) or self._make_track()
            track.simple = self.simple
            face = track.update(frame, pose, self._detector, landmarks)
            if face:
                found.append(track_id)
                points = self._smoother(track_id, face.points, timestamp)
                write_face(frame, person, face.score, points)
        self._smoother.keep(found)
