"""MediaPipe's solutions, module by module as MediaPipe has them.

- ``holistic``, ``pose``, ``hands``, ``face_mesh``, ``face_detection``, ``selfie_segmentation``: the
  solutions
- ``pose_connections``, ``hands_connections``, ``face_mesh_connections``: lines between points
- ``drawing_utils``, ``drawing_styles``: drawing
"""

from holistic.compat.mediapipe.solutions import (
    drawing_styles,
    drawing_utils,
    face_detection,
    face_mesh,
    face_mesh_connections,
    hands,
    hands_connections,
    holistic,
    pose,
    pose_connections,
    selfie_segmentation,
)
from holistic.compat.mediapipe.solutions.face_detection import FaceDetection
from holistic.compat.mediapipe.solutions.face_mesh import FaceMesh
from holistic.compat.mediapipe.solutions.hands import Hands
from holistic.compat.mediapipe.solutions.holistic import Holistic
from holistic.compat.mediapipe.solutions.pose import Pose
from holistic.compat.mediapipe.solutions.selfie_segmentation import SelfieSegmentation

__all__ = [
    "FaceDetection",
    "FaceMesh",
    "Hands",
    "Holistic",
    "Pose",
    "SelfieSegmentation",
    "drawing_styles",
    "drawing_utils",
    "face_detection",
    "face_mesh",
    "face_mesh_connections",
    "hands",
    "hands_connections",
    "holistic",
    "pose",
    "pose_connections",
    "selfie_segmentation",
]
