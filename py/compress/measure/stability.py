"""How stable a compressed landmark model is, which no single picture shows.

Jitter on a still scene, presence where there is nobody, and whether eyes and mouths open and close
as they do for the float original.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from compress.data.regions import SUBJECTS, Finder, crop, to_picture
from compress.data.samples import noisy
from compress.recipe import Recipe
from holistic.inference.roi import Region
from holistic.results import angles
from holistic.shared.landmarks import FACE

NOISE = 3.0
"""Standard deviation of the noise of a still camera, in grey levels."""

STILL_FRAMES = 8

OPENINGS = {
    name.replace("_", " "): ((FACE[upper], FACE[lower]), (FACE[first], FACE[last]))
    for name, (upper, lower, first, last) in angles.OPENINGS.items()
}
"""Points of the face above and below an opening, and at its two ends."""


def still(crops: np.ndarray) -> np.ndarray:
    """Each crop (n, size, size, 3) as ``STILL_FRAMES`` frames of a still scene before a camera."""
    return noisy(np.repeat(crops, STILL_FRAMES, axis=0), NOISE, seed=0)


def jitter(recipe: Recipe, outputs: list[np.ndarray]) -> float:
    """Root mean square distance of a landmark from its mean over still frames, in pixels.

    It is the mean over landmarks and pictures. ``outputs`` are those for what :func:`still` made.
    """
    values = len(recipe.outputs[0].scales)
    frames = outputs[0].reshape(-1, STILL_FRAMES, outputs[0][0].size // values, values)[..., :2]
    deviations = frames - frames.mean(axis=1, keepdims=True)
    return float(np.sqrt(np.square(deviations).sum(-1).mean(axis=1)).mean())


def present(recipe: Recipe, outputs: list[np.ndarray]) -> np.ndarray:
    """Whether the model says that there is something, for each picture."""
    assert recipe.presence is not None
    values = outputs[recipe.presence].reshape(-1)
    return np.asarray(values > (0 if recipe.presence_logit else 0.5))


def face_crops(clip: Path, subject: str, size: int, floats: Path) -> np.ndarray:
    """Crops (n, size, size, 3) of the face in each frame of a clip, as the float model follows it.

    ``subject`` is one of those with a face's mesh, ``face`` or ``face_v2``. Frames in which it
    finds no face are left out.
    """
    settings = SUBJECTS[subject]
    finder = Finder(settings, floats)
    crops = []
    region: Region | None = None
    for frame in frames(clip):
        if region is None:
            region = next(iter(finder(frame)), None)
            if region is None:
                continue
        picture = crop(frame, region, size)
        points = finder.landmarks(picture)
        if points is None:
            region = None
            continue
        crops.append(picture)
        region = settings.follow(to_picture(points, region, size))
    return np.stack(crops) if crops else np.empty((0, size, size, 3), np.uint8)


def frames(clip: Path) -> Iterator[np.ndarray]:
    """Every frame of a clip, (H, W, 3) RGB uint8."""
    capture = cv2.VideoCapture(str(clip))
    while True:
        read, frame = capture.read()
        if not read:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def openings(outputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """How far eyes and mouth are open, (frames,), as parts of their widths."""
    points = outputs[0].reshape(len(outputs[0]), -1, 3)[..., :2]
    return {
        name: _distance(points, *gap) / _distance(points, *ends)
        for name, (gap, ends) in OPENINGS.items()
    }


def _distance(points: np.ndarray, one: int, other: int) -> np.ndarray:
    return np.asarray(np.linalg.norm(points[:, one] - points[:, other], axis=1))


def correlations(found: list[np.ndarray], wanted: list[np.ndarray]) -> dict[str, float]:
    """Correlation over a clip of each opening with the original's."""
    ours, theirs = openings(found), openings(wanted)
    return {name: float(np.corrcoef(ours[name], theirs[name])[0, 1]) for name in ours}
