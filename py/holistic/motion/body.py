"""A person's landmarks as the solver wants them: in VRM's axes, metres, with what can be seen.

x goes to the left of a person who faces the camera, y up and z to the camera. The tracker's axes
are x to the picture's right, y down and z away: half a turn about x.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from holistic.motion.quaternions import cross, frame, from_axes
from holistic.results.angles import head_rotation, openings
from holistic.results.named_points import FacePoints, PosePoints
from holistic.results.result import Person
from holistic.shared import layout
from holistic.shared.bones import SIDES
from holistic.shared.schedule import HANDS

AXES = np.array((1.0, -1.0, -1.0))
"""What the tracker's x, y and z are multiplied by."""

VISIBLE = 0.5
"""Above this visibility a point of the pose is believed."""

EITHER = 0.5
"""The handedness of a hand that may be either: that of left hands is above."""

_EYE_SHUT = 0.12  # of angles.openings
_EYEBALL = 0.8  # its radius, in halves of the distance between the eye's corners (12 and 15 mm)
_POINT = PosePoints.names
_MIRROR = np.array(((1.0, 1.0, 1.0), (-1.0, 1.0, 1.0)))
_MIRROR_TURN = np.array(((1.0, 1.0, 1.0, 1.0), (1.0, -1.0, -1.0, 1.0)))


class Body(NamedTuple):
    """What is known of a person in one frame.

    Attributes:
        pose: (33, 3) in metres around the middle of the hips; zero where there is none.
        visible: (33,) which of them can be seen.
        hands: (2, 21, 3) the left and the right hand, in metres; zero where there is none.
        hands_seen: (2,) which of them are there.
        palms: (2, 4) how they are turned; the right one mirrored to be a left one.
        contrary: (2,) which of them look like the other hand: their handedness is wrong.
        head: (4,) the face's rotation; None without a face.
        gaze: (2,) radians to the person's left and up, of the eyes in the head; None where the
            irises are not known, or the eyes are shut.
    """

    pose: np.ndarray
    visible: np.ndarray
    hands: np.ndarray
    hands_seen: np.ndarray
    palms: np.ndarray
    contrary: np.ndarray
    head: np.ndarray | None
    gaze: np.ndarray | None

    def point(self, name: str) -> np.ndarray:
        """(3,) the pose's point of this name."""
        return np.asarray(self.pose[_POINT[name]])

    def pair(self, name: str) -> np.ndarray:
        """(2, 3) the points of this name on the left and the right."""
        return np.asarray(self.pose[_rows(name)[:, 0]])

    def as_left(self, *names: str) -> np.ndarray:
        """(names, 2, 3) pairs, of which the right points are mirrored to be left ones."""
        return mirrored(self.pose[_rows(*names)]).swapaxes(0, 1)

    def sees(self, *names: str) -> np.ndarray:
        """(2,) whether all points of these names can be seen, on the left and on the right."""
        return np.asarray(self.visible[_rows(*names)].all(axis=1))


@cache
def _rows(*names: str) -> np.ndarray:
    """(2, names) the rows of the pose's points of these names, on the left and on the right."""
    return np.array([[_POINT[f"{side}_{name}"] for name in names] for side in SIDES])


def body(person: Person, width: int, height: int) -> Body:
    """The body of a person in a frame of that size in pixels."""
    pose, visible = np.zeros((layout.POSE_POINTS, 3)), np.zeros(layout.POSE_POINTS, bool)
    if person.pose_world is not None:
        pose = person.pose_world.xyz * AXES
        visible[:] = True
        if person.pose is not None:
            visible = person.pose.visibility >= VISIBLE
    found = [getattr(person, f"{hand}_world") for hand in HANDS]
    none = np.zeros((layout.HAND_POINTS, 3))
    hands = np.stack([none if hand is None else hand.xyz * AXES for hand in found])
    head = gaze = None
    if person.face is not None and np.ptp(person.face.xyz, axis=0).all():
        head, gaze = _head(person.face, width, height)
    hands_seen = np.array([hand is not None for hand in found])
    palms = hand_frames(mirrored(hands))
    return Body(pose, visible, hands, hands_seen, palms, _contrary(person), head, gaze)


def _contrary(person: Person) -> np.ndarray:
    """(2,) whose handedness is the other hand's; one that is not known is not."""
    left, right = person.left_handedness, person.right_handedness
    return np.array([left is not None and left < EITHER, right is not None and right > EITHER])


def _head(face: FacePoints, width: int, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The head's rotation, and the gaze in it."""
    left, down, backward = head_rotation(face, width, height).T * AXES
    axes = np.stack((left, -down, -backward))
    rotation = from_axes(*axes)
    if len(face) == layout.FACE_POINTS:
        return rotation, None
    opened = openings(face, width, height)
    points = FacePoints.of((face.pixels(width, height) * AXES) @ axes.T)  # along the head's axes
    looks = [_look(points, side) for side in ("left", "right") if opened[f"{side}_eye"] > _EYE_SHUT]
    return rotation, np.asarray(sum(looks) / len(looks)) if looks else None


def _look(points: FacePoints, side: str) -> np.ndarray:
    """(2,) radians to the person's left and up."""
    inner, outer, iris = points[f"{side}_eye_inner", f"{side}_eye_outer", f"{side}_iris"]
    radius = np.linalg.norm(outer - inner) / 2 * _EYEBALL
    offset = (iris - (inner + outer) / 2)[:2] / max(float(radius), 1e-9)
    return np.asarray(np.arcsin(np.clip(offset, -1, 1)))


def mirrored(vectors: np.ndarray) -> np.ndarray:
    """Vectors (2, ..., 3) of left and right, where the right ones are mirrored to be left ones."""
    return np.asarray(vectors * _MIRROR.reshape(2, *[1] * (vectors.ndim - 2), 3))


def mirrored_rotations(rotations: np.ndarray) -> np.ndarray:
    """The same with rotations (2, ..., 4)."""
    return np.asarray(rotations * _MIRROR_TURN.reshape(2, *[1] * (rotations.ndim - 2), 4))


def hand_frames(hands: np.ndarray) -> np.ndarray:
    """(..., 4) the rotations of left hands (..., 21, 3).

    x is along the palm, z to the thumb's side.
    """
    wrist, index, middle, little = (hands[..., row, :] for row in (0, 5, 9, 17))
    return _palm(middle - wrist, index - little)


def hand_frames_of_pose(wrist: np.ndarray, index: np.ndarray, little: np.ndarray) -> np.ndarray:
    """The same from the pose's three points of left hands, (..., 3) each."""
    return _palm((index + little) / 2 - wrist, index - little)


def _palm(along: np.ndarray, to_thumb: np.ndarray) -> np.ndarray:
    return frame(along, cross(to_thumb, along))


def foot_frames(ankle: np.ndarray, heel: np.ndarray, toes: np.ndarray) -> np.ndarray:
    """(..., 4) the rotations of feet: z from the heel to the toes, and the ankle above them."""
    z = toes - heel
    x = cross(ankle - heel, z)
    return frame(x, cross(z, x))
