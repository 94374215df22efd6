"""Regions of interest in pictures, found by the float models: where training crops are taken.

A detector finds a first region, and the landmark model's own result refines it, as the tracker
does from one frame to the next. The geometry is the tracker's; the search is not: it goes through
overlapping windows of a picture, for as many as there are.

The committed models were fitted on such crops. Detections are decoded here, and not by
``holistic.inference.detector``, whose rounding differs enough to change a crop by a grey level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from compress.data.detectors import DETECTORS
from compress.tflite.runner import Runner
from holistic.inference.detector import anchor_centres
from holistic.inference.landmarkers import sigmoid
from holistic.inference.roi import (
    LEVEL,
    UPRIGHT,
    Region,
    axis_angle,
    extent,
    from_frame_matrix,
    roi_from_rect,
    rotation,
    to_frame,
)
from holistic.tracking.regions import LEFT_EYE, RIGHT_EYE, body_region, palm_region
from holistic.tracking.search import windows

_AXIS = (33, 34)
"""Mid-hip and the top of the full-body circle among the pose model's own points."""


def _seen_body(points: np.ndarray) -> Region:
    return body_region(*points[2:4].tolist())


def _seen_face(points: np.ndarray) -> Region:
    (x, y), (width, height), right, left = points[:4].tolist()
    return roi_from_rect(x, y, width, height, axis_angle(right, left, LEVEL), scale=1.5, shift=0)


def _seen_hand(points: np.ndarray) -> Region:
    (x, y), extents, wrist, _, middle = points[:5].tolist()
    side = max(extents)
    return roi_from_rect(
        x, y, side, side, axis_angle(wrist, middle, UPRIGHT), scale=2.6, shift=-0.5
    )


def _body(points: np.ndarray) -> Region:
    return body_region(*points[_AXIS, :2].tolist())


def _face(points: np.ndarray) -> Region:
    """Around the mesh with sides along its own axes; the tracker's box is upright."""
    angle = axis_angle(points[RIGHT_EYE].tolist(), points[LEFT_EYE].tolist(), LEVEL)
    left, top, right, bottom = extent(points @ rotation(-angle))
    x, y = (np.array([(left + right) / 2, (top + bottom) / 2]) @ rotation(angle)).tolist()
    return roi_from_rect(x, y, right - left, bottom - top, angle, scale=1.5, shift=0)


@dataclass(frozen=True)
class Subject:
    """A kind of thing to find: its detector, its landmark model, and how regions follow.

    Attributes:
        low: the detector's input runs from here to 1.
        size: the side of the landmark model's input.
        values: numbers a landmark.
        tiles: sides of square search windows, as parts of the longer side.
        begin: the region of a detection's landmarks, from its centre, (width, height) and keypoints
            in picture pixels, (2 + keypoints, 2).
        follow: the region for the next frame, from landmarks (n, 2) in picture pixels.
        logit: whether the presence is one.
    """

    detector: str
    low: float
    landmarks: str
    size: int
    values: int
    tiles: tuple[float, ...]
    begin: Callable[[np.ndarray], Region]
    follow: Callable[[np.ndarray], Region]
    logit: bool = False


SUBJECTS = {
    "pose": Subject(
        "pose_detector", -1.0, "pose_landmarks_full", 256, 5, (1.0,), _seen_body, _body
    ),
    "face": Subject(
        "face_detector", -1.0, "face_landmarks", 192, 3, (1.0, 0.5), _seen_face, _face, logit=True
    ),
    "face_v2": Subject(
        "face_detector",
        *(-1.0, "face_landmarks_v2", 256, 3, (1.0, 0.5)),
        *(_seen_face, _face),
        logit=True,
    ),
    "hand": Subject(
        "palm_detector", 0.0, "hand_landmarks", 224, 3, (1.0, 0.5), _seen_hand, palm_region
    ),
}

_MOST = 8
"""Detections in a window, before those of one thing are told apart."""

_SMALLEST = 32
_LARGEST = 4
"""Sides of a region worth keeping: at least this many pixels, at most this many pictures."""


def crop(image: np.ndarray, region: Region, size: int) -> np.ndarray:
    """The region of a picture (H, W, 3) uint8 as (size, size, 3), black outside the picture."""
    if region.size > 2 * size:  # bilinear sampling alone would alias
        shrink = 2 * size / region.size
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        x, y, side, angle = region
        region = Region(x * shrink, y * shrink, side * shrink, angle)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matrix = from_frame_matrix(region, size)
    return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=flags))


class Finder:
    """Finds the regions of one subject in pictures."""

    def __init__(self, subject: Subject, models: Path) -> None:
        self._subject = subject
        self._detector = Runner((models / f"{subject.detector}.tflite").read_bytes())
        self._network = Runner((models / f"{subject.landmarks}.tflite").read_bytes())
        settings = DETECTORS[subject.detector]
        self._detector_size = settings.size
        # In pixels the centres are whole numbers.
        self._anchors = np.rint(anchor_centres(settings.size, settings.strides) * settings.size)

    def __call__(self, image: np.ndarray, threshold: float = 0.6) -> list[Region]:
        """Refined regions, most certain first, of every subject found in (H, W, 3) RGB uint8."""
        detections: list[tuple[float, Region]] = []
        for part in self._subject.tiles:
            for window in windows(image, part):
                detections += self._detect(image, window, threshold)
        detections.sort(key=lambda detection: -detection[0])
        tried: list[Region] = []
        regions: list[Region] = []
        for _, region in detections:
            if any(_overlap(region, other) for other in tried):
                continue
            tried.append(region)
            refined = self._refine(image, region)
            if refined is not None and not any(_overlap(refined, other) for other in regions):
                regions.append(refined)
        return regions

    def _detect(
        self, image: np.ndarray, window: Region, threshold: float
    ) -> list[tuple[float, Region]]:
        subject, size = self._subject, self._detector_size
        pixels = crop(image, window, size).astype(np.float32)[None] / 255
        boxes, logits = self._detector(pixels * (1 - subject.low) + subject.low)
        scores = sigmoid(logits[0, :, 0])
        best = np.flatnonzero(scores > threshold)
        origin = np.array(window[:2]) - window.size / 2
        found = []
        for index in best[np.argsort(-scores[best])][:_MOST]:
            points = boxes[0, index].astype(np.float64).reshape(-1, 2)
            places = np.arange(len(points)) != 1  # the second one is a size
            points[places] += self._anchors[index]
            points *= window.size / size
            points[places] += origin
            found.append((float(scores[index]), subject.begin(points)))
        return found

    def _refine(self, image: np.ndarray, region: Region) -> Region | None:
        subject = self._subject
        for _ in range(2):
            if not _SMALLEST <= region.size <= _LARGEST * max(image.shape):
                return None
            points = self.landmarks(crop(image, region, subject.size))
            if points is None:
                return None
            region = subject.follow(to_picture(points, region, subject.size))
        return region

    def landmarks(self, picture: np.ndarray) -> np.ndarray | None:
        """Landmarks (n, 2) in pixels of a region's crop (size, size, 3); None if there are none."""
        values, presence = self._network(picture.astype(np.float32)[None] / 255)[:2]
        score = presence.ravel()[0]
        if (sigmoid(score) if self._subject.logit else score) < 0.5:
            return None
        return values.reshape(-1, self._subject.values)[:, :2].astype(np.float64)


def to_picture(points: np.ndarray, region: Region, size: int) -> np.ndarray:
    """Points (n, 2) of a region's crop of side ``size`` in pixels of the picture."""
    return to_frame(points / size, region)


def to_region(points: np.ndarray, region: Region, size: int) -> np.ndarray:
    """Points (n, 2) of the picture in pixels of the region's crop of side ``size``."""
    local = (points - region[:2]) @ rotation(-region.angle)
    return np.asarray((local / region.size + 0.5) * size)


def _overlap(one: Region, other: Region) -> bool:
    distance = max(abs(one.x - other.x), abs(one.y - other.y))
    return distance < 0.25 * max(one.size, other.size)
