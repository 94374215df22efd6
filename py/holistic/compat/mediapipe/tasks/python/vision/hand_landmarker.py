"""Hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from holistic.compat.mediapipe import topology
from holistic.compat.mediapipe.hand_order import HandOrder, one_a_person
from holistic.compat.mediapipe.tasks.python.components.containers.category import Category
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from holistic.compat.mediapipe.tasks.python.vision.core.connections import Connection, connections
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image
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
    world_points_back,
)
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
)
from holistic.compat.mediapipe.topology import HandLandmark
from holistic.results.result import HANDEDNESS, Person, Result
from holistic.shared import layout

__all__ = [
    "HandLandmark",
    "HandLandmarker",
    "HandLandmarkerOptions",
    "HandLandmarkerResult",
    "HandLandmarksConnections",
]


class HandLandmarksConnections:
    """The lines of a hand."""

    Connection = Connection
    HAND_PALM_CONNECTIONS = connections(topology.HAND_PALM_CONNECTIONS)
    HAND_THUMB_CONNECTIONS = connections(topology.HAND_THUMB_CONNECTIONS)
    HAND_INDEX_FINGER_CONNECTIONS = connections(topology.HAND_INDEX_FINGER_CONNECTIONS)
    HAND_MIDDLE_FINGER_CONNECTIONS = connections(topology.HAND_MIDDLE_FINGER_CONNECTIONS)
    HAND_RING_FINGER_CONNECTIONS = connections(topology.HAND_RING_FINGER_CONNECTIONS)
    HAND_PINKY_FINGER_CONNECTIONS = connections(topology.HAND_PINKY_FINGER_CONNECTIONS)
    HAND_CONNECTIONS = connections(topology.HAND_CONNECTIONS)


@dataclass
class HandLandmarkerResult:
    """Three lists of one order, with an entry for every hand.

    ``handedness`` is the person's own side, in pictures that are not mirrored.
    """

    handedness: list[list[Category]]
    hand_landmarks: list[list[NormalizedLandmark]]
    hand_world_landmarks: list[list[Landmark]]


@dataclass
class HandLandmarkerOptions:
    """MediaPipe's options.

    Args:
        base_options: the model file, which is not used.
        running_mode: single pictures, a video or a live stream.
        num_hands: how many hands are found at the most, up to 32.
        min_hand_detection_confidence: score that a palm's detection must have.
        min_hand_presence_confidence: score above which landmarks are believed.
        min_tracking_confidence: accepted and not used: the tracker has no such threshold.
        result_callback: of a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    num_hands: int = 1
    min_hand_detection_confidence: float = 0.5
    min_hand_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    result_callback: Callable[[HandLandmarkerResult, Image, int], None] | None = None


class HandLandmarker(Landmarker[HandLandmarkerOptions, HandLandmarkerResult]):
    """Finds hands, of one person or of many."""

    _options_type = HandLandmarkerOptions

    def __init__(self, options: HandLandmarkerOptions) -> None:
        super().__init__(options)
        self._order = HandOrder(newcomers_first=False)

    def _tracker_options(self, options: HandLandmarkerOptions) -> dict[str, Any]:
        most = check_count(options, "num_hands", 2 * layout.MAX_PEOPLE)
        return {
            **one_a_person(most),
            "min_detection": options.min_hand_detection_confidence,
            "min_tracking": options.min_hand_presence_confidence,
        }

    def _results(self, result: Result, view: View) -> HandLandmarkerResult:
        if self._options.running_mode is VisionTaskRunningMode.IMAGE:
            self._order.reset()
        found = self._order(result)
        return HandLandmarkerResult(
            [[_side(getattr(person, HANDEDNESS[hand]))] for person, hand in found],
            [hand_landmarks(person, hand, view) for person, hand in found],
            [hand_world_landmarks(person, hand, view) for person, hand in found],
        )


def _side(left: float) -> Category:
    """The side of a hand that is ``left`` likely to be a left one."""
    index = int(left >= 0.5)
    name = ("Right", "Left")[index]
    return Category(index, max(left, 1 - left), name, name)


def hand_landmarks(person: Person, hand: str, view: View) -> list[NormalizedLandmark]:
    """The person's hand, "left_hand" or "right_hand", in the picture; empty without it."""
    points = getattr(person, hand)
    if points is None:
        return []
    return image_landmarks(image_points_back(np.asarray(points), *view))


def hand_world_landmarks(person: Person, hand: str, view: View) -> list[Landmark]:
    """The person's hand, "left_hand" or "right_hand", in metres; empty without it."""
    points = getattr(person, f"{hand}_world")
    if points is None:
        return []
    return world_landmarks(world_points_back(np.asarray(points), view.turns))
