"""Bodies and faces to find."""

import numpy as np

from holistic.inference.detector import Detection
from holistic.inference.landmarkers import PoseEstimate
from holistic.inference.roi import Region
from holistic.tracking.search import SearchWindow

FRAME = np.full((480, 640, 3), 90, np.uint8)
WHOLE = SearchWindow(Region(320, 240, 640, 0.0), 0)


def body(x, y, score=1.0, head=30.0, presence=1.0):
    """A pose whose head is ``head`` wide around (x, y), shoulders and hips below it."""
    points = np.ones((33, 5))
    points[:, 4] = presence
    points[:, :2] = x, y + 100
    points[:11, :2] = x, y
    points[7, 0], points[8, 0] = x + head / 2, x - head / 2
    return PoseEstimate(score, points, np.zeros((33, 3)), np.array([(x, y + 100), (x, y)], float))


def faces_at(*seen):
    """A stand-in that sees faces of 40 pixels: (score, x, y) each."""

    def detect(frame, window, limit=1, min_score=None):
        def fraction(x, y):
            return ((x - window.x) / window.size + 0.5, (y - window.y) / window.size + 0.5)

        return [
            Detection(
                score, (*fraction(x - 20, y - 20), *fraction(x + 20, y + 20)), np.zeros((6, 2))
            )
            for score, x, y in seen
            if score >= min_score
        ][:limit]

    return detect
