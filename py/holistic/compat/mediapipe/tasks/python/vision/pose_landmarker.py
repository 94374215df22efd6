"""Bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from holistic.compat.mediapipe import topology
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from holistic.compat.mediapipe.tasks.python.vision.core.connections import Connection, connections
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from holistic.compat.mediapipe.tasks.python.vision.core.landmark_lists import (
    image_landmarks,
    world_landmarks,
)
from holistic.compat.mediapipe.tasks.python.vision.core.landmarker import (
    Landmarker,
    View,
    check_count,
)
from holistic.compat.mediapipe.tasks.python.vision.core.quarter_turns import (
    image_points_back,
    turned,
    world_points_back,
)
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
)
from holistic.compat.mediapipe.topology import PoseLandmark
from holistic.options import POSE_SMOOTHING
from holistic.results.result import Person, Result
from holistic.shared import layout

__all__ = [
    "PoseLandmark",
    "PoseLandmarker",
    "PoseLandmarkerOptions",
    "PoseLandmarkerResult",
    "PoseLandmarksConnections",
]


class PoseLandmarksConnections:
    """The lines of a body."""

    Connection = Connection
    POSE_LANDMARKS = connections(topology.POSE_CONNECTIONS)


@dataclass
class PoseLandmarkerResult:
    """A list for every body; ``segmentation_masks`` is None unless asked for and found."""

    pose_landmarks: list[list[NormalizedLandmark]]
    pose_world_landmarks: list[list[Landmark]]
    segmentation_masks: list[Image] | None = None


@dataclass
class PoseLandmarkerOptions:
    """MediaPipe's options.

    Args:
        base_options: the model file, of whose name only "_lite" and "_heavy" mean anything.
        running_mode: single pictures, a video or a live stream.
        num_poses: how many bodies are found at the most, up to 16.
        min_pose_detection_confidence: score that a detection must have.
        min_pose_presence_confidence: score above which landmarks are believed.
        min_tracking_confidence: accepted and not used: the tracker has no such threshold.
        output_segmentation_masks: whether there are masks.
        result_callback: of a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    num_poses: int = 1
    min_pose_detection_confidence: float = 0.5
    min_pose_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    output_segmentation_masks: bool = False
    result_callback: Callable[[PoseLandmarkerResult, Image, int], None] | None = None


class PoseLandmarker(Landmarker[PoseLandmarkerOptions, PoseLandmarkerResult]):
    """Finds bodies."""

    _options_type = PoseLandmarkerOptions

    def _tracker_options(self, options: PoseLandmarkerOptions) -> dict[str, Any]:
        most = check_count(options, "num_poses", layout.MAX_PEOPLE)
        return {
            "parts": ("pose",),
            "complexity": options.base_options.pose_complexity,
            "max_people": most,
            "smoothing": {"pose": POSE_SMOOTHING if most == 1 else None},
            "min_detection": options.min_pose_detection_confidence,
            "min_tracking": options.min_pose_presence_confidence,
            "mask": options.output_segmentation_masks,
        }

    def _results(self, result: Result, view: View) -> PoseLandmarkerResult:
        people = [person for person in result.people if person.pose is not None]
        masks = [mask for person in people if (mask := mask_image(person, view)) is not None]
        return PoseLandmarkerResult(
            [pose_landmarks(person, view) for person in people],
            [pose_world_landmarks(person, view) for person in people],
            masks or None,
        )


def pose_landmarks(person: Person, view: View) -> list[NormalizedLandmark]:
    """The person's body in the picture; empty without one."""
    if person.pose is None:
        return []
    points = np.asarray(person.pose)
    return image_landmarks(image_points_back(points, *view))


def pose_world_landmarks(person: Person, view: View) -> list[Landmark]:
    """The person's body in metres; empty without one."""
    if person.pose is None or person.pose_world is None:
        return []
    points = world_points_back(np.asarray(person.pose_world), view.turns)
    return world_landmarks(points, np.asarray(person.pose)[:, 3:])


def mask_image(person: Person, view: View) -> Image | None:
    """The person's mask, (H, W, 1) of floats from 0 to 1, if there is one."""
    if person.mask is None:
        return None
    return Image(ImageFormat.VEC32F1, turned(person.mask, -view.turns))
