"""Faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from re import sub
from typing import Any

import numpy as np

from holistic.compat.mediapipe import topology
from holistic.compat.mediapipe.tasks.python.components.containers.category import Category
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import NormalizedLandmark
from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from holistic.compat.mediapipe.tasks.python.vision.core.connections import Connection, connections
from holistic.compat.mediapipe.tasks.python.vision.core.facial_transformation import (
    facial_transformation_matrix,
)
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image
from holistic.compat.mediapipe.tasks.python.vision.core.landmark_lists import image_landmarks
from holistic.compat.mediapipe.tasks.python.vision.core.landmarker import (
    Landmarker,
    View,
    check_count,
)
from holistic.compat.mediapipe.tasks.python.vision.core.quarter_turns import image_points_back
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
)
from holistic.options import FACE_V2_SMOOTHING
from holistic.results.result import Person, Result
from holistic.shared import layout
from holistic.shared.blendshapes import NAMES

__all__ = [
    "Blendshapes",
    "FaceLandmarker",
    "FaceLandmarkerOptions",
    "FaceLandmarkerResult",
    "FaceLandmarksConnections",
]

Blendshapes = IntEnum(  # type: ignore[misc]
    "Blendshapes", [sub("([A-Z])", r"_\1", name).strip("_").upper() for name in NAMES], start=0
)
"""The 52 blendshapes, by their index in ``face_blendshapes``."""


class FaceLandmarksConnections:
    """The lines of a face."""

    Connection = Connection
    FACE_LANDMARKS_LIPS = connections(topology.FACEMESH_LIPS)
    FACE_LANDMARKS_LEFT_EYE = connections(topology.FACEMESH_LEFT_EYE)
    FACE_LANDMARKS_LEFT_EYEBROW = connections(topology.FACEMESH_LEFT_EYEBROW)
    FACE_LANDMARKS_LEFT_IRIS = connections(topology.FACEMESH_LEFT_IRIS)
    FACE_LANDMARKS_RIGHT_EYE = connections(topology.FACEMESH_RIGHT_EYE)
    FACE_LANDMARKS_RIGHT_EYEBROW = connections(topology.FACEMESH_RIGHT_EYEBROW)
    FACE_LANDMARKS_RIGHT_IRIS = connections(topology.FACEMESH_RIGHT_IRIS)
    FACE_LANDMARKS_FACE_OVAL = connections(topology.FACEMESH_FACE_OVAL)
    FACE_LANDMARKS_NOSE = connections(topology.FACEMESH_NOSE)
    FACE_LANDMARKS_CONTOURS = connections(topology.FACEMESH_CONTOURS)
    FACE_LANDMARKS_TESSELATION = connections(topology.FACEMESH_TESSELATION)


@dataclass
class FaceLandmarkerResult:
    """A list of 478 points for every face; the other two lists are empty unless asked for.

    ``facial_transformation_matrixes`` are (4, 4) float32: see ``core.facial_transformation``.
    """

    face_landmarks: list[list[NormalizedLandmark]]
    face_blendshapes: list[list[Category]]
    facial_transformation_matrixes: list[np.ndarray]


@dataclass
class FaceLandmarkerOptions:
    """MediaPipe's options.

    Args:
        base_options: the model file, which is not used.
        running_mode: single pictures, a video or a live stream.
        num_faces: how many faces are found at the most, up to 16.
        min_face_detection_confidence: score that a detection must have.
        min_face_presence_confidence: score above which landmarks are believed.
        min_tracking_confidence: accepted and not used: the tracker has no such threshold.
        output_face_blendshapes: whether there are blendshapes.
        output_facial_transformation_matrixes: whether there are matrices.
        result_callback: of a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    num_faces: int = 1
    min_face_detection_confidence: float = 0.5
    min_face_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    output_face_blendshapes: bool = False
    output_facial_transformation_matrixes: bool = False
    result_callback: Callable[[FaceLandmarkerResult, Image, int], None] | None = None


class FaceLandmarker(Landmarker[FaceLandmarkerOptions, FaceLandmarkerResult]):
    """Finds faces."""

    _options_type = FaceLandmarkerOptions

    def _tracker_options(self, options: FaceLandmarkerOptions) -> dict[str, Any]:
        most = check_count(options, "num_faces", layout.MAX_PEOPLE)
        return {
            "parts": ("face",),
            "refine_face": True,
            "blendshapes": options.output_face_blendshapes,
            "max_people": most,
            "smoothing": {"face": FACE_V2_SMOOTHING if most == 1 else None},
            "min_detection": options.min_face_detection_confidence,
            "min_tracking": options.min_face_presence_confidence,
        }

    def _results(self, result: Result, view: View) -> FaceLandmarkerResult:
        people = [person for person in result.people if person.face is not None]
        return FaceLandmarkerResult(
            [face_landmarks(person, view) for person in people],
            [face_blendshapes(person) for person in people if person.blendshapes is not None],
            [_matrix(person, view) for person in people if self._wants_matrices],
        )

    @property
    def _wants_matrices(self) -> bool:
        return self._options.output_facial_transformation_matrixes


def _points(person: Person, view: View) -> np.ndarray:
    return image_points_back(np.asarray(person.face), *view)


def _matrix(person: Person, view: View) -> np.ndarray:
    return facial_transformation_matrix(_points(person, view), view.width, view.height)


def face_landmarks(person: Person, view: View) -> list[NormalizedLandmark]:
    """The person's face in the picture; empty without one."""
    return [] if person.face is None else image_landmarks(_points(person, view))


def face_blendshapes(person: Person) -> list[Category]:
    """The expression of a person's face; empty where there is none."""
    if person.blendshapes is None:
        return []
    shown = person.blendshapes.as_dict().items()
    return [Category(index, score, category_name=name) for index, (name, score) in enumerate(shown)]
