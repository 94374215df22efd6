"""Pictures as what a model takes."""

from __future__ import annotations

import numpy as np


def to_input(images: np.ndarray, low: float) -> np.ndarray:
    """Pictures (n, height, width, 3) uint8 as a model's float32 input from ``low`` to 1."""
    return images.astype(np.float32) * np.float32((1 - low) / 255) + np.float32(low)
