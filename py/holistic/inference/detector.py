"""Single-shot detectors: anchors, decoding and weighted non-maximum suppression.

BlazePose's and BlazeFace's detectors (and BlazePalm's) share this scheme: every cell of a few
grids holds anchors, and for each anchor the network gives a score and a box with keypoints,
relative to the anchor's centre. Constants and order follow MediaPipe's ``ssd_anchors``,
``tensors_to_detections`` and ``non_max_suppression`` calculators.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np

from holistic.inference.model import Network
from holistic.inference.model_files import ModelError
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


class Detector:
    """A single-shot detector that is run on a region of the frame.

    ``strides`` are its anchor layers, with ``per_layer`` anchors each, and ``keypoints`` the
    number of points it gives for each object; ``low`` is the input value of black; detections
    below ``min_score`` are dropped.
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        size: int,
        strides: tuple[int, ...],
        *,
        keypoints: int,
        per_layer: int = 2,
        low: float = -1.0,
        min_score: float = 0.5,
        threads: int = 1,
    ) -> None:
        self._anchors = anchor_centres(size, strides, per_layer)
        anchors = len(self._anchors)
        lengths = (anchors * (4 + 2 * keypoints), anchors)
        self.network = Network(
            name, content, lengths, low=low, high=1.0, border="zero", threads=threads
        )
        self._min_score = min_score

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
    strides = (8, 16, 32, 32, 32)
    return Detector("pose_detector", content, 224, strides, keypoints=4, threads=threads)


def face_detector(content: bytes, threads: int = 1) -> Detector:
    """BlazeFace, short range: keypoints right and left eye, nose, mouth, right and left ear."""
    strides = (8, 16, 16, 16)
    return Detector("face_detector", content, 128, strides, keypoints=6, threads=threads)


def face_detector_full_range(content: bytes, threads: int = 1) -> Detector:
    """BlazeFace, full range: the short range's keypoints, for faces up to five metres away.

    Where the short range's model stands in for it (``model_sets.places``) it is that one.
    """
    try:
        return Detector(
            "face_detector_full_range",
            content,
            192,
            (4,),
            keypoints=6,
            per_layer=1,
            min_score=0.6,
            threads=threads,
        )
    except ModelError as error:
        try:
            return face_detector(content, threads)
        except ModelError:
            raise error from None


def palm_detector(content: bytes, threads: int = 1) -> Detector:
    """BlazePalm: keypoints wrist, knuckles of index, middle, ring and little finger, thumb (2)."""
    strides = (8, 16, 16, 16)
    return Detector("palm_detector", content, 192, strides, keypoints=7, low=0.0, threads=threads)
