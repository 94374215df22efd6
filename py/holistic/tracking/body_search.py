"""Finding several bodies: in windows of the frame and below faces, and telling who is real.

BlazePose's detector sees people who are large in what it is shown, one of two who stand close
together, and people in dogs and sunshades. Faces are seen from farther away and stay apart, so that
bodies are searched below them too. Whoever is found is looked at twice. What tells people from
mistakes is how well both looks agree, how sure the network is that shoulders and hips are in its
region, and whether there is a face at the head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from holistic.inference.detector import Detector, box_of, overlaps
from holistic.inference.landmarkers import PoseEstimate
from holistic.inference.roi import Region
from holistic.tracking.matching import dissimilarity, is_duplicate_body
from holistic.tracking.occlusion import Face, alone, faces, trunk
from holistic.tracking.regions import body_region_from_detection, body_region_from_estimate
from holistic.tracking.search import SearchWindow
from holistic.tracking.targets import Detect

DEEPEST = 1
"""Depth of the smallest windows in which bodies are detected.

In smaller ones more is invented than found (docs/accuracy.md); faces are detected in them.
"""

_SAME = 0.5  # intersection over union of two detections' boxes that are one
_PRESENCE = 4  # column of a pose point
_SHOULDERS, _HIPS = (11, 12), (23, 24)

Landmarks = Callable[[np.ndarray, Region], PoseEstimate | None]


class Evidence(NamedTuple):
    """What speaks for a body that was looked at twice.

    Attributes:
        change: dissimilarity of both looks, 2 at the most.
        shoulders, hips: how likely they are in the region, 0 to 1.
        face: score of the face at the head, less the farther off it is; 0 where there is none.
    """

    change: float
    shoulders: float
    hips: float
    face: float


WEIGHTS = Evidence(change=-2.3, shoulders=5.1, hips=1.2, face=2.6)
ENOUGH = 4.2
"""What the weighted evidence must be above: `python build.py evaluate --crowds` fits it."""


def is_real(evidence: Evidence) -> bool:
    """Whether a body is to be believed."""
    return float(np.dot(evidence, WEIGHTS)) > ENOUGH


class Twice(NamedTuple):
    """A body as it was seen at first, and then in the region that the first look gives."""

    first: PoseEstimate
    second: PoseEstimate

    def evidence(self, seen: Iterable[Face]) -> Evidence:
        """What speaks for it, if the faces ``seen`` are all that there are."""
        points = self.second.points
        return Evidence(
            min(dissimilarity(self.first.points, points), 2.0),
            float(points[_SHOULDERS, _PRESENCE].mean()),
            float(points[_HIPS, _PRESENCE].mean()),
            max((face.agreement(points) for face in seen), default=0.0),
        )


@dataclass(frozen=True)
class BodySearch:
    """Finds the bodies in windows of a frame, up to ``limit`` with those that are known.

    ``detector``, ``faces`` and ``landmarks`` are the submodels that it uses.
    """

    limit: int
    detector: Detect
    faces: Detector
    landmarks: Landmarks

    def __call__(
        self,
        frame: np.ndarray,
        searches: Sequence[SearchWindow],
        known: Sequence[PoseEstimate],
        believes: Callable[[Evidence], bool] = is_real,
    ) -> list[PoseEstimate]:
        """The bodies in the windows that are not among the ``known``."""
        bodies = list(known)
        for body, evidence in self.looks(frame, searches, bodies):
            if len(bodies) == self.limit:
                break
            if believes(evidence) and not _is_known(body, bodies):
                bodies.append(body)
        return bodies[len(known) :]

    def looks(
        self,
        frame: np.ndarray,
        searches: Sequence[SearchWindow],
        bodies: Sequence[PoseEstimate],
    ) -> Iterator[tuple[PoseEstimate, Evidence]]:
        """The bodies that are looked at, and what speaks for them.

        Whoever is put among ``bodies`` meanwhile is not searched for below their face.
        """
        seen = faces(frame, searches, self.faces, self.limit)
        for candidates in (self._detected(frame, searches), self._below(frame, seen, bodies)):
            for twice in candidates:
                yield twice.second, twice.evidence(seen)

    def _look(self, frame: np.ndarray, region: Region) -> Twice | None:
        first = self.landmarks(frame, region)
        second = first and self.landmarks(frame, body_region_from_estimate(first))
        return Twice(first, second) if first and second else None

    def _detected(self, frame: np.ndarray, searches: Iterable[SearchWindow]) -> Iterator[Twice]:
        """What the detector sees: in the whole frame first, then by its score, each body once."""
        seen = [
            (search.depth > 0, -detection.score, box_of(detection, search.window), region)
            for search in searches
            if search.depth <= DEEPEST
            for detection in self.detector(frame, search.window, self.limit)
            for region in [body_region_from_detection(detection, search.window)]
        ]
        boxes = np.empty((0, 4))
        for *_, box, region in sorted(seen):
            if not (overlaps(np.array(box), boxes) > _SAME).any():
                boxes = np.vstack((boxes, box))
                if twice := self._look(frame, region):
                    yield twice

    def _below(
        self, frame: np.ndarray, seen: Sequence[Face], bodies: Sequence[PoseEstimate]
    ) -> Iterator[Twice]:
        """The bodies below those faces that belong to none of ``bodies``, which may grow.

        Each is looked for in a picture in which the heads and trunks of all others are covered.
        """
        for face in seen:
            poses = [body.points for body in bodies]
            faceless = [trunk(pose) for pose in poses if not any(one.is_of(pose) for one in seen)]
            shown: np.ndarray | None = None
            for region in face.regions:
                if any(face.is_of(body.points) for body in bodies):
                    break
                if shown is None:
                    others = (other.trunk for other in seen if other is not face)
                    shown = alone(frame, face.trunk, [*faceless, *others])
                twice = self._look(shown, region)
                if twice and any(each.agreement(twice.second.points) for each in seen):
                    yield twice


def _is_known(body: PoseEstimate, bodies: Iterable[PoseEstimate]) -> bool:
    return any(is_duplicate_body(body.points, other.points) for other in bodies)
