"""Pictures and parts of pictures, as a tracker gets to see them.

The one module that MediaPipe's interpreter shares with ours: OpenCV and NumPy are all it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np


class EvaluationError(Exception):
    """Something cannot be evaluated; the message says why and what to do."""


class View(NamedTuple):
    """What a tracker gets to see: a picture, or the part of it in ``crop`` (whole pixels)."""

    path: Path
    crop: tuple[int, int, int, int] | None = None

    @property
    def origin(self) -> tuple[int, int]:
        """Where in the picture the view's pixel (0, 0) is."""
        return self.crop[:2] if self.crop else (0, 0)

    def read(self) -> np.ndarray:
        """The RGB pixels (H, W, 3), uint8.

        Raises:
            EvaluationError: the picture is missing or damaged.
        """
        picture = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if picture is None:
            raise EvaluationError(f"picture {self.path} cannot be read: fetch the data again")
        if self.crop:
            left, top, right, bottom = self.crop
            picture = picture[top:bottom, left:right]
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
