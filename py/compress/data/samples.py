"""Batches of augmented crops for calibration, training and evaluation.

Batch ``n`` of a seed is always the same, so that a training run that resumes sees what it would
have seen. Sources with many pictures of few people are drawn less often (by the square root of
their number).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from compress.data.crops import MARGIN, SEARCHED


@dataclass(frozen=True)
class Augmentation:
    """How strongly a crop is varied; the defaults are for training landmark models."""

    rotation: float = 14.0  # degrees, standard deviation
    any_rotation: float = 0.15  # part of the crops turned by up to a right angle
    scale: float = 0.12  # standard deviation of the logarithm
    shift: float = 0.045  # standard deviation, in region sides
    negatives: float = 0.06  # part of the samples drawn from random regions
    stretch: float = 0.0  # standard deviation of the logarithm of the scale along any one direction
    appearance: bool = True  # colour, blur, noise, occlusion, other backgrounds


LIGHT = Augmentation(
    rotation=8, any_rotation=0, scale=0.06, shift=0.02, negatives=0, appearance=False
)
"""What tracking itself varies: for measuring."""


class Samples:
    """Crops of one subject in a folder that :mod:`compress.data.crops` wrote."""

    def __init__(self, folder: Path, subject: str, size: int) -> None:
        """``size`` is the side of the model's input in pixels."""
        self.size = size
        self._crops = np.load(folder / f"{subject}.npy", mmap_mode="r")
        rows = json.loads((folder / f"{subject}.json").read_text())
        found = np.array([row["found"] for row in rows])
        self._positives = np.flatnonzero(found)
        self._negatives = np.flatnonzero(~found)
        sources = np.array([row["source"] for row in rows])[self._positives]
        _, inverse, counts = np.unique(sources, return_inverse=True, return_counts=True)
        weights = counts[inverse] ** -0.5
        self._weights = weights / weights.sum()
        self._margin = 1.0 if subject in SEARCHED else MARGIN

    def __len__(self) -> int:
        return len(self._positives)

    def batch(
        self, number: int, count: int, augmentation: Augmentation, seed: int = 0
    ) -> np.ndarray:
        """Batch ``number``: (count, size, size, 3) uint8."""
        random = np.random.default_rng([seed, number])
        chosen = random.choice(self._positives, count, p=self._weights)
        negative = random.random(count) < augmentation.negatives
        if len(self._negatives):
            chosen[negative] = random.choice(self._negatives, int(negative.sum()))
        return np.stack([self._sample(int(index), augmentation, random) for index in chosen])

    def ordered(self, count: int, seed: int = 7) -> np.ndarray:
        """``count`` lightly varied positives spread over the folder, for measuring."""
        random = np.random.default_rng(seed)
        chosen = np.linspace(0, len(self._positives) - 1, min(count, len(self))).astype(int)
        return np.stack([self._sample(int(self._positives[i]), LIGHT, random) for i in chosen])

    def negatives(self, count: int, seed: int = 8) -> np.ndarray:
        """``count`` lightly varied random regions spread over the folder, for measuring."""
        random = np.random.default_rng(seed)
        count = min(count, len(self._negatives))
        chosen = np.linspace(0, len(self._negatives) - 1, count).astype(int)
        return np.stack([self._sample(int(self._negatives[i]), LIGHT, random) for i in chosen])

    def _sample(
        self, index: int, augmentation: Augmentation, random: np.random.Generator
    ) -> np.ndarray:
        image = np.asarray(self._crops[index])
        if augmentation.appearance and random.random() < 0.1:
            image = _other_background(image, self._any(random), random)
        image = _moved(image, self.size, self._margin, augmentation, random)
        return _recoloured(image, random) if augmentation.appearance else image

    def _any(self, random: np.random.Generator) -> np.ndarray:
        return np.asarray(self._crops[int(random.integers(len(self._crops)))])


def varied(
    picture: np.ndarray, augmentation: Augmentation, random: np.random.Generator
) -> np.ndarray:
    """A whole picture (side, side, 3) moved, mirrored and recoloured."""
    return _recoloured(_moved(picture, len(picture), 1.0, augmentation, random), random)


def noisy(pictures: np.ndarray, deviation: float, seed: int) -> np.ndarray:
    """Pictures (..., 3) uint8 with a camera's noise, of this deviation in grey levels."""
    noise = np.random.default_rng(seed).normal(0, deviation, pictures.shape)
    return np.asarray((pictures + noise).round().clip(0, 255), np.uint8)


def _moved(
    image: np.ndarray,
    size: int,
    margin: float,
    augmentation: Augmentation,
    random: np.random.Generator,
) -> np.ndarray:
    """Rotate, scale, shift and mirror a crop into the model's input."""
    side = len(image)
    angle = np.deg2rad(random.normal(0, augmentation.rotation))
    if random.random() < augmentation.any_rotation:
        angle = np.deg2rad(random.uniform(-90, 90))
    scale = side / margin / size * np.exp(random.normal(0, augmentation.scale))
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
    mirror = -1 if random.random() < 0.5 else 1
    matrix = np.array([[mirror * cosine, -sine], [mirror * sine, cosine]])
    if augmentation.stretch:
        matrix = matrix @ _stretch(augmentation.stretch, random)
    centre = size / 2 + random.normal(0, augmentation.shift, 2) * size
    offset = np.array([side / 2, side / 2]) - matrix @ centre
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(image, np.column_stack([matrix, offset]), (size, size), flags=flags)
    return np.asarray(moved)


def _stretch(deviation: float, random: np.random.Generator) -> np.ndarray:
    """A change of scale (2, 2) along a random direction: other people's hands, seen otherwise."""
    angle, factor = random.uniform(0, np.pi), np.exp(random.normal(0, deviation))
    along = np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(np.eye(2) + (factor - 1) * np.outer(along, along))


def _other_background(
    image: np.ndarray, other: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Blend another crop in outside a soft circle."""
    side = len(image)
    axis = np.arange(side) - side / 2
    distance = np.hypot(axis[:, None], axis) / side
    weight = np.clip((distance - random.uniform(0.3, 0.42)) * 12, 0, 1)[..., None]
    blended = image * (1 - weight) + np.roll(other, side // 3, axis=0) * weight
    return np.asarray(blended, np.uint8)


def _recoloured(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Change light, colours and sharpness, add noise, hide a patch; each only sometimes."""
    size = len(image)
    if random.random() < 0.8:
        levels = np.linspace(0, 1, 256)[:, None] ** np.exp(random.normal(0, 0.2))
        gains = np.exp(random.normal(0, 0.22) + random.normal(0, 0.07, 3))
        levels = np.clip(levels * gains + random.normal(0, 0.04), 0, 1)
        image = cv2.LUT(image, (levels * 255 + 0.5).astype(np.uint8).reshape(1, 256, 3))
    if random.random() < 0.4:
        saturation = random.uniform(0.2, 1.5)
        image = cv2.transform(image, np.eye(3) * saturation + (1 - saturation) / 3)
    kind = random.random()
    if kind < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.5, 2.5))
    elif kind < 0.25:
        small = int(size * random.uniform(0.22, 0.6))
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (size, size))
    elif kind < 0.35:
        noise = random.normal(0, random.uniform(2, 12), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.08:
        y, x = random.integers(0, size * 3 // 4, 2)
        height, width = random.integers(size // 10, size // 3, 2)
        image = image.copy()
        image[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return image
