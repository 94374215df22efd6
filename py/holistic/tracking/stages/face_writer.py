"""Writing faces into a record: smoothed, and with their blendshapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from holistic.inference.approximate_blendshapes import approximate_blendshapes
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
        network = model_cache(BLENDSHAPES) if options.has_exact_blendshapes else None
        self.submodels = (network,) if network else ()
        approximate = approximate_blendshapes if options.blendshapes else None
        self._blendshapes: Callable[[np.ndarray], np.ndarray] | None = network or approximate
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
