"""Following a body, a face and a hand from frame to frame.

A track remembers the landmarks of one part of one person in the frame before, chooses the region
for the next run from them and from the pose, and forgets everything that MediaPipe's graph
forgets. Coordinates are frame pixels. Callers hand the submodels in, so that tracks share them.

Sources: MediaPipe's pose_landmark, holistic_landmark and hand_landmark graphs and their
``roi_tracking`` calculator.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import cos, degrees, hypot, sin
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from holistic.inference.detector import Detector
from holistic.inference.landmarkers import (
    FaceEstimate,
    FaceLandmarks,
    HandEstimate,
    HandLandmarks,
    HandRecrop,
    PoseEstimate,
)
from holistic.inference.roi import (
    LEVEL,
    UPRIGHT,
    Region,
    axis_angle,
    extent,
    landmark_extent,
    roi_from_box,
    roi_from_rect,
    rotation,
    wrapped,
)
from holistic.options import POSE_SMOOTHING, Smoothing
from holistic.tracking.one_euro import LowPass, OneEuro
from holistic.tracking.regions import body_region_from_estimate, mesh_region, palm_region

VISIBILITY = 3  # column of a pose point
POSE_POINTS_OF_HAND = {"left_hand": (15, 17, 19), "right_hand": (16, 18, 20)}
"""Wrist, pinky and index knuckle of each hand among the pose's points."""
EVERY_FRAME = 1
"""How often MediaPipe checks a part that is followed."""


class PoseTrack:
    """Follows one body, and smooths it.

    ``smoothing`` is the filter of the image landmarks. Without it the world landmarks and the
    visibility stay as they are too. The axis is smoothed, whatever becomes of the points, unless
    ``steady_axis`` is off.
    """

    region: Region | None

    def __init__(
        self, smoothing: Smoothing | None = POSE_SMOOTHING, steady_axis: bool = True
    ) -> None:
        self._smoothing = smoothing
        self._steady_axis = steady_axis
        self.reset()

    def reset(self) -> None:
        """Forget the body: the next frame is the first one."""
        self._points_filter = OneEuro(*(self._smoothing or POSE_SMOOTHING))
        self._axis_filter = OneEuro(min_cutoff=0.01, beta=10)
        self._world_filter = OneEuro(min_cutoff=0.1, beta=40)
        self._visibility_filter = LowPass(0.1)
        self.region = None

    def lose(self) -> None:
        """The body is not in this frame.

        When it comes back, world landmarks and visibility go on from where they were, as in
        MediaPipe: their filters see nothing of a frame without a body.
        """
        self.region = None
        self._points_filter.reset()
        self._axis_filter.reset()

    def accept(self, estimate: PoseEstimate, timestamp: float) -> PoseEstimate:
        """Follow the body that was found; returns it smoothed."""
        estimate = self._smooth(estimate, timestamp)
        self.region = body_region_from_estimate(estimate)
        return estimate

    def _smooth(self, estimate: PoseEstimate, timestamp: float) -> PoseEstimate:
        """The estimate after all filters; presence and score stay as they are."""
        size = 2 * float(np.hypot(*(estimate.axis[1] - estimate.axis[0])))
        sized = size >= 1e-6  # a body without extent has no scale to measure its speed in
        axis = estimate.axis
        if sized and self._steady_axis:
            axis = self._axis_filter(axis, timestamp, 1 / size)
        if self._smoothing is None:
            return estimate._replace(axis=axis)
        points = estimate.points.copy()
        points[:, VISIBILITY] = self._visibility_filter(points[:, VISIBILITY])
        world = self._world_filter(estimate.world, timestamp)
        if sized:
            points[:, :3] = self._points_filter(points[:, :3].copy(), timestamp, 1 / size)
        return estimate._replace(points=points, world=world, axis=axis)


class Limits(NamedTuple):
    """How far the region of the frame before may be from the fresh one to be kept.

    ``angle`` in degrees; ``shift`` of the centre and ``change`` of the side in sides of the fresh
    region; ``margin`` by which the fresh region grows before all landmarks must lie inside.
    """

    angle: float
    shift: float
    change: float
    margin: float


def still_holds(kept: Region, points: np.ndarray, fresh: Region, limits: Limits) -> bool:
    """Whether the part is still where it was.

    ``kept`` is the region made from the landmarks ``points`` of the frame before, and ``fresh``
    the one that this frame's detection or re-crop gives.
    """
    if abs(degrees(wrapped(kept.angle - fresh.angle))) > limits.angle:
        return False
    if abs(kept.size - fresh.size) > limits.change * fresh.size:
        return False
    c, s = cos(fresh.angle), sin(fresh.angle)
    dx, dy = kept.x - fresh.x, kept.y - fresh.y
    reach = limits.shift * fresh.size
    if abs(c * dx + s * dy) > reach or abs(c * dy - s * dx) > reach:
        return False
    offsets = (points[:, :2] - (fresh.x, fresh.y)) @ rotation(-fresh.angle)
    return bool(np.abs(offsets).max() < fresh.size * (1 + limits.margin) / 2)


class ExpectedRegion(NamedTuple):
    """Where the pose alone says that a part is, and how roughly.

    The part is searched in ``region``. While it is followed, the centre of its region lies within
    ``reach`` of the middle of ``region``, and its side is from ``least`` to ``most``, all in sides
    of ``region``.
    """

    region: Region
    reach: float
    least: float
    most: float

    def holds(self, kept: Region) -> bool:
        """Whether a part in the region ``kept`` is where the pose expects it."""
        x, y, size, _ = self.region
        near = hypot(kept.x - x, kept.y - y) <= self.reach * size
        return near and self.least * size <= kept.size <= self.most * size


Part = TypeVar("Part", FaceEstimate, HandEstimate)


class PartTrack(ABC, Generic[Part]):
    """Follows a part of a body: a face or a hand.

    Its region comes from its landmarks in the frame before. A detector or re-crop checks that
    region in every ``redetect_interval``-th frame, in any frame in which the part is not where the
    pose expects it, and as soon as the part is lost. ``phase`` (frames) tells the tracks apart
    that should not all check in the same frame.
    """

    _LIMITS: Limits

    def __init__(self, redetect_interval: int = EVERY_FRAME, phase: int = 0) -> None:
        self._redetect_interval = redetect_interval
        self._frames = phase
        self.points: np.ndarray | None = None
        """The part's (n, 3) points in the frame before."""

    def reset(self) -> None:
        """Forget the part."""
        self.points = None

    @staticmethod
    @abstractmethod
    def _region_of(points: np.ndarray) -> Region:
        """The region of the part from its points."""

    def _trusts(self, kept: Region, expected: ExpectedRegion) -> bool:
        """Whether to run the landmarks in ``kept`` unchecked."""
        return self._frames % self._redetect_interval != 0 and expected.holds(kept)

    def _follow(
        self,
        expected: ExpectedRegion,
        check: Callable[[Region], Region | None],
        landmarks: Callable[[Region], Part | None],
    ) -> Part | None:
        """The part, or None.

        ``check`` gives its region from the one to search, and ``landmarks`` what is in a region.
        """
        self._frames += 1
        kept = None if self.points is None else self._region_of(self.points)
        estimate = landmarks(kept) if kept and self._trusts(kept, expected) else None
        if estimate is None:
            region = self._choose(kept, check(expected.region))
            estimate = landmarks(region) if region else None
            if estimate and region is not kept:
                estimate = self._settled(estimate, landmarks)
        self.points = estimate.points if estimate else None
        return estimate

    def _settled(self, estimate: Part, landmarks: Callable[[Region], Part | None]) -> Part | None:
        """A part that was found in another region than that of its own points."""
        return estimate

    def _choose(self, kept: Region | None, fresh: Region | None) -> Region | None:
        if kept is None or fresh is None or self.points is None:
            return fresh
        return kept if still_holds(kept, self.points, fresh, self._LIMITS) else fresh


class FaceTrack(PartTrack[FaceEstimate]):
    """Follows the face of a body.

    Where there are ``several`` people, the faces of neighbours can be in the region too. The
    body's face is the one nearest to the body's nose, not the one with the best score.

    With ``settles`` a face that comes into sight is looked at twice, the second time in the region
    of its own points: the network V2 is made for that one, and follows itself from there.
    """

    SHIFT = -0.1
    """By how much the first region is higher than what is detected, in heights of that."""

    _LIMITS = Limits(angle=15, shift=0.1, change=0.3, margin=-0.2)
    _SEARCHED = 3.0  # times the extent of the pose's head
    _EXPECTED = (0.07, 0.55, 0.85)  # reach, least and most side: see ExpectedRegion

    _HEAD = 11  # pose points 0 to 10 are on the head
    _POSE_EYES = (5, 2)  # right, left
    _NOSE = 0  # of the pose
    _DETECTED_NOSE = 2
    _NEIGHBOURS = 4  # faces that can be in the region where there are several people

    def __init__(
        self,
        several: bool = False,
        redetect_interval: int = EVERY_FRAME,
        phase: int = 0,
        settles: bool = False,
        shift: float = SHIFT,
    ) -> None:
        super().__init__(redetect_interval, phase)
        self._limit = self._NEIGHBOURS if several else 1
        self._settles = settles
        self._shift = shift
        self.simple = False
        """Whether to trust the landmarks of the frame before, without asking the detector."""

    _region_of = staticmethod(mesh_region)

    def _trusts(self, kept: Region, expected: ExpectedRegion) -> bool:
        return self.simple or super()._trusts(kept, expected)

    def _settled(
        self, estimate: FaceEstimate, landmarks: Callable[[Region], FaceEstimate | None]
    ) -> FaceEstimate | None:
        return landmarks(self._region_of(estimate.points)) if self._settles else estimate

    def update(
        self, frame: np.ndarray, pose: np.ndarray, detector: Detector, landmarks: FaceLandmarks
    ) -> FaceEstimate | None:
        """The face of the body with the (33, 5) points ``pose``, or None."""
        search = self._around_head(pose, self._searched())
        nose = pose[self._NOSE, :2]
        return self._follow(
            ExpectedRegion(search, *self._EXPECTED),
            lambda region: self._detect(frame, region, nose, detector),
            lambda region: landmarks(frame, region),
        )

    def _searched(self) -> float:
        """Side of the region that the detector searches, in times the extent of the pose's head."""
        return self._SEARCHED

    def _around_head(self, pose: np.ndarray, scale: float) -> Region:
        """The region around the pose's head, so many times its extent."""
        right, left = pose[self._POSE_EYES, :2].tolist()
        head = landmark_extent(pose[: self._HEAD])
        return roi_from_box(head, axis_angle(right, left, LEVEL), scale=scale)

    def _detect(
        self, frame: np.ndarray, search: Region, nose: np.ndarray, detector: Detector
    ) -> Region | None:
        detections = detector(frame, search, self._limit)
        if not detections:
            return None
        keypoints = min(
            (detection.keypoints for detection in detections),
            key=lambda points: float(np.hypot(*(points[self._DETECTED_NOSE] - nose))),
        )
        right, left = keypoints[:2].tolist()
        return roi_from_box(
            extent(keypoints), axis_angle(right, left, LEVEL), scale=2.0, shift=self._shift
        )


class HandTrack(PartTrack[HandEstimate]):
    """Follows one hand: the body's "left_hand" or "right_hand"."""

    _LIMITS = Limits(angle=40, shift=0.2, change=0.4, margin=-0.1)
    _EXPECTED = (0.15, 0.4, 0.8)  # reach, least and most side: see ExpectedRegion

    _MIN_VISIBILITY = 0.1  # of the wrist

    def __init__(self, side: str, redetect_interval: int = EVERY_FRAME, phase: int = 0) -> None:
        super().__init__(redetect_interval, phase)
        self._pose_points = POSE_POINTS_OF_HAND[side]

    _region_of = staticmethod(palm_region)

    def update(
        self, frame: np.ndarray, pose: np.ndarray, recrop: HandRecrop, landmarks: HandLandmarks
    ) -> HandEstimate | None:
        """The hand of the body with the (33, 5) points ``pose``, or None."""
        if pose[self._pose_points[0], VISIBILITY] <= self._MIN_VISIBILITY:
            self.reset()
            return None
        return self._follow(
            ExpectedRegion(self._region_from_pose(pose), *self._EXPECTED),
            lambda region: recrop(frame, region),
            lambda region: landmarks(frame, region),
        )

    def _region_from_pose(self, pose: np.ndarray) -> Region:
        wrist, pinky, index = pose[self._pose_points, :2].tolist()
        middle = [(2 * i + p) / 3 for i, p in zip(index, pinky, strict=True)]
        size = 2 * float(np.hypot(middle[0] - wrist[0], middle[1] - wrist[1]))
        angle = axis_angle(wrist, middle, UPRIGHT)
        return roi_from_rect(middle[0], middle[1], size, size, angle, scale=2.7, shift=-0.1)


class SelfTrack(Generic[Part]):
    """Follows a face or a hand without a body, from its own landmarks alone.

    ``region_of`` is ``mesh_region`` or ``palm_region``.
    """

    region: Region | None = None

    def __init__(self, region_of: Callable[[np.ndarray], Region]) -> None:
        self._region_of = region_of

    def accept(self, estimate: Part, _: float) -> Part:
        """Follow what was found."""
        self.region = self._region_of(estimate.points)
        return estimate

    def lose(self) -> None:
        """It is not in this frame."""
        self.region = None

    reset = lose
