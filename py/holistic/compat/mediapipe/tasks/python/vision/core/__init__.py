"""What the landmarkers share.

- ``image``: pictures
- ``image_processing_options``, ``vision_task_running_mode``: how a picture is seen, and what
  pictures follow one another
- ``landmarker``: a tracker behind the interface of MediaPipe's landmarkers
- ``live_stream``: pictures that come faster than they are computed
- ``quarter_turns``: pictures that lie on their side, and landmarks back in them
- ``landmark_lists``, ``connections``: arrays as lists of landmarks, and lines between them
- ``facial_transformation``: where a head is, in centimetres before the camera
"""

from holistic.compat.mediapipe.tasks.python.vision.core import (
    image,
    image_processing_options,
    vision_task_running_mode,
)

__all__ = ["image", "image_processing_options", "vision_task_running_mode"]
