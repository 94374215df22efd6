"""How a hand network stands blur, and what it takes for a hand that is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compress.data.crops import pictures
from compress.data.degradation import moving
from compress.data.distractors import Distractors
from compress.data.inputs import to_input
from compress.data.regions import crop
from compress.measure.evaluate import PRESENT
from compress.tflite.runner import Runner

LENGTHS = (0.0, 0.08, 0.16, 0.24, 0.32)
"""Lengths of the motion during an exposure, in sides of the crop."""

SIZE = 224
_SEED = 3
_DIRECTIONS = 3


@dataclass(frozen=True)
class Sharp:
    """Sharp crops (n, size, size, 3) in which the original sees a hand, and its (n, 21, 2) points
    in pixels of the crop.
    """

    crops: np.ndarray
    points: np.ndarray


def sharp(original: Runner, crops: np.ndarray) -> Sharp:
    """Those of the crops in which the original sees a hand."""
    points, presence = original(to_input(crops, 0.0))[:2]
    seen = presence.reshape(-1) > PRESENT
    return Sharp(crops[seen], _flat(points)[seen])


def _flat(points: np.ndarray) -> np.ndarray:
    return np.asarray(points.reshape(len(points), -1, 3)[..., :2])


def under_blur(network: Runner, of: Sharp) -> list[dict[str, float]]:
    """For each length of motion, in several directions: what of the hands is ``seen``, and the mean
    distance in ``pixels`` of all landmarks to those of the sharp crop.
    """
    rows = []
    for length in LENGTHS:
        random = np.random.default_rng(_SEED)
        turns = _DIRECTIONS if length else 1
        seen, distances = [], []
        for _ in range(turns):
            angles = random.uniform(0, np.pi, len(of.crops))
            shown = [
                moving(one, length * SIZE, angle) if length else one
                for one, angle in zip(of.crops, angles, strict=True)
            ]
            points, presence = network(to_input(np.stack(shown), 0.0))[:2]
            seen.append(presence.reshape(-1) > PRESENT)
            distances.append(np.linalg.norm(_flat(points) - of.points, axis=-1).mean(axis=1))
        rows.append(
            {
                "length": length,
                "seen": round(float(np.mean(seen)), 4),
                "pixels": round(float(np.mean(distances)), 2),
                "median": round(float(np.median(distances)), 2),
            }
        )
    return rows


def empty(folders: Iterable[Path], models: Path) -> np.ndarray:
    """Crops (n, size, size, 3) of the faces, joints and cloth in pictures: no hands."""
    distractors = Distractors(models, _SEED)
    return np.stack(
        [
            crop(image, region, SIZE)
            for folder in folders
            for _, _, image in pictures(folder)
            for region in distractors(image)
        ]
    )


def false_finds(network: Runner, crops: np.ndarray) -> dict[str, float]:
    """The part of crops without a hand in which a network sees one: sharp, and blurred."""
    random = np.random.default_rng(_SEED)
    shown = [
        moving(one, random.uniform(0.05, 0.3) * SIZE, random.uniform(0, np.pi)) for one in crops
    ]
    found = {"sharp": crops, "blurred": np.stack(shown)}
    return {
        "crops": len(crops),
        **{
            name: round(float((network(to_input(one, 0.0))[1] > PRESENT).mean()), 4)
            for name, one in found.items()
        },
    }
