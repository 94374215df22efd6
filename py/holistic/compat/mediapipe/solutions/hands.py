"""MediaPipe Hands: hands of any number of people."""

from __future__ import annotations

from typing import NamedTuple

from holistic.compat.mediapipe.results import (
    Message,
    handedness,
    landmark_list,
    world_landmark_list,
)
from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.compat.mediapipe.topology import HAND_CONNECTIONS, HandLandmark
from holistic.results.result import Result

__all__ = ["HAND_CONNECTIONS", "HandLandmark", "Hands", "HandsResults"]


class HandsResults(NamedTuple):
    """Every hand that was found, in three lists of one order; None where there was none."""

    multi_hand_landmarks: list[Message] | None = None
    multi_hand_world_landmarks: list[Message] | None = None
    multi_handedness: list[Message] | None = None


class Hands(TrackingSolution[HandsResults]):
    """Finds hands in RGB pictures. The arguments are MediaPipe's.

    Both model complexities are the full model.

    Raises:
        ValueError: more hands than records can hold.
        ModelError: a model is missing or damaged.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_hands: int = 2,
        model_complexity: int = 1,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        if model_complexity not in (0, 1):
            raise ValueError(f"model_complexity must be 0 or 1, not {model_complexity!r}")
        super().__init__(
            static_image_mode,
            min_detection_confidence,
            min_tracking_confidence,
            parts=("left_hand", "right_hand"),
            max_people=(max_num_hands + 1) // 2,
            search_parts=False,
        )
        self._most = max_num_hands

    def _results(self, result: Result) -> HandsResults:
        hands = [
            hand
            for person in result.people
            for hand in (
                (person.left_hand, person.left_hand_world, person.left_handedness),
                (person.right_hand, person.right_hand_world, person.right_handedness),
            )
        ]
        found = [
            (landmark_list(points), world_landmark_list(world), handedness(left))
            for points, world, left in hands
            if points is not None and world is not None and left is not None
        ][: self._most]
        if not found:
            return HandsResults()
        points, world, labels = zip(*found, strict=True)
        return HandsResults(list(points), list(world), list(labels))
