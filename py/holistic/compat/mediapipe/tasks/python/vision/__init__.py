"""MediaPipe's landmarkers of people, with pictures and drawing.

- ``holistic_landmarker``, ``pose_landmarker``, ``face_landmarker``, ``hand_landmarker``: each with
  its options, its results and its lines between points
- ``drawing_utils``, ``drawing_styles``: drawing
- ``core``: what the landmarkers share
"""

from holistic.compat.mediapipe.tasks.python.vision import (
    core,
    drawing_styles,
    drawing_utils,
    face_landmarker,
    hand_landmarker,
    holistic_landmarker,
    pose_landmarker,
)
from holistic.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode as RunningMode,
)
from holistic.compat.mediapipe.tasks.python.vision.face_landmarker import (
    FaceLandmarker,
    FaceLandmarkerOptions,
    FaceLandmarkerResult,
    FaceLandmarksConnections,
)
from holistic.compat.mediapipe.tasks.python.vision.hand_landmarker import (
    HandLandmarker,
    HandLandmarkerOptions,
    HandLandmarkerResult,
    HandLandmarksConnections,
)
from holistic.compat.mediapipe.tasks.python.vision.holistic_landmarker import (
    HolisticLandmarker,
    HolisticLandmarkerOptions,
    HolisticLandmarkerResult,
)
from holistic.compat.mediapipe.tasks.python.vision.pose_landmarker import (
    PoseLandmark,
    PoseLandmarker,
    PoseLandmarkerOptions,
    PoseLandmarkerResult,
    PoseLandmarksConnections,
)

__all__ = [
    "FaceLandmarker",
    "FaceLandmarkerOptions",
    "FaceLandmarkerResult",
    "FaceLandmarksConnections",
    "HandLandmarker",
    "HandLandmarkerOptions",
    "HandLandmarkerResult",
    "HandLandmarksConnections",
    "HolisticLandmarker",
    "HolisticLandmarkerOptions",
    "HolisticLandmarkerResult",
    "ImageProcessingOptions",
    "PoseLandmark",
    "PoseLandmarker",
    "PoseLandmarkerOptions",
    "PoseLandmarkerResult",
    "PoseLandmarksConnections",
    "RunningMode",
    "core",
    "drawing_styles",
    "drawing_utils",
    "face_landmarker",
    "hand_landmarker",
    "holistic_landmarker",
    "pose_landmarker",
]
