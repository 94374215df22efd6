"""What cameras do to hands that move: sharp pictures made blurred, coarse, dark, noisy or covered.

A network that is to see such pictures is shown the degraded picture, and its teacher the sharp one:
its landmarks and presence are the truth that a blurred frame itself lacks.
"""

from __future__ import annotations

import cv2
import numpy as np

LONGEST = 0.36
"""Length of the longest motion during an exposure, in sides of the picture."""

_SHORTEST = 0.04
_COVERED = 0.35
"""The largest part of the side that an edge covers."""


def degraded(pictures: np.ndarray, part: float, seed: tuple[int, ...]) -> np.ndarray:
    """Pictures (n, size, size, 3) uint8 of which about this part is degraded.

    The same pictures and seed give the same result. What covers a picture comes from another one.
    """
    random = np.random.default_rng(seed)
    others = np.roll(pictures, 1, axis=0)
    return np.stack(
        [
            _degraded(picture, other, random) if random.random() < part else picture
            for picture, other in zip(pictures, others, strict=True)
        ]
    )


def _degraded(picture: np.ndarray, other: np.ndarray, random: np.random.Generator) -> np.ndarray:
    if random.random() < 0.25:
        picture = _covered(picture, other, random)
    if random.random() < 0.85:
        side = len(picture)
        length = side * (_SHORTEST + (LONGEST - _SHORTEST) * random.random() ** 1.5)
        slowest = random.uniform(0.3, 1) if random.random() < 0.3 else 1.0
        picture = moving(picture, length, random.uniform(0, 2 * np.pi), slowest)
    if random.random() < 0.35:
        picture = _coarse(picture, random.uniform(0.15, 0.5))
    if random.random() < 0.35:
        picture = _dark(picture, random)
    if random.random() < 0.3:
        picture = _jpeg(picture, int(random.uniform(15, 60)))
    return picture


def moving(picture: np.ndarray, length: float, angle: float, slowest: float = 1.0) -> np.ndarray:
    """A picture (size, size, 3) uint8 that moves by ``length`` pixels while it is exposed.

    ``angle`` is the motion's, in radians; the exposure of its beginning is ``slowest`` times that
    of its end. The middle of the way is where the picture was.
    """
    kernel = _way(length, angle, slowest)[::-1, ::-1]  # OpenCV correlates
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT_101))


def _way(length: float, angle: float, slowest: float) -> np.ndarray:
    """How long the picture stays at each place of its way: (odd, odd) float32, with the sum 1."""
    half = max(int(np.ceil(length / 2)), 1)
    side = 2 * half + 1
    steps = np.linspace(-0.5, 0.5, 4 * side)
    x = half + np.cos(angle) * length * steps
    y = half + np.sin(angle) * length * steps
    exposures = np.linspace(slowest, 1, len(steps))
    kernel = np.zeros((side, side), np.float32)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for down in (0, 1):
        for right in (0, 1):
            shares = np.abs(1 - right - (x - left)) * np.abs(1 - down - (y - top))
            row, column = np.minimum(top + down, side - 1), np.minimum(left + right, side - 1)
            np.add.at(kernel, (row, column), shares * exposures)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _covered(picture: np.ndarray, other: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Behind the frame's edge (black), a single colour, or a part of another picture."""
    side = len(picture)
    axis = np.arange(side) - (side - 1) / 2
    angle = random.uniform(-np.pi, np.pi)
    distance = axis[:, None] * np.sin(angle) + axis * np.cos(angle)
    hidden = distance > side * (0.5 - random.uniform(0.05, _COVERED))
    kind = random.random()
    if kind < 0.4:
        cover = np.zeros_like(picture)
    elif kind < 0.6:
        cover = np.broadcast_to(random.integers(0, 256, 3).astype(np.uint8), picture.shape)
    else:
        cover = other
        hidden &= np.abs(axis[:, None] * np.cos(angle) - axis * np.sin(angle)) < side * (
            random.uniform(0.15, 0.7)
        )
    return np.where(hidden[..., None], cover, picture)


def _coarse(picture: np.ndarray, scale: float) -> np.ndarray:
    """As a camera shows it from afar, or by few pixels."""
    small = max(int(len(picture) * scale), 4)
    shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, picture.shape[1::-1]))


def _dark(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """In little light, with the noise that goes with it."""
    noise = random.normal(0, random.uniform(2, 10), picture.shape)
    return np.asarray(np.clip(picture * random.uniform(0.35, 1) + noise, 0, 255), np.uint8)


def _jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR))
