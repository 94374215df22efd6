"""MediaPipe's solutions, module by module as MediaPipe has them.

- ``holistic``, ``pose``, ``hands``, ``face_mesh``: the solutions
- ``pose_connections``, ``hands_connections``, ``face_mesh_connections``: lines between points
- ``drawing_utils``, ``drawing_styles``: drawing
"""

from holistic.compat.mediapipe.solutions import (
    drawing_styles,
    drawing_utils,
    face_mesh,
    face_mesh_connections,
    hands,
    hands_connections,
    holistic,
    pose,
    pose_connections,
)
from holistic.compat.mediapipe.solutions.face_mesh import FaceMesh
from holistic.compat.mediapipe.solutions.hands import Hands
from holistic.compat.mediapipe.solutions.holistic import Holistic
from holistic.compat.mediapipe.solutions.pose import Pose

__all__ = [
    "FaceMesh",
    "Hands",
    "Holistic",
    "Pose",
    "drawing_styles",
    "drawing_utils",
    "face_mesh",
    "face_mesh_connections",
    "hands",
    "hands_connections",
    "holistic",
    "pose",
    "pose_connections",
]
