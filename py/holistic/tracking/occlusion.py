"""People shoulder to shoulder: seeing one of them alone.

Where people sit or stand close together, BlazePose's detector sees one of two bodies, and the
landmark network, whose region then shows several people, follows the most distinct one. Faces stay
apart, and tell whose head is where. So the tracker looks at one of them in a picture in which the
heads and trunks of all others are covered (see ``body_search``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from holistic.inference.detector import OVERLAP, Detector, box_of, overlaps
from holistic.inference.roi import Region, extent
from holistic.tracking.search import SearchWindow

MIN_FACE = 0.55
"""Score of a face that a body is searched below."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in frame pixels."""

_GREY = 128
_TRUNK = (0.8, 1.1, 4.0)  # to either side of a face's middle, above and below it; in its widths
_BODIES = ((4.0, 12.0), (3.0, 9.0))
"""Middles of a body's regions below its face, and the regions' sides, in widths of the face."""
_OWN = 0.6  # how far from a face's middle the head of its body may be, in widths of the face
_HEAD_WIDTHS = (0.25, 1.6)  # of the head of its body, least and most, in widths of the face
_HEAD = slice(0, 11)  # of a pose's points
_TRUNK_POINTS = (*range(13), 23, 24)  # of a pose: head, shoulders and hips


class Face(NamedTuple):
    """A face that BlazeFace has seen: score, middle and width in frame pixels."""

    score: float
    x: float
    y: float
    width: float

    @property
    def trunk(self) -> Box:
        """About where the head and the trunk below it are."""
        aside, above, below = (part * self.width for part in _TRUNK)
        return self.x - aside, self.y - above, self.x + aside, self.y + below

    @property
    def regions(self) -> list[Region]:
        """The regions of the landmarks of the body below it, if that is upright."""
        width = self.width
        return [Region(self.x, self.y + down * width, size * width, 0.0) for down, size in _BODIES]

    def is_of(self, pose: np.ndarray) -> bool:
        """Whether the (33, 2 or more) points are those of the body that this is the face of."""
        return self._off(pose) < _OWN

    def agreement(self, pose: np.ndarray) -> float:
        """How well it is the face of a body with the (33, 2 or more) points, 0 to 1; 0: not at all.

        It is the score, by half less where the face is as far off as can be.
        """
        left, _, right, _ = extent(pose[_HEAD])
        least, most = _HEAD_WIDTHS
        off = self._off(pose)
        if off >= _OWN or not least < (right - left) / self.width < most:
            return 0.0
        return self.score * (1 - off / (2 * _OWN))

    def _off(self, pose: np.ndarray) -> float:
        """How far from its middle the head of the body is, in its widths."""
        x, y = pose[_HEAD, :2].mean(axis=0).tolist()
        return float(np.hypot(x - self.x, y - self.y)) / self.width


def trunk(pose: np.ndarray) -> Box:
    """The box around head, shoulders and hips of a body's (33, 2 or more) points."""
    return extent(pose[_TRUNK_POINTS, :])


def alone(frame: np.ndarray, own: Box, others: Iterable[Box]) -> np.ndarray:
    """A copy of the frame that shows what is in the box ``own`` and not what is in the others."""
    covered = frame.copy()
    for box in others:
        covered[_inside(box)] = _GREY
    covered[_inside(own)] = frame[_inside(own)]
    return covered


def body_alone(frame: np.ndarray, own: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    """The same for bodies by their (33, 2 or more) points."""
    return alone(frame, trunk(own), map(trunk, others))


def _inside(box: Box) -> tuple[slice, slice]:
    left, top, right, bottom = (max(round(side), 0) for side in box)
    return slice(top, bottom), slice(left, right)


def faces(
    frame: np.ndarray, searches: Iterable[SearchWindow], detector: Detector, limit: int
) -> list[Face]:
    """The faces in the windows, best first, each once."""
    seen = sorted(
        (
            (detection.score, box_of(detection, search.window))
            for search in searches
            for detection in detector(frame, search.window, limit, MIN_FACE)
        ),
        key=lambda one: -one[0],
    )
    boxes = np.empty((0, 4))
    found = []
    for score, box in seen:
        if not (overlaps(np.array(box), boxes) > OVERLAP).any():
            boxes = np.vstack((boxes, box))
            left, top, right, bottom = box
            found.append(Face(score, (left + right) / 2, (top + bottom) / 2, right - left))
    return found
