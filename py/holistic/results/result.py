"""What the tracker found: people, and their landmarks as named arrays.

In all image landmarks x and y run from 0 to 1 across the frame (and past it where a part leaves
it), and z is in frame widths, smaller is nearer. World landmarks are in metres along the frame's
axes; their origin is between the hips, or the hand's centre. Left is the person's left.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from holistic.results import record as records
from holistic.results import tables
from holistic.results.blendshapes import Blendshapes
from holistic.results.named_points import (
    Box,
    FacePoints,
    HandPoints,
    Points,
    PosePoints,
    Rotations,
    WorldPosePoints,
)
from holistic.results.tables import APPROXIMATE, BLENDSHAPES, MEASURES
from holistic.shared import layout

DECIMALS = 5
"""Digits kept in exported numbers: a hundredth of a pixel in a frame 1000 px wide."""

CSV_COLUMNS = ("timestamp", "person", "part", "point", "name", *MEASURES)
"""Columns of ``Result.to_csv``: one line a landmark.

The handedness is the hand's and the score the part's: in all lines of it the same. Blendshapes are
lines of the part BLENDSHAPES, or APPROXIMATE, with nothing but a score.
"""

SHAPES = {
    "pose": (layout.POSE_POINTS, layout.POSE_VALUES),
    "pose_world": (layout.POSE_POINTS, 3),
    "face": (layout.FACE_POINTS, 3),
    "left_hand": (layout.HAND_POINTS, 3),
    "right_hand": (layout.HAND_POINTS, 3),
    "left_hand_world": (layout.HAND_POINTS, 3),
    "right_hand_world": (layout.HAND_POINTS, 3),
}
"""A person's arrays and their shapes (the face has ten points more with ``refine_face``)."""

HANDEDNESS = {"left_hand": "left_handedness", "right_hand": "right_handedness"}
"""A person's hands and the numbers that say how much they look like left ones."""

MOTION = {"rotations": (layout.BONES, 4), "hips_position": (3,)}
"""What a person's bones do, and its shapes; there where it was asked for."""

ASKED_FOR = {BLENDSHAPES: (layout.BLENDSHAPE_COUNT,), APPROXIMATE: (), **MOTION}
"""A person's other arrays that are there only where they were asked for, and their shapes."""

_IMAGE_PARTS = ("pose", "face", "left_hand", "right_hand")
_VISIBLE = 0.5


def rounded(values: np.ndarray | float | None) -> Any:
    """An array as nested lists of short numbers, a number as a short one; None stays None."""
    return None if values is None else np.round(np.asarray(values, np.float64), DECIMALS).tolist()


@dataclass(frozen=True, eq=False)
class Person:
    """One person. A part that was not found, or not asked for, is None.

    Attributes:
        id: the track id: the same number for the same person from frame to frame.
        pose: (33, 5): x, y, z, visibility and presence (0 to 1).
        pose_world: (33, 3), in metres.
        face: (468, 3), or (478, 3) with the irises.
        left_hand: (21, 3), the person's own left.
        right_hand: (21, 3).
        left_hand_world: (21, 3), in metres.
        right_hand_world: (21, 3), in metres.
        left_handedness: how much the left hand looks like a left one, 0 to 1.
        right_handedness: how much the right hand looks like a left one, 0 to 1.
        blendshapes: (52,), the face's expression; None unless asked for.
        blendshapes_approximate: whether they are rough, as ``blendshapes="approximate"`` makes
            them; those that are not in ``inference.approximate_blendshapes.GIVEN`` are 0 then.
        scores: how sure the tracker is of each part that it found, 0 to 1; 0 for a hand that it
            did not find and carries on (``Options.carry_hands``).
        mask: (H, W) float32, 1 where the person is and 0 elsewhere; None unless asked for.
        rotations: (54, 4): x, y, z, w of the bones, by name; None unless asked for. See
            ``holistic.motion``.
        hips_position: (3,) metres to the person's left, up and to the camera from where the hips
            were first; None where that is not known.
    """

    id: int
    pose: PosePoints | None = None
    pose_world: WorldPosePoints | None = None
    face: FacePoints | None = None
    left_hand: HandPoints | None = None
    right_hand: HandPoints | None = None
    left_hand_world: HandPoints | None = None
    right_hand_world: HandPoints | None = None
    left_handedness: float | None = None
    right_handedness: float | None = None
    blendshapes: Blendshapes | None = None
    scores: dict[str, float] = field(default_factory=dict)
    mask: np.ndarray | None = None
    rotations: Rotations | None = None
    hips_position: np.ndarray | None = None
    blendshapes_approximate: bool = False

    def parts(self) -> Iterator[tuple[str, Points]]:
        """The arrays that there are, with their names, in the order of ``SHAPES``."""
        for name in SHAPES:
            points = getattr(self, name)
            if points is not None:
                yield name, points

    def asked_for(self, name: str) -> Any:
        """What the person has of a name of ``ASKED_FOR``; None without it."""
        value = getattr(self, name)
        return None if value is False else value

    @property
    def predicted(self) -> tuple[str, ...]:
        """The hands that were not found in this frame, and are carried on from an earlier one."""
        return tuple(part for part, score in self.scores.items() if score == 0)

    @property
    def box(self) -> Box:
        """The box around the person's image landmarks; invisible points of the pose are left out.

        Raises:
            ValueError: the person has no part.
        """
        pieces = [points.xy for name, points in self.parts() if name in _IMAGE_PARTS]
        if self.pose is not None:
            seen = self.pose.visibility >= _VISIBLE
            pieces[0] = self.pose.xy[seen] if seen.any() else self.pose.xy
        return Points.of(np.concatenate(pieces)).box

    def to_dict(self) -> dict[str, Any]:
        """All but the mask as plain lists and numbers, None where a part is absent.

        Rotations and the hips' position are there where there are any, and APPROXIMATE where
        blendshapes are.
        """
        turned = {name: rounded(getattr(self, name)) for name in MOTION}
        return {
            "id": self.id,
            **{name: rounded(getattr(self, name)) for name in SHAPES},
            **{name: rounded(getattr(self, name)) for name in HANDEDNESS.values()},
            BLENDSHAPES: None
            if self.blendshapes is None
            else {name: rounded(value) for name, value in self.blendshapes.as_dict().items()},
            **({APPROXIMATE: True} if self.blendshapes_approximate else {}),
            "scores": {part: rounded(score) for part, score in self.scores.items()},
            "predicted": list(self.predicted),
            **{name: values for name, values in turned.items() if values is not None},
        }


@dataclass(frozen=True, eq=False)
class Result:
    """One frame: its time stamp (ms), its size in pixels and the people in it.

    ``result.pose``, ``result.face`` and so on are the first person's, for the many programs that
    look at one person; they are None without one. ``level`` is the effort that the frame got
    (see ``holistic.shared.quality``), and ``level_reason`` why. ``still`` says that nothing has
    moved, so that the people are those of the frame before. ``skipped`` names the parts that were
    not computed in this frame: all of them where it is still, else those that the level carries on
    from the frames before.
    """

    timestamp: float
    width: int
    height: int
    people: tuple[Person, ...]
    level: str = "full"
    level_reason: str = "fixed"
    still: bool = False
    skipped: tuple[str, ...] = ()

    @property
    def person(self) -> Person | None:
        """The first person."""
        return self.people[0] if self.people else None

    @property
    def pose(self) -> PosePoints | None:
        """The first person's pose."""
        return self.person.pose if self.person else None

    @property
    def pose_world(self) -> WorldPosePoints | None:
        """The first person's pose in metres."""
        return self.person.pose_world if self.person else None

    @property
    def face(self) -> FacePoints | None:
        """The first person's face."""
        return self.person.face if self.person else None

    @property
    def left_hand(self) -> HandPoints | None:
        """The first person's left hand."""
        return self.person.left_hand if self.person else None

    @property
    def right_hand(self) -> HandPoints | None:
        """The first person's right hand."""
        return self.person.right_hand if self.person else None

    @property
    def blendshapes(self) -> Blendshapes | None:
        """The first person's blendshapes."""
        return self.person.blendshapes if self.person else None

    def pixels(self, points: Points) -> np.ndarray:
        """(points, 3): image landmarks of this frame in its pixels; z too."""
        return points.pixels(self.width, self.height)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain numbers, lists and dictionaries.

        ``still`` and ``skipped`` are there where they say something.
        """
        return {
            "timestamp": round(self.timestamp, 3),
            "width": self.width,
            "height": self.height,
            **({"still": True} if self.still else {}),
            **({"skipped": list(self.skipped)} if self.skipped else {}),
            "people": [person.to_dict() for person in self.people],
        }

    def to_json(self) -> str:
        """The result as JSON text."""
        return json.dumps(self.to_dict())

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """One row a landmark, as ``CSV_COLUMNS`` says; None where a column does not apply."""
        timestamp = round(self.timestamp, 3)
        for person in self.people:
            for part, points in person.parts():
                names = {row: name for name, row in points.names.items()}
                found = part.removesuffix("_world")
                handedness = getattr(person, HANDEDNESS[found]) if found in HANDEDNESS else None
                ends = rounded(handedness), rounded(person.scores.get(found))
                for row, values in enumerate(rounded(points)):
                    numbers = (*values, None, None)[: layout.POSE_VALUES]
                    yield timestamp, person.id, part, row, names.get(row), *numbers, *ends
            if person.blendshapes is not None:
                empty = (None,) * (len(MEASURES) - 1)
                part = tables.blendshapes_part(person)
                for row, (name, value) in enumerate(person.blendshapes.as_dict().items()):
                    yield timestamp, person.id, part, row, name, *empty, rounded(value)

    def to_csv(self, header: bool = True) -> str:
        """The result as CSV text, one line a landmark, with ``CSV_COLUMNS`` as the first line.

        Texts of several frames are one table if only the first of them has a ``header``.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if header:
            writer.writerow(CSV_COLUMNS)
        writer.writerows(self.rows())
        return text.getvalue()

    def to_pandas(self) -> Any:
        """The result as a pandas.DataFrame, one row a landmark; see ``tables.to_pandas``.

        Raises:
            MissingLibraryError: pandas is not installed.
        """
        return tables.to_pandas((self,))

    def to_xarray(self) -> Any:
        """The result as an xarray.Dataset, a variable for each part; see ``tables.to_xarray``.

        Raises:
            MissingLibraryError: xarray is not installed.
        """
        return tables.to_xarray((self,), {"width": self.width, "height": self.height})

    def to_numpy(self) -> dict[str, np.ndarray]:
        """The result as arrays over its n people, ready for ``numpy.savez``.

        - "timestamp" (), in milliseconds; "size" (2,), width and height in pixels; "id" (n,)
        - for each name of ``SHAPES`` an array (n, points, values)
        - "left_handedness" and "right_handedness" (n,)
        - "scores" (n, 4), of pose, face, left and right hand
        - "blendshapes" (n, 52), if anybody has them
        - "blendshapes_approximate" (n,), 1 where they are, if anybody's are
        - "mask" (n, H, W), if the people have masks

        Values are NaN where a person lacks the part.
        """
        arrays: dict[str, np.ndarray] = {
            "timestamp": np.array(self.timestamp, np.float64),
            "size": np.array((self.width, self.height)),
            "id": np.array([person.id for person in self.people], np.int64),
        }
        faces = [len(person.face) for person in self.people if person.face is not None]
        for name, (points, values) in SHAPES.items():
            if name == "face":
                points = max(faces, default=points)  # noqa: PLW2901 - with or without irises
            stack = np.full((len(self.people), points, values), np.nan, np.float32)
            for row, person in zip(stack, self.people, strict=True):
                found = getattr(person, name)
                if found is not None:
                    row[: len(found)] = found
            arrays[name] = stack
        for name in HANDEDNESS.values():  # None becomes NaN
            arrays[name] = np.array([getattr(person, name) for person in self.people], np.float32)
        scores = [[person.scores.get(part) for part in layout.PARTS] for person in self.people]
        arrays["scores"] = np.array(scores, np.float32).reshape(-1, len(layout.PARTS))
        for name, shape in ASKED_FOR.items():
            found = [person.asked_for(name) for person in self.people]
            if any(each is not None for each in found):
                absent = np.full(shape, np.nan)
                rows = [absent if each is None else each for each in found]
                arrays[name] = np.stack(rows).astype(np.float32)
        masks = [person.mask for person in self.people if person.mask is not None]
        if masks and len(masks) == len(self.people):
            arrays["mask"] = np.stack(masks)
        return arrays


def person_from_section(section: np.ndarray) -> Person | None:
    """The person in a section of a record (layout.PERSON_FLOATS,), copied; None without a part."""
    if not records.is_there(section):
        return None
    found = [
        part
        for part in layout.PARTS
        if records.found(section, part) or records.predicted(section, part)
    ]
    parts: dict[str, Any] = {}
    if "pose" in found:
        parts["pose"] = PosePoints.of(records.pose_points(section).copy())
        parts["pose_world"] = WorldPosePoints.of(records.pose_world(section).copy())
    if "face" in found:
        face = records.face_and_irises if records.refined(section) else records.face_points
        parts["face"] = FacePoints.of(face(section).copy())
        if records.blendshapes(section).any():
            parts[BLENDSHAPES] = Blendshapes.of(records.blendshapes(section).copy())
            parts[APPROXIMATE] = not records.refined(section)
    for side in ("left", "right"):
        hand = f"{side}_hand"
        if hand in found:
            parts[hand] = HandPoints.of(records.hand_points(section, hand).copy())
            parts[f"{hand}_world"] = HandPoints.of(records.hand_world(section, hand).copy())
            handedness = records.section(section, hand)[layout.HAND_HANDEDNESS]
            parts[f"{side}_handedness"] = float(handedness)
    scores = {part: float(records.section(section, part)[records.SCORE]) for part in found}
    rotations, hips = records.rotations(section), records.hips_position(section)
    if rotations.any():
        parts["rotations"] = Rotations.of(rotations.copy())
        parts["hips_position"] = None if np.isnan(hips).any() else hips.copy()
    return Person(id=int(section[layout.PERSON_ID]), scores=scores, **parts)


def people_from_record(record: np.ndarray) -> tuple[Person, ...]:
    """The people in a record (layout.record_floats(people),), copied."""
    found = (person_from_section(section) for section in records.people(record))
    return tuple(person for person in found if person)
