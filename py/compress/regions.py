"""Regions of interest in pictures, found by the float models: where training crops are taken.

Follows MediaPipe's graphs (palm_detection_detection_to_roi, hand_landmark_landmarks_to_roi,
face_landmark_landmarks_to_roi, pose_landmarks_to_roi): a detector finds a first region, the
landmark model's own result refines it, as the tracker does from one frame to the next.
A region is (x, y, size, angle): centre and side in picture pixels, clockwise rotation in radians.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

Region = tuple[float, float, float, float]


@dataclass(frozen=True)
class Subject:
    """A kind of thing to find: its detector, its landmark model, and how regions follow."""

    detector: str
    detector_size: int
    strides: tuple[tuple[int, int], ...]  # (stride, anchors a cell)
    low: float  # the detector's input runs from here to 1
    landmarks: str
    size: int
    values: int  # numbers a landmark
    tiles: tuple[float, ...]  # sides of square search windows, as parts of the longer side
    logit: bool = False  # whether the presence is one


SUBJECTS = {
    "pose": Subject(
        "pose_detector",
        224,
        ((8, 2), (16, 2), (32, 6)),
        -1.0,
        "pose_landmarks_full",
        256,
        5,
        (1.0,),
    ),
    "face": Subject(
        "face_detector", 128, ((8, 2), (16, 6)), -1.0, "face_landmarks", 192, 3, (1.0, 0.5), True
    ),
    "hand": Subject(
        "palm_detector", 192, ((8, 2), (16, 6)), 0.0, "hand_landmarks", 224, 3, (1.0, 0.5)
    ),
}

_SMALLEST = 32
_LARGEST = 4
"""Sides of a region worth keeping: at least this many pixels, at most this many pictures."""

_HAND_PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]


class Network:
    """A .tflite model on one thread."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(model_path=str(path), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def __call__(self, image: np.ndarray) -> list[np.ndarray]:
        """Outputs for one input (1, size, size, 3) float32, in the model's order."""
        self._interpreter.set_tensor(self._input, image)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def crop(image: np.ndarray, region: Region, size: int) -> np.ndarray:
    """The region of a picture (H, W, 3) uint8 as (size, size, 3), black outside the picture."""
    x, y, side, angle = region
    if side > 2 * size:  # bilinear sampling alone would alias
        shrink = 2 * size / side
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        x, y, side = x * shrink, y * shrink, side * shrink
    cosine, sine = np.cos(angle) * side / size, np.sin(angle) * side / size
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    offset = np.array([x, y]) - rotation @ np.array([size / 2, size / 2])
    matrix = np.column_stack([rotation, offset])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=flags))


class Finder:
    """Finds the regions of one subject in pictures."""

    def __init__(self, subject: Subject, models: Path) -> None:
        self._subject = subject
        self._detector = Network(models / f"{subject.detector}.tflite")
        self._network = Network(models / f"{subject.landmarks}.tflite")
        self._anchors = _anchors(subject)

    def __call__(self, image: np.ndarray, threshold: float = 0.6) -> list[Region]:
        """Refined regions, most certain first, of every subject found in (H, W, 3) RGB uint8."""
        detections: list[tuple[float, Region]] = []
        for window in _windows(image, self._subject.tiles):
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
        subject = self._subject
        pixels = crop(image, window, subject.detector_size).astype(np.float32)[None] / 255
        boxes, logits = self._detector(pixels * (1 - subject.low) + subject.low)
        scores = 1 / (1 + np.exp(-np.clip(logits[0, :, 0], -50, 50)))
        best = np.flatnonzero(scores > threshold)
        best = best[np.argsort(-scores[best])][:8]
        scale = window[2] / subject.detector_size
        origin = np.array(window[:2]) - window[2] / 2
        found = []
        for index in best:
            box = boxes[0, index].astype(np.float64)
            points = box.reshape(-1, 2)
            points[[0, *range(2, len(points))]] += self._anchors[index]
            points *= scale
            points[[0, *range(2, len(points))]] += origin
            found.append((float(scores[index]), _region_of_detection(subject, points)))
        return found

    def _refine(self, image: np.ndarray, region: Region) -> Region | None:
        subject = self._subject
        for _ in range(2):
            if not _SMALLEST <= region[2] <= _LARGEST * max(image.shape):
                return None
            points = self.landmarks(crop(image, region, subject.size))
            if points is None:
                return None
            region = region_of_landmarks(subject, to_picture(points, region, subject.size))
        return region

    def landmarks(self, picture: np.ndarray) -> np.ndarray | None:
        """Landmarks (n, 2) in pixels of a region's crop (size, size, 3); None if there are none."""
        values, presence = self._network(picture.astype(np.float32)[None] / 255)[:2]
        score = float(presence.ravel()[0])
        if (1 / (1 + np.exp(-score)) if self._subject.logit else score) < 0.5:
            return None
        return values.reshape(-1, self._subject.values)[:, :2].astype(np.float64)


def _anchors(subject: Subject) -> np.ndarray:
    """Anchor centres (n, 2) in pixels of the detector's input."""
    grids = []
    for stride, count in subject.strides:
        centres = (np.arange(subject.detector_size // stride) + 0.5) * stride
        grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, count, axis=0))
    return np.concatenate(grids)


def _windows(image: np.ndarray, tiles: tuple[float, ...]) -> list[Region]:
    """Square search windows: the whole picture, and overlapping smaller ones."""
    height, width = image.shape[:2]
    windows: list[Region] = []
    for part in tiles:
        side = max(height, width) * part
        for y in _centres(height, side):
            windows += [(x, y, side, 0.0) for x in _centres(width, side)]
    return windows


def _centres(length: int, side: float) -> list[float]:
    if side >= length:
        return [length / 2]
    count = int(np.ceil((length - side) / (side / 2))) + 1
    return list(np.linspace(side / 2, length - side / 2, count))


def _upright(vector: np.ndarray) -> float:
    """Rotation that turns a vector (x, y) to point upwards."""
    return float(np.pi / 2 - np.arctan2(-vector[1], vector[0]))


def _region_of_detection(subject: Subject, points: np.ndarray) -> Region:
    """Region from a detection: points are centre, (width, height), key points."""
    centre, extent, keys = points[0], points[1], points[2:]
    if subject.detector == "pose_detector":
        axis = keys[1] - keys[0]
        return (*keys[0], 2.5 * float(np.hypot(*axis)), _upright(axis))
    if subject.detector == "face_detector":
        axis = keys[1] - keys[0]
        return (*centre, 1.5 * float(extent.max()), float(np.arctan2(axis[1], axis[0])))
    angle = _upright(keys[2] - keys[0])
    side = float(extent.max())
    return (*(centre + _turned(np.array([0, -0.5 * side]), angle)), 2.6 * side, angle)


def region_of_landmarks(subject: Subject, points: np.ndarray) -> Region:
    """Region for the next frame from landmarks (n, 2) in picture pixels."""
    if subject.landmarks.startswith("pose"):
        axis = points[34] - points[33]
        return (*points[33], 2.5 * float(np.hypot(*axis)), _upright(axis))
    if subject.landmarks.startswith("face"):
        axis = points[263] - points[33]
        angle = float(np.arctan2(axis[1], axis[0]))
        centre, extent = _rotated_box(points, angle)
        return (*centre, 1.5 * float(extent.max()), angle)
    knuckles = ((points[5] + points[13]) / 2 + points[9]) / 2
    angle = _upright(knuckles - points[0])
    centre, extent = _rotated_box(points[_HAND_PALM], angle)
    shift = _turned(np.array([0, -0.1 * extent[1]]), angle)
    return (*(centre + shift), 2.0 * float(extent.max()), angle)


def _turned(vector: np.ndarray, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(np.array([[cosine, -sine], [sine, cosine]]) @ vector)


def _rotated_box(points: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Centre and extent of the box around points whose sides are rotated by ``angle``."""
    rotation = np.stack([_turned(np.array([1, 0]), angle), _turned(np.array([0, 1]), angle)], 1)
    local = points @ rotation
    low, high = local.min(axis=0), local.max(axis=0)
    return rotation @ ((low + high) / 2), high - low


def to_picture(points: np.ndarray, region: Region, size: int) -> np.ndarray:
    """Points (n, 2) of a region's crop of side ``size`` in pixels of the picture."""
    x, y, side, angle = region
    local = (points / size - 0.5) * side
    rotation = np.stack([_turned(np.array([1, 0]), angle), _turned(np.array([0, 1]), angle)], 1)
    return np.asarray(local @ rotation.T + np.array([x, y]))


def to_region(points: np.ndarray, region: Region, size: int) -> np.ndarray:
    """Points (n, 2) of the picture in pixels of the region's crop of side ``size``."""
    x, y, side, angle = region
    rotation = np.stack([_turned(np.array([1, 0]), angle), _turned(np.array([0, 1]), angle)], 1)
    local = (points - np.array([x, y])) @ rotation
    return np.asarray((local / side + 0.5) * size)


def _overlap(one: Region, other: Region) -> bool:
    distance = max(abs(one[0] - other[0]), abs(one[1] - other[1]))
    return distance < 0.25 * max(one[2], other[2])
