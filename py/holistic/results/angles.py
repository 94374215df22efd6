"""Angles of joints and of the head, and open eyes: small functions on what the tracker found.

All angles are in degrees. Points are (n, 3) arrays whose axes have one unit: world landmarks, or
image landmarks in pixels (``Result.pixels``).
"""

from __future__ import annotations

from math import asin, atan2, degrees
from typing import NamedTuple

import numpy as np

from holistic.results.named_points import FacePoints, HandPoints, WorldPosePoints

JOINTS = {
    "left_elbow": ("left_shoulder", "left_elbow", "left_wrist"),
    "right_elbow": ("right_shoulder", "right_elbow", "right_wrist"),
    "left_shoulder": ("left_hip", "left_shoulder", "left_elbow"),
    "right_shoulder": ("right_hip", "right_shoulder", "right_elbow"),
    "left_hip": ("left_shoulder", "left_hip", "left_knee"),
    "right_hip": ("right_shoulder", "right_hip", "right_knee"),
    "left_knee": ("left_hip", "left_knee", "left_ankle"),
    "right_knee": ("right_hip", "right_knee", "right_ankle"),
    "left_ankle": ("left_knee", "left_ankle", "left_foot_index"),
    "right_ankle": ("right_knee", "right_ankle", "right_foot_index"),
}
"""The body's joints, each between two other points: a stretched arm's elbow has 180 degrees."""

FINGER_JOINTS = {
    "thumb_mcp": ("thumb_cmc", "thumb_mcp", "thumb_ip"),
    "thumb_ip": ("thumb_mcp", "thumb_ip", "thumb_tip"),
} | {
    f"{finger}_{joint}": (
        before if before == "wrist" else f"{finger}_{before}",
        f"{finger}_{joint}",
        f"{finger}_{after}",
    )
    for finger in ("index_finger", "middle_finger", "ring_finger", "pinky")
    for before, joint, after in (
        ("wrist", "mcp", "pip"),
        ("mcp", "pip", "dip"),
        ("pip", "dip", "tip"),
    )
}
"""The fingers' joints: a stretched finger has 180 degrees in each."""

OPENINGS = {
    "left_eye": ("left_eye_top", "left_eye_bottom", "left_eye_inner", "left_eye_outer"),
    "right_eye": ("right_eye_top", "right_eye_bottom", "right_eye_inner", "right_eye_outer"),
    "mouth": ("upper_lip", "lower_lip", "mouth_left", "mouth_right"),
}
"""What opens in a face: its two lids or lips, and the two corners beside them."""

_OPENINGS = np.array([[FacePoints.names[each] for each in names] for names in OPENINGS.values()]).T


class HeadPose(NamedTuple):
    """Where a head is turned to, in degrees; 0, 0, 0 looks straight into the camera.

    ``yaw`` is positive when the person turns to the own left, ``pitch`` when it looks up, and
    ``roll`` when the head leans towards its own left shoulder.
    """

    yaw: float
    pitch: float
    roll: float


def angle(first: np.ndarray, vertex: np.ndarray, last: np.ndarray) -> float:
    """The angle at ``vertex`` between the directions to two other points, 0 to 180 degrees.

    NaN where a direction has no length.
    """
    a, b = first[:3] - vertex[:3], last[:3] - vertex[:3]
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    if not scale > 0:
        return float("nan")
    return degrees(float(np.arccos(np.clip(a @ b / scale, -1, 1))))


def joint_angles(world: WorldPosePoints) -> dict[str, float]:
    """The angle at each of ``JOINTS``, from a person's ``pose_world``."""
    return {joint: angle(*world[names]) for joint, names in JOINTS.items()}


def finger_angles(world: HandPoints) -> dict[str, float]:
    """The angle at each of ``FINGER_JOINTS``, from ``left_hand_world`` or ``right_hand_world``."""
    return {joint: angle(*world[names]) for joint, names in FINGER_JOINTS.items()}


def head_rotation(face: FacePoints, width: int, height: int) -> np.ndarray:
    """The (3, 3) matrix whose columns are the head's axes in the frame of that size in pixels.

    They are the head's left, its downward and its backward direction; the frame's are right,
    down and away from the camera, so a face that looks into the camera has the unit matrix. The
    downward axis is that from forehead to chin; the eyes tell left from right.

    Raises:
        ValueError: the face has no extent.
    """
    points = FacePoints.of(face.pixels(width, height))
    right, left, top, bottom = points["right_eye_outer", "left_eye_outer", "forehead", "chin"]
    across, down = left - right, bottom - top
    backward = np.cross(across, down)
    if not np.linalg.norm(backward) > 0:
        raise ValueError("the face's points lie on one line: it has no direction")
    axes = np.stack((np.cross(down, backward), down, backward), axis=1)
    return np.asarray(axes / np.linalg.norm(axes, axis=0))


def head_pose(face: FacePoints, width: int, height: int) -> HeadPose:
    """Yaw, pitch and roll of a ``face`` in a frame of that size in pixels.

    The angles are taken in this order: the head leans (roll), then nods, then turns. The view is
    taken to be parallel, so a head far from the picture's middle seems a little turned.

    Raises:
        ValueError: the face has no extent.
    """
    axes = head_rotation(face, width, height)
    x, y, z = (-axes[:, 2]).tolist()  # where the nose points to
    yaw = atan2(x, -z)
    pitch = asin(min(1.0, max(-1.0, -y)))
    # Without yaw and pitch the head's left would be the frame's right, turned by the roll alone.
    level = np.array((np.cos(yaw), 0, np.sin(yaw)))
    upright = np.cross(axes[:, 2], level)
    roll = atan2(float(axes[:, 0] @ upright), float(axes[:, 0] @ level))
    return HeadPose(degrees(yaw), degrees(pitch), degrees(roll))


def openings(face: FacePoints, width: int, height: int) -> dict[str, float]:
    """How far each of ``OPENINGS`` is open, of a ``face`` in a frame of that size in pixels.

    It is the distance between the lids, or the lips, as a share of that between the corners, in
    space, so that it depends neither on the face's size nor much on where it is turned to. An open
    eye has about 0.3 and a shut one 0.1; a shut mouth has 0, a wide open one 1. NaN where the
    corners are in one point.
    """
    upper, lower, first, last = face.pixels(width, height)[_OPENINGS]
    opened = np.linalg.norm(upper - lower, axis=1).tolist()
    across = np.linalg.norm(first - last, axis=1).tolist()
    return {
        name: far / wide if wide > 0 else float("nan")
        for name, far, wide in zip(OPENINGS, opened, across, strict=True)
    }
