"""MediaPipe Holistic: one person's body, face and hands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from holistic.compat.mediapipe.results import Message, landmark_list
from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.compat.mediapipe.solutions.pose import pose_options, pose_results
from holistic.compat.mediapipe.topology import (
    FACE_CONNECTIONS,
    FACEMESH_CONTOURS,
    FACEMESH_TESSELATION,
    HAND_CONNECTIONS,
    POSE_CONNECTIONS,
    HandLandmark,
    PoseLandmark,
)
from holistic.results.result import Result

__all__ = [
    "FACEMESH_CONTOURS",
    "FACEMESH_TESSELATION",
    "FACE_CONNECTIONS",
    "HAND_CONNECTIONS",
    "POSE_CONNECTIONS",
    "HandLandmark",
    "Holistic",
    "HolisticResults",
    "PoseLandmark",
]


class HolisticResults(NamedTuple):
    """What was found; None where nothing was, or where it was not asked for."""

    pose_landmarks: Message | None = None
    pose_world_landmarks: Message | None = None
    left_hand_landmarks: Message | None = None
    right_hand_landmarks: Message | None = None
    face_landmarks: Message | None = None
    segmentation_mask: np.ndarray | None = None


def _optional(points: np.ndarray | None) -> Message | None:
    return None if points is None else landmark_list(points)


class Holistic(TrackingSolution[HolisticResults]):
    """Finds a person in RGB pictures. The arguments are MediaPipe's.

    Raises:
        ValueError: a model complexity other than 0, 1 and 2.
        ModelError: a model is missing or damaged.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        model_complexity: int = 1,
        smooth_landmarks: bool = True,
        enable_segmentation: bool = False,
        smooth_segmentation: bool = True,
        refine_face_landmarks: bool = False,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        super().__init__(
            static_image_mode,
            min_detection_confidence,
            min_tracking_confidence,
            **pose_options(
                model_complexity, smooth_landmarks, enable_segmentation, smooth_segmentation
            ),
            refine_face=refine_face_landmarks,
            attention_mesh=True,
        )

    def _results(self, result: Result) -> HolisticResults:
        person = result.person
        if person is None:
            return HolisticResults()
        return HolisticResults(
            **pose_results(person)._asdict(),
            left_hand_landmarks=_optional(person.left_hand),
            right_hand_landmarks=_optional(person.right_hand),
            face_landmarks=_optional(person.face),
        )
