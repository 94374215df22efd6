"""What all solutions share: a tracker that is fed one picture after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from holistic.closing import Closing
from holistic.results.result import Result
from holistic.tracker import Tracker

INTERVAL = 1000 / 30
"""Milliseconds between pictures: MediaPipe's solutions assume it whatever the clock says."""


class Solution(Closing):
    """A tracker behind MediaPipe's interface: ``process``, ``reset``, ``close``, a context.

    ``options`` are the tracker's. Models are found as ``holistic.inference.model_files`` says.
    """

    def __init__(self, static_image_mode: bool, **options: Any) -> None:
        mode = "picture" if static_image_mode else "video"
        self._tracker = Tracker(mode=mode, cache_bytes=0, second_look=False, **options)
        self._pictures = 0

    def _track(self, image: np.ndarray) -> Result:
        if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3:
            shape = getattr(image, "shape", type(image).__name__)
            raise ValueError(f"Input image must contain three channel rgb data, not {shape}.")
        self._pictures += 1
        return self._tracker.process(image, self._pictures * INTERVAL)

    def reset(self) -> None:
        """Forget all pictures: a new source begins."""
        self._tracker.reset()

    def close(self) -> None:
        """Let the networks go."""
        self._tracker.close()
