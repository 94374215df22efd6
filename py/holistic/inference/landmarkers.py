"""The landmark submodels of Holistic: each finds one part in a region of the frame.

They have no memory; what carries over from frame to frame lives in ``tracking``. All of them take
the frame as uint8 (H, W, 3 or 4), RGB or RGBA, and give coordinates in frame pixels (z too),
world landmarks in metres along the frame's axes.

Sources: the model cards and graphs of MediaPipe's pose_detection, pose_landmark, face_detection,
face_landmark, hand_landmark and holistic_landmark modules.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from holistic.inference.model import Network
from holistic.inference.roi import UPSIDE_DOWN, Region, roi_from_alignment_points, to_frame, turned
from holistic.shared.layout import FACE_POINTS, HAND_POINTS, POSE_POINTS


class RegionMask(NamedTuple):
    """For each pixel (256, 256) of a region's crop, how likely the body is there."""

    values: np.ndarray
    region: Region


class PoseEstimate(NamedTuple):
    """A body: score, (33, 5) points (x, y, z, visibility, presence), world and (2, 2) axis.

    The axis, mid-hip and the top of a circle around the whole body, gives the body's region in
    the next frame. ``mask``, for the models that give it, says where in its region the body is.
    """

    score: float
    points: np.ndarray
    world: np.ndarray
    axis: np.ndarray
    mask: RegionMask | None = None


class FaceEstimate(NamedTuple):
    """A face: score and (468, 3) points, or (478, 3) with the irises."""

    score: float
    points: np.ndarray


class HandEstimate(NamedTuple):
    """A hand: score, probability that it is a left hand, (21, 3) points and (21, 3) world."""

    score: float
    left: float
    points: np.ndarray
    world: np.ndarray


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Probabilities of ``logits``."""
    return 0.5 + 0.5 * np.tanh(0.5 * logits)  # unlike 1 / (1 + exp(-x)), it cannot overflow


MIN_HEAT = 0.5
"""How hot one of a window's cells must be for a point to be refined."""


def refine(points: np.ndarray, heat: np.ndarray, reach: int) -> None:
    """Move each point to the centre of gravity of its heat map's window, where that is hot.

    ``points`` (n, 2 or more) are fractions of the region and are changed in place; ``heat``
    (side, side, n or more) holds the logits as row, column and point, its side a power of two. The
    window reaches so many cells to each side.

    Source: MediaPipe's ``refine_landmarks_from_heatmap`` calculator.
    """
    side, width = len(heat), 2 * reach + 1
    across, down = _window(reach)
    cells = (points[:, :2] * side).astype(np.intp)
    columns, rows = cells[:, :1] + across, cells[:, 1:] + down
    inside = (columns | rows) & -side == 0
    places = (rows * side + columns) * heat.shape[2] + np.arange(len(points))[:, None]
    weights = sigmoid(heat.take(places, mode="clip")) * inside
    # As in MediaPipe, a point below the heat map may still be drawn back into it.
    refined = weights.max(axis=1) >= MIN_HEAT
    refined &= (cells >= 0).all(axis=1) & (cells[:, 0] < side)
    total = weights.sum(axis=1) * side
    window = weights.reshape(-1, width, width)
    columns, rows = columns[:, :width], rows[:, ::width]
    for axis, sums, cells_along in (
        (0, window.sum(axis=1), columns),
        (1, window.sum(axis=2), rows),
    ):
        moved = (sums * cells_along).sum(axis=1)
        np.divide(moved, total, out=points[:, axis], where=refined)


@cache
def _window(reach: int) -> tuple[np.ndarray, np.ndarray]:
    """How far across and down the cells of a window, (cells,) each, lie from its middle."""
    along = np.arange(-reach, reach + 1)
    across, down = np.meshgrid(along, along)
    return across.ravel(), down.ravel()


class PoseLandmarks:
    """BlazePose's landmarks: a body in its region, refined by the network's heat maps.

    With ``mask`` the model must be one that gives the body's mask too.
    """

    MIN_SCORE = 0.5
    REACH = 4
    """How far around a point its refinement weighs cells, in MediaPipe's solutions.

    Their graph file asks for a window of 7 cells; 0.10.21 computes the calculator's default of 9.
    """
    TASKS_REACH = 3

    _OUTPUTS = 39  # points in the network's tensors: 33, two of the axis, four unused ones
    _KEPT = POSE_POINTS + 2
    _HEAT = 64  # side of the heat maps
    _MASK = 256  # side of the mask

    def __init__(self, name: str, content: bytes, mask: bool = False, threads: int = 1) -> None:
        points = self._OUTPUTS
        lengths = (points * 5, 1, points * self._HEAT**2, points * 3)
        masks = (self._MASK**2,) if mask else ()
        self.network = Network(name, content, lengths + masks, threads=threads)

    def __call__(
        self,
        frame: np.ndarray,
        region: Region,
        min_score: float = MIN_SCORE,
        reach: int = REACH,
    ) -> PoseEstimate | None:
        """The body in the region, or None where there is none."""
        values, flag, heat, world, *masks = self.network(frame, region)
        score = float(flag[0])
        if score <= min_score:
            return None
        values = values.reshape(-1, 5)[: self._KEPT].astype(np.float64)
        points = values[:, :3] / self.network.size
        refine(points, heat.reshape(self._HEAT, self._HEAT, -1), reach)
        points = to_frame(points, region)
        return PoseEstimate(
            score,
            np.hstack((points, sigmoid(values[:, 3:])))[:POSE_POINTS],
            turned(world.reshape(-1, 3)[:POSE_POINTS], region),
            points[POSE_POINTS:, :2],
            *(RegionMask(sigmoid(m.reshape(self._MASK, self._MASK)), region) for m in masks),
        )


class FaceLandmarks:
    """The face mesh of so many ``points``: 468, or 478 with the irises (the network V2)."""

    MIN_SCORE = 0.5

    def __init__(
        self,
        content: bytes,
        threads: int = 1,
        *,
        name: str = "face_landmarks",
        points: int = FACE_POINTS,
    ) -> None:
        self.network = Network(name, content, (points * 3, 1), threads=threads)

    def __call__(
        self, frame: np.ndarray, region: Region, min_score: float = MIN_SCORE
    ) -> FaceEstimate | None:
        """The face in the region, or None where there is none."""
        points, flag = self.network(frame, region)
        score = float(sigmoid(flag[0]))
        if score <= min_score:
            return None
        return FaceEstimate(score, to_frame(points.reshape(-1, 3) / self.network.size, region))


class HandRecrop:
    """Finds a hand's exact region in the rough one that the pose gives."""

    def __init__(self, content: bytes, threads: int = 1) -> None:
        self.network = Network("hand_recrop", content, (4,), threads=threads)

    def __call__(self, frame: np.ndarray, region: Region) -> Region:
        """The region of the hand that is somewhere in ``region``."""
        (points,) = self.network(frame, region)
        centre, tip = to_frame(points.reshape(2, 2) / self.network.size, region).tolist()
        return roi_from_alignment_points(centre, tip, UPSIDE_DOWN, scale=1.0, shift=-0.1)


class HandLandmarks:
    """BlazeHand's landmarks: the hand in its region, 21 points.

    The network says how likely it is a right hand in a picture that is not mirrored. (MediaPipe's
    label file calls the same probability "Left", because it was written for selfies.)
    """

    MIN_SCORE = 0.5

    _DEPTH = 0.4  # the network's z is in this part of its x and y

    def __init__(self, name: str, content: bytes, threads: int = 1) -> None:
        values = HAND_POINTS * 3
        self.network = Network(name, content, (values, 1, 1, values), threads=threads)
        self._scale = np.array((1, 1, 1 / self._DEPTH)) / self.network.size

    def __call__(
        self, frame: np.ndarray, region: Region, min_score: float = MIN_SCORE
    ) -> HandEstimate | None:
        """The hand in the region, or None where there is none."""
        points, flag, right, world = self.network(frame, region)
        score = float(flag[0])
        if score <= min_score:
            return None
        return HandEstimate(
            score,
            1 - float(right[0]),
            to_frame(points.reshape(-1, 3) * self._scale, region),
            turned(world.reshape(-1, 3), region),
        )
