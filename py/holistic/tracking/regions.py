"""Regions of bodies, faces and hands: from a detection, and from landmarks for the next frame.

Coordinates are frame pixels.

Sources: MediaPipe's pose_landmark, hand_landmark and holistic_landmark graphs and their
``hand_landmarks_to_rect`` calculator.
"""

from __future__ import annotations

from math import cos, sin

import numpy as np

from holistic.inference.detector import Detection, box_of
from holistic.inference.landmarkers import PoseEstimate
from holistic.inference.roi import (
    LEVEL,
    UPRIGHT,
    Region,
    axis_angle,
    extent,
    landmark_extent,
    roi_from_alignment_points,
    roi_from_box,
    roi_from_rect,
    rotation,
)


def body_region(centre: list[float], tip: list[float]) -> Region:
    """The region of a body from its axis: mid-hip and the full-body circle's top."""
    return roi_from_alignment_points(centre, tip, UPRIGHT, scale=1.25)


def body_region_from_estimate(estimate: PoseEstimate) -> Region:
    """The region of a body in the next frame, from its landmarks in this one."""
    return body_region(*estimate.axis.tolist())


def body_region_from_detection(detection: Detection, _: Region) -> Region:
    """The region of a body's landmarks, from what BlazePose's detector gives."""
    return body_region(*detection.keypoints[:2].tolist())


RIGHT_EYE, LEFT_EYE = 33, 263
"""Outer corners of the eyes among the face's points."""


def mesh_region(points: np.ndarray) -> Region:
    """The region of a face from its (468 or more, 3) points."""
    right, left = points[(RIGHT_EYE, LEFT_EYE), :2].tolist()
    return roi_from_box(landmark_extent(points), axis_angle(right, left, LEVEL), scale=1.5)


PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
"""Hand points that hardly depend on the fingers' pose."""
WRIST, INDEX_KNUCKLE, MIDDLE_KNUCKLE, RING_KNUCKLE = 0, 5, 9, 13


def palm_region(points: np.ndarray) -> Region:
    """The region of a hand from its (21, 3) points: around the palm, upright along it."""
    wrist, index, middle, ring = points[
        (WRIST, INDEX_KNUCKLE, MIDDLE_KNUCKLE, RING_KNUCKLE), :2
    ].tolist()
    ahead = [((i + r) / 2 + m) / 2 for i, m, r in zip(index, middle, ring, strict=True)]
    angle = axis_angle(wrist, ahead, UPRIGHT)
    palm = points[PALM, :2]
    left, top, right, bottom = landmark_extent(palm)
    x, y = (left + right) / 2, (top + bottom) / 2
    left, top, right, bottom = extent((palm - (x, y)) @ rotation(-angle))
    dx, dy = (left + right) / 2, (top + bottom) / 2
    c, s = cos(angle), sin(angle)
    return roi_from_rect(
        x + c * dx - s * dy,
        y + s * dx + c * dy,
        right - left,
        bottom - top,
        angle,
        scale=2.0,
        shift=-0.1,
    )


def face_region_from_detection(detection: Detection, window: Region) -> Region:
    """The region of a face's mesh, from what BlazeFace gives in an upright window."""
    right, left = detection.keypoints[:2].tolist()
    return roi_from_box(box_of(detection, window), axis_angle(right, left, LEVEL), scale=1.5)


TILTED = 90.0
"""In radians: what MediaPipe's tasks take a right angle for. It tilts a hand by 27 degrees."""


def hand_region_from_detection(
    detection: Detection, window: Region, target: float = UPRIGHT
) -> Region:
    """The region of a hand's landmarks, from what BlazePalm gives in an upright window.

    ``target`` is the angle of the palm in it.
    """
    wrist, middle = detection.keypoints[(0, 2), :].tolist()
    angle = axis_angle(wrist, middle, target)
    return roi_from_box(box_of(detection, window), angle, scale=2.6, shift=-0.5)
