"""Regions that a hand network may take for a hand: faces, and joints and cloth of bodies.

They are where no hand is, as far as the palm detector and the pose know, and serve as negatives.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compress.data.regions import SUBJECTS, Finder, crop, to_picture
from holistic.inference.roi import Region
from holistic.shared import landmarks

_HANDS = tuple(
    [landmarks.POSE.index(f"{side}_{point}") for point in ("wrist", "pinky", "index", "thumb")]
    for side in ("left", "right")
)
_JOINTS = [
    landmarks.POSE.index(f"{side}_{point}")
    for point in ("shoulder", "elbow", "hip", "knee", "foot_index")
    for side in ("left", "right")
]

_HAND = 0.16
"""Side of a hand's region, in sides of its body's."""

_JOINTS_EACH = 4
"""Joints that are taken of one body."""


class Distractors:
    """Finds such regions in pictures of people."""

    def __init__(self, models: Path, seed: int = 0) -> None:
        """``models`` is the folder of the float models."""
        self._hands = Finder(SUBJECTS["hand"], models)
        self._faces = Finder(SUBJECTS["face"], models)
        self._bodies = Finder(SUBJECTS["pose"], models)
        self._random = np.random.default_rng(seed)

    def __call__(self, image: np.ndarray) -> list[Region]:
        """Regions of (H, W, 3) RGB uint8 that look like a hand's and show none."""
        seen = self._hands(image, threshold=0.3)
        hands = [(np.array(region[:2]), region.size) for region in seen]
        faces = self._faces(image)
        regions = [self._varied(np.array(face[:2]), face.size, 0.6, 1.3) for face in faces]
        size = SUBJECTS["pose"].size
        for body in self._bodies(image):
            points = self._bodies.landmarks(crop(image, body, size))
            if points is None:
                continue
            points = to_picture(points, body, size)
            hands += [(points[hand].mean(axis=0), _HAND * body.size) for hand in _HANDS]
            joints = self._random.choice(_JOINTS, _JOINTS_EACH, replace=False)
            regions += [self._varied(points[one], _HAND * body.size, 0.8, 2) for one in joints]
        return [one for one in regions if _inside(one, image) and not _shows(one, hands)]

    def hand_in(self, image: np.ndarray, region: Region) -> bool:
        """Whether the original sees a hand there all the same."""
        return self._hands.landmarks(crop(image, region, SUBJECTS["hand"].size)) is not None

    def _varied(self, centre: np.ndarray, size: float, least: float, most: float) -> Region:
        x, y = centre + self._random.normal(0, 0.15, 2) * size
        side = size * self._random.uniform(least, most)
        return Region(float(x), float(y), float(side), float(self._random.uniform(-np.pi, np.pi)))


def _inside(region: Region, image: np.ndarray) -> bool:
    height, width = image.shape[:2]
    return 0 <= region.x < width and 0 <= region.y < height and region.size >= 24


def _shows(region: Region, hands: list[tuple[np.ndarray, float]]) -> bool:
    """Whether any hand, given by its centre and size, reaches into a region."""
    return any(
        np.hypot(centre[0] - region.x, centre[1] - region.y) < (region.size + 0.7 * size) / 2
        for centre, size in hands
    )
