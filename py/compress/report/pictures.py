"""Pictures with what the tracker finds with the float models and with the small ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from compress.data.crops import readable
from holistic import Tracker
from holistic.results.drawing import draw
from holistic.shared.model_sets import SETS


def side_by_side(picture: Path, models: Path, complexity: int) -> np.ndarray:
    """The picture (height, width, 3) RGB with the landmarks of each set of models, in a row.

    Raises FileNotFoundError where there is no picture.
    """
    frame = readable(picture)
    if frame is None:
        raise FileNotFoundError(f"{picture} is no picture that can be read")
    drawn = []
    for variant in SETS:
        with Tracker(complexity, models=models, variant=variant, mode="picture") as tracker:
            copy = draw(frame, tracker.process(frame))
        cv2.putText(copy, variant, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
        drawn.append(copy)
    return np.hstack(drawn)


def save(picture: np.ndarray, path: Path) -> None:
    """Write an RGB picture, in a quality for looking at landmarks."""
    cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
