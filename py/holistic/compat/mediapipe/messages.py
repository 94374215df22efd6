"""Landmark lists and classifications, as MediaPipe's programs read them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_COORDINATES = ("x", "y", "z")


@dataclass
class Landmark:
    """A point: coordinates and, for a pose, visibility."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    visibility: float = 0.0
    presence: float = 0.0
    has_visibility: bool = field(default=False, repr=False)

    def HasField(self, name: str) -> bool:  # noqa: N802 - its name in MediaPipe
        """Whether this field was given; raises ValueError for what is no field."""
        if name in _COORDINATES:
            return True
        if name not in ("visibility", "presence"):
            raise ValueError(f"a landmark has no field {name!r}")
        return name == "visibility" and self.has_visibility


@dataclass
class LandmarkList:
    """Landmarks in ``landmark``."""

    landmark: list[Landmark] = field(default_factory=list)


@dataclass
class Classification:
    """One label: its index, probability and name."""

    index: int
    score: float
    label: str


@dataclass
class ClassificationList:
    """Labels in ``classification``."""

    classification: list[Classification] = field(default_factory=list)


def landmark_list(points: np.ndarray, visibility: np.ndarray | None = None) -> LandmarkList:
    """The (n, 3 or more) ``points`` as a landmark list; ``visibility`` (n,) if there is one."""
    landmarks = [Landmark(x, y, z) for x, y, z in np.asarray(points)[:, :3].tolist()]
    if visibility is not None:
        for landmark, value in zip(landmarks, visibility.tolist(), strict=True):
            landmark.visibility, landmark.has_visibility = value, True
    return LandmarkList(landmarks)


def handedness(left: float) -> ClassificationList:
    """The label of a hand that is ``left`` likely to be a left hand.

    MediaPipe's labels are meant for mirrored pictures, so a right hand is called "Left".
    """
    index = int(left >= 0.5)
    score = max(left, 1 - left)
    return ClassificationList([Classification(index, score, ("Left", "Right")[index])])
