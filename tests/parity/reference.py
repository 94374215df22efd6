"""Recorded results of MediaPipe Holistic, one compressed file for each clip and complexity.

A recording holds, for every frame of a clip, what ``mp.solutions.holistic`` gave. To keep the
files small the numbers are fixed-point: image landmarks in 1/32 px (z too, in units of the frame
width), world landmarks in 1/16 mm, visibility in 1/10000, each stored as the difference from the
frame before. The rounding is at most 1/64 px. The region that the pose was found in is kept whole
(float32): a crop is much more sensitive than what is found in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

FOLDER = Path(__file__).parent / "recordings"
SPREAD = FOLDER / "spread.json"
CLIPS = ("intel__book.mkv", "intel__milk.mkv", "astronaut_motion.mp4")
COMPLEXITIES = (0, 1, 2)
PARTS = ("pose", "face", "left_hand", "right_hand")

SCALES = {
    "pose": 32.0,
    "pose_world": 16000.0,
    "visibility": 10000.0,
    "face": 32.0,
    "left_hand": 32.0,
    "right_hand": 32.0,
}
"""Fixed-point units per pixel, metre or one."""
WHOLE = ("size", "pose_region")
"""What is stored as it is."""

VISIBLE = 0.5

Series = dict[str, np.ndarray]
"""(frames, points, values) for each name of SCALES, NaN where a part is absent; "pose_region",
(frames, 4): centre x and y, side (pixels), angle (radians), NaN without one; and "size"."""


def path(clip: str, complexity: int) -> Path:
    """The recording of ``clip`` at ``complexity``."""
    return FOLDER / f"{Path(clip).stem}-{complexity}.npz"


def save(file: Path, series: Series) -> None:
    """Write a recording."""
    packed = {name: series[name] for name in WHOLE}
    for name, scale in SCALES.items():
        values = series[name]
        fixed = np.round(np.nan_to_num(values) * scale).astype(np.int16)
        packed[name] = np.diff(fixed, axis=0, prepend=np.zeros_like(fixed[:1]))
        packed[f"{name}_found"] = ~np.isnan(values[:, 0, 0])
    np.savez_compressed(file, **packed)


def load(file: Path) -> Series:
    """Read what ``save`` wrote: image landmarks in pixels, world landmarks in metres."""
    with np.load(file) as packed:
        series = {name: packed[name] for name in WHOLE}
        for name, scale in SCALES.items():
            fixed = np.cumsum(packed[name], axis=0, dtype=np.int16)
            series[name] = fixed / np.float32(scale)
            series[name][~packed[f"{name}_found"]] = np.nan
    return series


class Distance(NamedTuple):
    """Mean and largest distance in pixels, frames compared, frames where only one found it."""

    mean: float
    largest: float
    frames: int
    disagreeing: int

    def __str__(self) -> str:
        return f"{self.mean:7.3f} {self.largest:7.2f} {self.frames:4d} {self.disagreeing:3d}"


def distance(recorded: Series, found: Series, part: str) -> Distance:
    """How far the (frames, points, 2 or 3) landmarks of ``part`` are from the recorded ones.

    Of the pose only the visible points count: visibility at least VISIBLE and inside the frame.
    """
    expected, points = recorded[part][..., :2], found[part][..., :2]
    present, absent = ~np.isnan(expected[:, 0, 0]), np.isnan(points[:, 0, 0])
    apart = np.linalg.norm(points - expected, axis=-1)
    counted = np.broadcast_to((present & ~absent)[:, None], apart.shape)
    if part == "pose":
        visible = recorded["visibility"][..., 0] >= VISIBLE
        inside = ((expected >= 0) & (expected < recorded["size"])).all(axis=-1)
        counted = counted & visible & inside
    apart = apart[counted]
    mean, largest = (float(apart.mean()), float(apart.max())) if apart.size else (0.0, 0.0)
    both, one = int((present & ~absent).sum()), int((present == absent).sum())
    return Distance(mean, largest, both, one)


def spread(clip: str, complexity: int, part: str) -> float:
    """MediaPipe's mean distance in pixels from itself; see ``record_reference``."""
    return float(json.loads(SPREAD.read_text())[path(clip, complexity).stem][part])
