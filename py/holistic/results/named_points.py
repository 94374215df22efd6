"""Landmark arrays whose points have names.

``Points`` are NumPy arrays, one row for each landmark. They can be indexed by name too:

    person.pose["left_wrist"]              # (5,)
    person.pose["left_wrist", "left_elbow"]  # (2, 5)
    person.face["lips_outer"]              # (20, 3)
    person.pose.xy, person.pose.visibility, person.pose.box

The result of a computation with them, and a part of them, is a plain array.
"""

from __future__ import annotations

import difflib
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from holistic.shared import bones, landmarks


class Box(NamedTuple):
    """An upright box, in the units of the points that it encloses."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Bottom minus top."""
        return self.bottom - self.top


class NamedRows(np.ndarray):
    """An array (rows, values) whose rows have names.

    ``NamedRows.of(array)`` looks at an array so, without a copy.
    """

    names: ClassVar[dict[str, int]] = {}
    """The names, and their rows."""
    regions: ClassVar[dict[str, tuple[int, ...]]] = {}
    """Names of several rows together."""
    row_is: ClassVar[str] = "row"
    """What a row is called in messages."""

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """The array (rows, values) as one that can be indexed by name."""
        return np.asarray(values).view(cls)

    def rows(self, name: str) -> int | list[int]:
        """The row of a name, or the rows of a region.

        Raises:
            KeyError: there is no such name, or an unrefined face is asked for its irises.
        """
        if name not in self.names and name not in self.regions:
            close = difflib.get_close_matches(name, [*self.names, *self.regions], 3, cutoff=0)
            raise KeyError(f"there is no {self.row_is} {name!r}; perhaps {', '.join(close)}?")
        rows = self.names[name] if name in self.names else list(self.regions[name])
        if (rows if isinstance(rows, int) else max(rows)) >= len(self):
            raise KeyError(f"{name!r} is not among {len(self)} points: use refine_face=True")
        return rows

    def __getitem__(self, key: Any) -> Any:
        """Rows by name or by a tuple of names; anything else as for every array."""
        if isinstance(key, str):
            key = self.rows(key)
        elif isinstance(key, tuple) and key and all(isinstance(each, str) for each in key):
            key = [self.rows(each) for each in key]
        return np.asarray(self)[key]

    def __array_wrap__(self, array: np.ndarray, *context: Any, **options: Any) -> Any:
        """What is computed from named rows has no names."""
        return array[()] if array.ndim == 0 else np.asarray(array)


class Points(NamedRows):
    """Landmarks as an array (points, 3 or 5): x, y, z and, for a pose, visibility and presence.

    ``Points.of(array)`` looks at an array as points, without a copy.
    """

    row_is = "point"

    @property
    def xy(self) -> np.ndarray:
        """(points, 2): x and y."""
        return np.asarray(self)[:, :2]

    @property
    def xyz(self) -> np.ndarray:
        """(points, 3): x, y and z."""
        return np.asarray(self)[:, :3]

    @property
    def box(self) -> Box:
        """The smallest upright box around all points."""
        left, top = self.xy.min(axis=0).tolist()
        right, bottom = self.xy.max(axis=0).tolist()
        return Box(left, top, right, bottom)

    def pixels(self, width: int, height: int) -> np.ndarray:
        """(points, 3): image landmarks in pixels of a frame of this size; z too."""
        return self.xyz * (width, height, width)


class PosePoints(Points):
    """A body's 33 points."""

    names: ClassVar = {name: row for row, name in enumerate(landmarks.POSE)}

    @property
    def visibility(self) -> np.ndarray:
        """(33,) how likely each point can be seen, 0 to 1."""
        return np.asarray(self)[:, 3]

    @property
    def presence(self) -> np.ndarray:
        """(33,) how likely each point is inside the frame, 0 to 1."""
        return np.asarray(self)[:, 4]


class WorldPosePoints(Points):
    """A body's 33 points in metres."""

    names = PosePoints.names


class HandPoints(Points):
    """A hand's 21 points."""

    names: ClassVar = {name: row for row, name in enumerate(landmarks.HAND)}


class FacePoints(Points):
    """A face's 468 points, or 478 with the irises."""

    names = landmarks.FACE
    regions = landmarks.FACE_REGIONS


class Rotations(NamedRows):
    """Rotations of a humanoid's 54 bones: quaternions x, y, z, w."""

    names: ClassVar = {name: row for row, name in enumerate(bones.BONES)}
    row_is = "bone"


KINDS: dict[str, type[Points]] = {
    "pose": PosePoints,
    "pose_world": WorldPosePoints,
    "face": FacePoints,
    **dict.fromkeys(("left_hand", "right_hand", "left_hand_world", "right_hand_world"), HandPoints),
}
"""Which points a person's parts are made of."""
