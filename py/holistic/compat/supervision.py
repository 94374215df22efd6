"""Results as ``supervision.KeyPoints``, for its annotators, filters and metrics.

    from holistic.compat.supervision import to_keypoints

    key_points = to_keypoints(tracker.process(rgb, timestamp_ms))
    picture = supervision.VertexAnnotator().annotate(picture, key_points)

Source: supervision 0.31 (MIT), ``KeyPoints``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from holistic.results.optional import library
from holistic.results.result import Result
from holistic.shared import layout

EXTRA = "supervision"


def to_keypoints(result: Result, part: str = "pose") -> Any:
    """The people of a frame who have ``part``, as a supervision.KeyPoints.

    ``part`` is one of "pose", "face", "left_hand" and "right_hand". Of n people:

    - ``xy`` (n, points, 2) in pixels: 33 points of a pose, 21 of a hand, 468 of a face, or 478 if
      all faces have irises;
    - ``keypoint_confidence`` (n, points): a pose point's visibility, 1 for all others;
    - ``detection_confidence`` (n,): the part's score, 0 to 1;
    - ``data["tracker_id"]`` (n,): the track ids.

    Raises:
        MissingLibraryError: supervision is not installed.
        ValueError: there is no such part.
    """
    if part not in layout.PARTS:
        raise ValueError(f"there is no part {part!r}: it is one of {', '.join(layout.PARTS)}")
    supervision = library("supervision", EXTRA)
    people = [person for person in result.people if getattr(person, part) is not None]
    if not people:
        return supervision.KeyPoints.empty()
    found = [np.asarray(getattr(person, part)) for person in people]
    count = min(map(len, found))  # faces with and without irises have the mesh in common
    points = np.stack([each[:count] for each in found])
    sure = points[..., 3] if part == "pose" else np.ones(points.shape[:2], np.float32)
    return supervision.KeyPoints(
        xy=points[..., :2] * np.array((result.width, result.height), np.float32),
        keypoint_confidence=sure,
        detection_confidence=np.array([each.scores.get(part, 1) for each in people], np.float32),
        data={"tracker_id": np.array([person.id for person in people])},
    )
