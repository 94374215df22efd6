"""MediaPipe Pose: one body."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from holistic.compat.mediapipe.results import Message, landmark_list, world_landmark_list
from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.compat.mediapipe.topology import POSE_CONNECTIONS, PoseLandmark
from holistic.results.result import Person, Result

__all__ = ["POSE_CONNECTIONS", "Pose", "PoseLandmark", "PoseResults"]


class PoseResults(NamedTuple):
    """What was found; None where nothing was, or where it was not asked for."""

    pose_landmarks: Message | None = None
    pose_world_landmarks: Message | None = None
    segmentation_mask: np.ndarray | None = None


def pose_results(person: Person | None) -> PoseResults:
    """A person's body as the solution gives it."""
    if person is None or person.pose is None or person.pose_world is None:
        return PoseResults()
    seen = person.pose.visibility
    return PoseResults(
        landmark_list(person.pose, seen), world_landmark_list(person.pose_world, seen), person.mask
    )


def pose_options(
    model_complexity: int,
    smooth_landmarks: bool,
    enable_segmentation: bool,
    smooth_segmentation: bool,
) -> dict[str, Any]:
    """The tracker's options for these of MediaPipe's arguments."""
    return {
        "complexity": model_complexity,
        "smoothing": {} if smooth_landmarks else {"pose": None},
        "mask": enable_segmentation,
        "smooth_mask": smooth_segmentation,
    }


class Pose(TrackingSolution[PoseResults]):
    """Finds a body in RGB pictures. The arguments are MediaPipe's.

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
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        super().__init__(
            static_image_mode,
            min_detection_confidence,
            min_tracking_confidence,
            parts=("pose",),
            **pose_options(
                model_complexity, smooth_landmarks, enable_segmentation, smooth_segmentation
            ),
        )

    def _results(self, result: Result) -> PoseResults:
        return pose_results(result.person)
