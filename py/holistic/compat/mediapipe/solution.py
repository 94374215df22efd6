"""What all solutions share: they are fed one picture after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar

import numpy as np

from holistic.options import MEDIAPIPE_SMOOTHING, Smoothing
from holistic.results.result import Result
from holistic.shared.model_sets import FLOAT
from holistic.tracker import Tracker

INTERVAL = 1000 / 30
"""Milliseconds between pictures: MediaPipe's solutions assume it whatever the clock says."""

Results = TypeVar("Results")


class Solution(ABC, Generic[Results]):
    """MediaPipe's interface: ``process``, ``reset``, ``close``, a context.

    Models are found as ``holistic.inference.model_files`` says.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def process(self, image: np.ndarray) -> Results:
        """What is found in an RGB picture (H, W, 3), uint8; raises ValueError for other shapes."""
        if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3:
            shape = getattr(image, "shape", type(image).__name__)
            raise ValueError(f"Input image must contain three channel rgb data, not {shape}.")
        return self._found(image)

    @abstractmethod
    def _found(self, image: np.ndarray) -> Results:
        """What is found in a picture of the right shape."""

    @abstractmethod
    def reset(self) -> None:
        """Forget all pictures: a new source begins."""

    @abstractmethod
    def close(self) -> None:
        """Let the networks go."""


class TrackingSolution(Solution[Results]):
    """A tracker behind MediaPipe's interface.

    The named arguments are MediaPipe's, ``options`` are the tracker's.
    """

    def __init__(
        self,
        static_image_mode: bool,
        min_detection_confidence: float,
        min_tracking_confidence: float,
        smoothing: Mapping[str, Smoothing | None] | None = None,
        **options: Any,
    ) -> None:
        self._tracker = Tracker(
            mode="picture" if static_image_mode else "video",
            min_detection=min_detection_confidence,
            min_tracking=min_tracking_confidence,
            smoothing={**MEDIAPIPE_SMOOTHING, **(smoothing or {})},
            second_look=False,
            cache_bytes=0,
            variant=FLOAT,
            **options,
        )
        self._pictures = 0

    @abstractmethod
    def _results(self, result: Result) -> Results:
        """What was found, as the solution gives it."""

    def _found(self, image: np.ndarray) -> Results:
        self._pictures += 1
        return self._results(self._tracker.process(image, self._pictures * INTERVAL))

    def reset(self) -> None:
        """Forget all pictures: a new source begins."""
        self._tracker.reset()

    def close(self) -> None:
        """Let the networks go."""
        self._tracker.close()
