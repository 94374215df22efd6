"""MediaPipe Face Mesh: faces."""

from __future__ import annotations

from typing import NamedTuple

from holistic.compat.mediapipe.results import Message, landmark_list
from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.compat.mediapipe.solutions import face_mesh_connections
from holistic.compat.mediapipe.solutions.face_mesh_connections import *  # noqa: F403
from holistic.compat.mediapipe.topology import (
    FACEMESH_NUM_LANDMARKS,
    FACEMESH_NUM_LANDMARKS_WITH_IRISES,
)
from holistic.results.result import Result

__all__ = [
    "FACEMESH_NUM_LANDMARKS",
    "FACEMESH_NUM_LANDMARKS_WITH_IRISES",
    "FaceMesh",
    "FaceMeshResults",
]
__all__ += face_mesh_connections.__all__


class FaceMeshResults(NamedTuple):
    """Every face that was found; None where there was none."""

    multi_face_landmarks: list[Message] | None = None


class FaceMesh(TrackingSolution[FaceMeshResults]):
    """Finds faces in RGB pictures. The arguments are MediaPipe's.

    Raises:
        ValueError: more faces than a record can hold.
        ModelError: a model is missing or damaged.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_faces: int = 1,
        refine_landmarks: bool = False,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        super().__init__(
            static_image_mode,
            min_detection_confidence,
            min_tracking_confidence,
            parts=("face",),
            max_people=max_num_faces,
            refine_face=refine_landmarks,
            attention_mesh=True,
            search_parts=False,
        )

    def _results(self, result: Result) -> FaceMeshResults:
        people = result.people
        faces = [landmark_list(person.face) for person in people if person.face is not None]
        return FaceMeshResults(faces or None)
