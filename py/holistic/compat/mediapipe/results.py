"""MediaPipe's messages, made from the tracker's results."""

from __future__ import annotations

from typing import Any

import numpy as np

from holistic.compat.mediapipe import messages

Message = Any
"""A protobuf message; protobuf has no types."""


def landmark_list(points: np.ndarray, visibility: np.ndarray | None = None) -> Message:
    """(n, 3 or more) ``points`` in fractions of the frame as a NormalizedLandmarkList.

    ``visibility`` is (n,), if there is one.
    """
    return messages.NormalizedLandmarkList(
        landmark=_landmarks(messages.NormalizedLandmark, points, visibility)
    )


def world_landmark_list(points: np.ndarray, visibility: np.ndarray | None = None) -> Message:
    """(n, 3 or more) ``points`` in metres as a LandmarkList; ``visibility`` is (n,)."""
    return messages.LandmarkList(landmark=_landmarks(messages.Landmark, points, visibility))


def _landmarks(kind: Any, points: np.ndarray, visibility: np.ndarray | None) -> list[Message]:
    rows = np.asarray(points)[:, :3].tolist()
    if visibility is None:
        return [kind(x=x, y=y, z=z) for x, y, z in rows]
    return [
        kind(x=x, y=y, z=z, visibility=seen)
        for (x, y, z), seen in zip(rows, visibility.tolist(), strict=True)
    ]


def handedness(left: float) -> Message:
    """The label of a hand that is ``left`` likely to be a left hand, a ClassificationList.

    MediaPipe's labels are meant for mirrored pictures, so a right hand is called "Left".
    """
    index = int(left >= 0.5)
    label = messages.Classification(
        index=index, score=max(left, 1 - left), label=("Left", "Right")[index]
    )
    return messages.ClassificationList(classification=[label])


def detection(
    score: float, box: tuple[float, float, float, float], keypoints: np.ndarray
) -> Message:
    """A Detection: ``box`` is left, top, right and bottom, ``keypoints`` (n, 2).

    All are fractions of the frame.
    """
    left, top, right, bottom = box
    location = messages.LocationData(
        format=messages.LocationData.RELATIVE_BOUNDING_BOX,
        relative_bounding_box=messages.LocationData.RelativeBoundingBox(
            xmin=left, ymin=top, width=right - left, height=bottom - top
        ),
        relative_keypoints=[
            messages.LocationData.RelativeKeypoint(x=x, y=y) for x, y in keypoints.tolist()
        ],
    )
    return messages.Detection(label_id=[0], score=[score], location_data=location)
