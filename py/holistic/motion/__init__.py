"""How people's bones are turned: rotations for avatars and files of motion, from landmarks.

``Solver`` follows one person from frame to frame; ``solve`` looks at one frame.

- ``quaternions``: rotations, many at once
- ``body``: a person's landmarks in metres and VRM's axes, with what can be seen
- ``doubt``: hands that are not believed for a moment
- ``limits``: limits of human joints
- ``limbs``: arms and legs
- ``fingers``: fingers
- ``solver``: from one frame's landmarks to the rotations of all bones
- ``root``: where the hips are
- ``follower``: from frame to frame: held, relaxed, smoothed
- ``expressions``: VRM's expressions of a face
- ``skeleton``: a skeleton at rest, and posed by rotations
"""

from holistic.motion.follower import RELAXED, SMOOTHING, Motion, Solver, solve
from holistic.motion.skeleton import (
    STANDARD,
    Posed,
    Proportions,
    Skeleton,
    posed,
    proportions,
    skeleton,
)
from holistic.shared.bones import BONES, PARENTS

__all__ = [
    "BONES",
    "PARENTS",
    "RELAXED",
    "SMOOTHING",
    "STANDARD",
    "Motion",
    "Posed",
    "Proportions",
    "Skeleton",
    "Solver",
    "posed",
    "proportions",
    "skeleton",
    "solve",
]
