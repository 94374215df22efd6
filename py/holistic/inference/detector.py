"""Single-shot detectors: anchors, decoding and weighted non-maximum suppression.

BlazePose's and BlazeFace's detectors (and BlazePalm's) share this scheme: every cell of a few
grids holds anchors, and for each anchor the network gives a score and a box with keypoints,
relative to the anchor's centre. Constants and order follow MediaPipe's ``ssd_anchors``,
``tensors_to_detections`` and ``non_max_suppression`` calculators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import NamedTuple

import numpy as np

from holistic.inference.model import Network
from holistic.inference.model_files import ModelError, advice
from holistic.inference.roi import Region, extent, to_frame

OVERLAP = 0.3
"""Boxes that overlap more than this (intersection over union) are one object."""

_SMALLEST = 1e-9  # probability with a finite logit


class Detection(NamedTuple):
    """One object: its score (0 to 1), box (left, top, right, bottom) and (n, 2) keypoints.

    Coordinates are fractions of the detector's input.
    """

    score: float
    box: tuple[float, float, float, float]
    keypoints: np.ndarray


def box_of(detection: Detection, window: Region) -> tuple[float, float, float, float]:
    """A detection's box in frame pixels; the window that it was found in is upright."""
    return extent(to_frame(np.array(detection.box).reshape(2, 2), window))


def anchor_centres(size: int, strides: Sequence[int], per_layer: int = 2) -> np.ndarray:
    """Anchor centres of a detector: (anchors, 2) as x, y from 0 to 1.

    ``strides`` lists the layers, each with ``per_layer`` anchors a cell of ``stride`` pixels.
    Layers of one stride are merged: a cell lists the anchors of all of them in a row.
    """
    grids = []
    for stride in dict.fromkeys(strides):
        cells = -(-size // stride)
        middle = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, per_layer * strides.count(stride), axis=0))
    return np.concatenate(grids).astype(np.float32)


def decode(
    regressions: np.ndarray, logits: np.ndarray, anchors: np.ndarray, size: int, min_score: float
) -> tuple[np.ndarray, np.ndarray]:
    """The anchors that see an object: (n, 4 + 2 keypoints) values and (n,) scores.

    ``regressions`` (anchors, values) are centre, size and keypoints in pixels of an input of
    ``size``, relative to the anchor; what comes back is left, top, right, bottom and keypoints
    as fractions. Boxes of negative size (or NaN) are dropped.
    """
    likely = min(max(min_score, _SMALLEST), 1 - _SMALLEST)
    chosen = np.flatnonzero(logits >= log(likely / (1 - likely)))
    if not len(chosen):
        return np.empty((0, regressions.shape[1])), np.empty(0)
    values = regressions[chosen].astype(np.float64) / size
    half = values[:, 2:4] / 2
    centres = anchors[chosen]
    points = values.reshape(len(values), -1, 2)
    points += centres[:, None]
    points[:, 1] = points[:, 0] + half
    points[:, 0] -= half
    scores = 1 / (1 + np.exp(-logits[chosen].astype(np.float64).clip(-100, 100)))
    sound = (half >= 0).all(axis=1)
    return values[sound], scores[sound]


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of one (4,) box with each of (n, 4) boxes."""
    sides = np.minimum(box[2:], boxes[:, 2:4]) - np.maximum(box[:2], boxes[:, :2])
    shared = sides.clip(min=0).prod(axis=1)
    areas = (boxes[:, 2:4] - boxes[:, :2]).prod(axis=1)
    total = (box[2:] - box[:2]).prod() + areas - shared
    return np.asarray(np.divide(shared, total, out=np.zeros_like(shared), where=total > 0))


def merged(values: np.ndarray, scores: np.ndarray, limit: int) -> list[Detection]:
    """Weighted non-maximum suppression: up to ``limit`` detections, best score first.

    The best box and all that overlap it become one: their mean, weighted by score, with the best
    score. Then the same again with those that are left.
    """
    order = np.argsort(-scores, kind="stable")
    values, scores = values[order], scores[order]
    detections: list[Detection] = []
    while len(scores) and len(detections) < limit:
        group = overlaps(values[0, :4], values[:, :4]) > OVERLAP
        group[0] = True
        weights = scores[group]
        mean = weights @ values[group] / weights.sum()
        left, top, right, bottom = mean[:4].tolist()
        detections.append(
            Detection(float(scores[0]), (left, top, right, bottom), mean[4:].reshape(-1, 2))
        )
        values, scores = values[~group], scores[~group]
    return detections


class Anchors(NamedTuple):
    """A detector's anchor layers: ``strides``, each with ``per_layer`` anchors a cell.

    Detections below ``min_score`` are dropped.
    """

    strides: tuple[int, ...]
    per_layer: int = 2
    min_score: float = 0.5


class Detector:
    """A single-shot detector that is run on a region of the frame.

    ``anchors`` are its layers by the side of the network's input, which tells networks apart that
    stand in for one another. ``keypoints`` is the number of points it gives for each object, and
    ``low`` the input value of black.

    Raises:
        ModelError: the content is not a model that runs, or has another input or other outputs.
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        anchors: Mapping[int, Anchors],
        *,
        keypoints: int,
        low: float = -1.0,
        threads: int = 1,
    ) -> None:
        def lengths(side: int) -> tuple[int, int]:
            if side not in anchors:
                raise ModelError(f"model {name!r} has an input of {side} pixels: {advice(name)}")
            layers = anchors[side]
            self._anchors = anchor_centres(side, layers.strides, layers.per_layer)
            self._min_score = layers.min_score
            return len(self._anchors) * (4 + 2 * keypoints), len(self._anchors)

        self.network = Network(
            name, content, lengths, low=low, high=1.0, border="zero", threads=threads
        )

    def __call__(
        self, frame: np.ndarray, region: Region, limit: int = 1, min_score: float | None = None
    ) -> list[Detection]:
        """Up to ``limit`` objects in the region, best first, keypoints in frame pixels.

        ``min_score`` overrides the detector's own.
        """
        regressions, logits = self.network(frame, region)
        found = decode(
            regressions.reshape(len(logits), -1),
            logits,
            self._anchors,
            self.network.size,
            self._min_score if min_score is None else min_score,
        )
        return [
            detection._replace(keypoints=to_frame(detection.keypoints, region))
            for detection in merged(*found, limit)
        ]


def pose_detector(content: bytes, threads: int = 1) -> Detector:
    """BlazePose's detector: keypoints mid-hip, full-body circle, mid-shoulder, upper body."""
    anchors = {224: Anchors((8, 16, 32, 32, 32))}
    return Detector("pose_detector", content, anchors, keypoints=4, threads=threads)


FACE_ANCHORS = {
    128: Anchors((8, 16, 16, 16)),
    192: Anchors((4,), per_layer=1, min_score=0.6),
}
"""Of BlazeFace, short range, and of the full one, which sees faces up to five metres away."""


def face_detector(content: bytes, threads: int = 1, *, name: str = "face_detector") -> Detector:
    """BlazeFace: keypoints right and left eye, nose, mouth, right and left ear.

    The content is of either range, whichever ``model_sets.places`` has for ``name``.
    """
    return Detector(name, content, FACE_ANCHORS, keypoints=6, threads=threads)


def palm_detector(content: bytes, threads: int = 1) -> Detector:
    """BlazePalm: keypoints wrist, knuckles of index, middle, ring and little finger, thumb (2)."""
    anchors = {192: Anchors((8, 16, 16, 16))}
    return Detector("palm_detector", content, anchors, keypoints=7, low=0.0, threads=threads)
