"""MediaPipe Hands: hands of any number of people."""

from __future__ import annotations

from typing import NamedTuple

from holistic.compat.mediapipe.hand_order import HandOrder, one_a_person
from holistic.compat.mediapipe.results import (
    Message,
    handedness,
    landmark_list,
    world_landmark_list,
)
from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.compat.mediapipe.topology import HAND_CONNECTIONS, HandLandmark
from holistic.results.result import HANDEDNESS, Result

__all__ = ["HAND_CONNECTIONS", "HandLandmark", "Hands", "HandsResults"]


class HandsResults(NamedTuple):
    """Every hand that was found, in three lists of MediaPipe's order; None where there was none."""

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
            search_parts=False,
            **one_a_person(max_num_hands),
        )
        self._static = static_image_mode
        self._order = HandOrder(newcomers_first=True)

    def reset(self) -> None:
        """Forget all pictures: a new source begins."""
        super().reset()
        self._order.reset()

    def _results(self, result: Result) -> HandsResults:
        if self._static:
            self._order.reset()
        found = [
            (
                landmark_list(getattr(person, hand)),
                world_landmark_list(getattr(person, f"{hand}_world")),
                handedness(getattr(person, HANDEDNESS[hand])),
            )
            for person, hand in self._order(result)
        ]
        if not found:
            return HandsResults()
        points, world, labels = zip(*found, strict=True)
        return HandsResults(list(points), list(world), list(labels))
