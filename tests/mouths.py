"""A face of a clip that opens its mouth: what no picture of the tests does."""

import cv2
import numpy as np

from builder import ROOT
from holistic import Tracker

CLIP = ROOT / "tests" / "media" / "intel__book.mkv"
FRAME = 60
"""In it she is serious, with closed lips."""

GAP = 0.2
"""Of the lips, in heights of the face."""


def closed_and_open() -> tuple[np.ndarray, np.ndarray]:
    """The frame (480, 640, 3), in RGB, and the same with an open mouth.

    What is below the lips is moved down, and the gap is dark.
    """
    video = cv2.VideoCapture(str(CLIP))
    video.set(cv2.CAP_PROP_POS_FRAMES, FRAME)
    closed = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
    with Tracker(parts=("pose", "face"), mode="picture") as tracker:
        result = tracker.process(closed)
    face = result.pixels(result.face).round().astype(int)
    right, left = face[[61, 291], 0].tolist()
    lips, chin = face[[13, 152], 1].tolist()
    gap, reach = round(GAP * int(np.ptp(face[:, 1]))), 2 * (chin - lips)
    opened = closed.copy()
    jaw = slice(right - 4, left + 5)
    opened[lips + gap : lips + reach, jaw] = closed[lips : lips + reach - gap, jaw]
    middle, size = ((right + left) // 2, lips + gap // 2), ((left - right) // 2, gap // 2)
    cv2.ellipse(opened, middle, size, 0, 0, 360, (60, 20, 20), -1)
    return closed, opened
