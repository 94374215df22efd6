"""MediaPipe Selfie Segmentation: what of a picture is people."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np

from holistic.compat.mediapipe.solution import TrackingSolution
from holistic.results.result import Result

__all__ = ["SelfieSegmentation", "SelfieSegmentationResults"]

_MOST = 4  # people in a picture


class SelfieSegmentationResults(NamedTuple):
    """The mask: (H, W), float32, 0 for the background to 1 for people."""

    segmentation_mask: np.ndarray


class SelfieSegmentation(TrackingSolution[SelfieSegmentationResults]):
    """Tells people from the background in RGB pictures, each picture for itself.

    It is not MediaPipe's selfie network: the mask is that of the full pose network, of up to four
    people together. So there must be a body to be found; where nobody is found, the mask is 0
    everywhere. ``model_selection`` chooses between MediaPipe's networks for upright and landscape
    pictures; here both values are the same.

    Raises:
        ValueError: a ``model_selection`` other than 0 and 1.
        ModelError: a model is missing or damaged.
    """

    def __init__(self, model_selection: int = 0) -> None:
        if model_selection not in (0, 1):
            raise ValueError(f"model_selection must be 0 or 1, not {model_selection!r}")
        super().__init__(
            static_image_mode=True,
            min_detection_confidence=0.5,
            min_tracking_confidence=0.5,
            parts=("pose",),
            max_people=_MOST,
            search_parts=False,
            mask=True,
        )

    def _results(self, result: Result) -> SelfieSegmentationResults:
        masks = (person.mask for person in result.people if person.mask is not None)
        nobody = np.zeros((result.height, result.width), np.float32)
        return SelfieSegmentationResults(reduce(np.maximum, masks, nobody))
