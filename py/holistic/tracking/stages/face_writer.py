"""Writing faces into a record: smoothed, and with their blendshapes."""

from __future__ import annotations

import numpy as np

from holistic.inference.landmarkers import FaceEstimate
from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.shared.model_sets import BLENDSHAPES
from holistic.tracking.stages.sections import write_face
from holistic.tracking.stages.smoother import LandmarkSmoother


class FaceWriter:
    """Writes the faces of one source into people's sections, frame by frame.

    ``submodels`` are those that it runs.
    """

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._smoother = LandmarkSmoother(options.smoothing_of("face"))
        self._blendshapes = model_cache(BLENDSHAPES) if options.blendshapes else None
        self.submodels = (self._blendshapes,) if self._blendshapes else ()
        self._found: list[int] = []

    def write(
        self,
        frame: np.ndarray,
        timestamp: float,
        track_id: int,
        person: np.ndarray,
        face: FaceEstimate,
    ) -> None:
        """Write the face that was found; ``person`` is the section."""
        self._found.append(track_id)
        points = self._smoother(track_id, face.points, timestamp)
        blendshapes = self._blendshapes(points) if self._blendshapes else None
        write_face(frame, person, face.score, points, blendshapes)

    def end_frame(self) -> None:
        """Everybody who is in the frame has been written; forget the others."""
        self._smoother.keep(self._found)
        self._found = []
