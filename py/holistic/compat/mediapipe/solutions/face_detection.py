"""MediaPipe Face Detection: faces as boxes with six points."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from holistic.compat.mediapipe.results import Message, detection
from holistic.compat.mediapipe.solution import Solution
from holistic.inference.detector import Detection, box_of
from holistic.inference.model_cache import ModelCache
from holistic.inference.model_files import load
from holistic.inference.roi import Region
from holistic.shared.model_sets import FACE_DETECTORS
from holistic.tracking.search import whole_frame

__all__ = ["FaceDetection", "FaceDetectionResults", "FaceKeyPoint", "get_key_point"]

_MOST = 100  # faces in a picture
_RANGES = ("short", "full")


class FaceKeyPoint(IntEnum):
    """The points of a face; right and left are the person's."""

    RIGHT_EYE = 0
    LEFT_EYE = 1
    NOSE_TIP = 2
    MOUTH_CENTER = 3
    RIGHT_EAR_TRAGION = 4
    LEFT_EAR_TRAGION = 5


def get_key_point(detection: Message, key_point_enum: FaceKeyPoint) -> Message | None:
    """A point of a face, with ``x`` and ``y``; None where there is no face or no such point."""
    if not (detection and detection.location_data.relative_keypoints):
        return None
    return detection.location_data.relative_keypoints[key_point_enum]


class FaceDetectionResults(NamedTuple):
    """Every face that was found, the surest first; None where there was none."""

    detections: list[Message] | None = None


class FaceDetection(Solution[FaceDetectionResults]):
    """Finds faces in RGB pictures, each picture for itself, by BlazeFace.

    ``model_selection`` 0 sees faces to two metres from the camera, 1 to five metres. Faces whose
    score is below ``min_detection_confidence`` are left out (MediaPipe 0.10.21 ignores it), as are
    those below the network's own limit, 0.5 or 0.6.

    Raises:
        ValueError: another ``model_selection``, or a confidence that is no probability.
        ModelError: a model is missing or damaged.
    """

    def __init__(self, min_detection_confidence: float = 0.5, model_selection: int = 0) -> None:
        if model_selection not in (0, 1):
            raise ValueError(f"model_selection must be 0 or 1, not {model_selection!r}")
        if not 0 <= min_detection_confidence <= 1:
            raise ValueError(
                f"min_detection_confidence must be from 0 to 1, not {min_detection_confidence!r}"
            )
        self._min_score = min_detection_confidence
        self._detector = ModelCache(load)(FACE_DETECTORS[_RANGES[model_selection]])

    def _found(self, image: np.ndarray) -> FaceDetectionResults:
        if self._detector is None:
            raise RuntimeError("the solution is closed: make a new one")
        window = whole_frame(image)
        found = self._detector(image, window, _MOST)
        faces = [face for face in found if face.score >= self._min_score]
        height, width = image.shape[:2]
        return FaceDetectionResults(
            [_message(face, window, width, height) for face in faces] or None
        )

    def reset(self) -> None:
        """Nothing is kept from one picture to the next."""

    def close(self) -> None:
        """Let the network go."""
        self._detector = None


def _message(face: Detection, window: Region, width: int, height: int) -> Message:
    left, top, right, bottom = box_of(face, window)
    box = (left / width, top / height, right / width, bottom / height)
    return detection(face.score, box, face.keypoints / (width, height))
