"""Writing faces into a record: smoothed, and with their blendshapes."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from holistic.inference.landmarkers import FaceEstimate
from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.shared.model_sets import BLENDSHAPES
from holistic.tracking.stages.sections import write_face
from holistic.tracking.stages.smoother import LandmarkSmoother


class FaceWriter:
    """Writes the faces of one source, each under its track id.

    ``submodels`` are those that it runs.
    """

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._smoother = LandmarkSmoother(options.smoothing_of("face"))
        self._blendshapes = model_cache(BLENDSHAPES) if options.blendshapes else None
        self.submodels = (self._blendshapes,) if self._blendshapes else ()

    def __call__(
        self,
        frame: np.ndarray,
        timestamp: float,
        person: np.ndarray,
        track_id: int,
        face: FaceEstimate,
    ) -> None:
        """Write a face into a person's section."""
        points = self._smoother(track_id, face.points, timestamp)
        blendshapes = self._blendshapes(points) if self._blendshapes else None
        write_face(frame, person, face.score, points, blendshapes)

    def keep(self, track_ids: Collection[int]) -> None:
        """Forget all other faces."""
        self._smoother.keep(track_ids)
