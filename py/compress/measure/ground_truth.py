"""Errors of landmark models against ground truth, in pixels of their input.

Every variant sees the very same crop of each person, so that their errors can be compared: for a
hand the region is where the marks are; for faces and bodies, whose marks say little about the
region, it is the one that the float models find around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compress.data.crops import readable
from compress.data.regions import SUBJECTS, Finder, crop, to_region
from compress.recipe import Recipe
from evaluate.truth import Truth, load
from holistic.inference.roi import Region
from holistic.shared import landmarks

PARTS = {"hand": "hand", "face": "face", "face_v2": "face", "pose": "body"}
"""What each subject is called in the annotations."""

_HIPS = (landmarks.POSE.index("left_hip"), landmarks.POSE.index("right_hip"))

_NEAR = 0.15
"""A region belongs to marks whose centre is this near to its own, in sides of the region."""


@dataclass(frozen=True)
class Marked:
    """Crops (n, size, size, 3) uint8 and the marks of each: (m, 2) pixels of the crop, and (m,)
    which landmark each mark is.
    """

    crops: np.ndarray
    marks: tuple[np.ndarray, ...]
    indices: tuple[np.ndarray, ...]


def marked_crops(folder: Path, subject: str, size: int, floats: Path) -> Marked:
    """Everything of one subject that is marked by hand in a folder of annotated pictures.

    Raises EvaluationError where there are no annotations.
    """
    settings = SUBJECTS[subject]
    finder = None if subject == "hand" else Finder(settings, floats)
    crops, marks, indices = [], [], []
    pictures, _ = load(folder)
    for picture in pictures:
        truths = [t for t in picture.truths if t.part == PARTS[subject] and t.by_hand]
        if not truths:
            continue
        image = readable(picture.path)
        if image is None:
            continue
        factor = image.shape[1] / picture.size[0]
        for truth, region in _regions(truths, image, factor, subject, finder):
            crops.append(crop(image, region, size))
            marks.append(to_region(truth.marks * factor, region, size))
            indices.append(truth.indices)
    return Marked(np.stack(crops), tuple(marks), tuple(indices))


def _regions(
    truths: list[Truth], image: np.ndarray, factor: float, subject: str, finder: Finder | None
) -> Iterator[tuple[Truth, Region]]:
    settings = SUBJECTS[subject]
    if finder is None:
        for truth in truths:
            if len(truth.indices) == 21:
                order = np.argsort(truth.indices)
                yield truth, settings.follow(truth.marks[order] * factor)
        return
    found = finder(image)
    for truth in truths:
        centre = _centre(truth)
        if centre is None or not found:
            continue
        distances = [
            float(np.hypot(*(centre * factor - region[:2]))) / region[2] for region in found
        ]
        if min(distances) < _NEAR:
            yield truth, found[int(np.argmin(distances))]


def _centre(truth: Truth) -> np.ndarray | None:
    """Where the centre of the region should be: between the hips of a body, or amid a face."""
    if truth.part == "face":
        return np.asarray((truth.marks.min(axis=0) + truth.marks.max(axis=0)) / 2)
    hips = truth.marks[np.isin(truth.indices, _HIPS)]
    return hips.mean(axis=0) if len(hips) == len(_HIPS) else None


def errors(recipe: Recipe, outputs: list[np.ndarray], marked: Marked) -> np.ndarray:
    """Distance of every mark from its landmark, in pixels of the input; (all marks,)."""
    count = len(marked.crops)
    points = outputs[0].reshape(count, -1, len(recipe.outputs[0].scales))[..., :2]
    return np.concatenate(
        [
            np.linalg.norm(points[n][indices] - marks, axis=1)
            for n, (marks, indices) in enumerate(zip(marked.marks, marked.indices, strict=True))
        ]
    )
