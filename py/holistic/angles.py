"""Angles of joints, fingers and the head, and openings of eyes and mouth: ``results.angles``."""

from holistic.results.angles import (
    FINGER_JOINTS,
    JOINTS,
    OPENINGS,
    HeadPose,
    angle,
    finger_angles,
    head_pose,
    head_rotation,
    joint_angles,
    openings,
)

__all__ = [
    "FINGER_JOINTS",
    "JOINTS",
    "OPENINGS",
    "HeadPose",
    "angle",
    "finger_angles",
    "head_pose",
    "head_rotation",
    "joint_angles",
    "openings",
]
