"""MediaPipe's messages, module by module as MediaPipe has them.

- ``landmark_pb2``, ``classification_pb2``, ``detection_pb2``, ``location_data_pb2``
"""

from holistic.compat.mediapipe.framework.formats import (
    classification_pb2,
    detection_pb2,
    landmark_pb2,
    location_data_pb2,
)

__all__ = ["classification_pb2", "detection_pb2", "landmark_pb2", "location_data_pb2"]
