"""A COCO-WholeBody file: the JSON of a data set, with 133 points of each person.

``keypoints`` are COCO's 17, ``foot_kpts`` 6, ``face_kpts`` 68 and ``lefthand_kpts`` and
``righthand_kpts`` 21 each: flat lists of x, y in pixels and v, which is 2 where a point is
visible, 1 where it is hidden (a pose point whose visibility is under 0.5), 0 where it is absent.

- MediaPipe has no small toes: they are absent. ``foot_index`` stands for the big toe.
- ``face68`` says which points of the mesh stand for the 68.
- Frame n of a recording is the image n, called ``NAME_00000n.jpg``, with the time stamp in
  milliseconds as ``timestamp``. ``track_id`` is the person's.
- ``score`` is the mean of the scores of the person's parts, so that the annotations are also
  predictions as COCO's evaluation reads them.

Such a file cannot be read back: it lacks points of the pose, and most of the face.

Source: COCO-WholeBody's description of its data format, which extends COCO's for key points.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from holistic.interchange import tracks
from holistic.interchange.face68 import face68
from holistic.results.named_points import PosePoints
from holistic.results.readers import Recording
from holistic.results.result import Person, Result

BODY = (
    "nose",
    *("left_eye", "right_eye", "left_ear", "right_ear"),
    *("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
)
"""COCO's 17 points, which are the pose's of the same name."""

SKELETON = (
    *((16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9)),
    *((8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)),
)
"""COCO's lines between them, counted from 1."""

FEET = ("left_foot_index", None, "left_heel", "right_foot_index", None, "right_heel")
"""Big toe, small toe and heel of either foot."""

_HIDDEN, _VISIBLE = 1, 2
_SEEN = 0.5
_COUNTS = {"foot": 6, "face": 68, "lefthand": 21, "righthand": 21}


def _pose_points(
    pose: PosePoints | None, names: tuple[str | None, ...], size: tuple[int, int]
) -> np.ndarray:
    """(names, 3): x, y and v of pose points; zeros where there is no name or no pose."""
    found = np.zeros((len(names), 3))
    if pose is None:
        return found
    for row, name in enumerate(names):
        if name is not None:
            point = pose[name]
            found[row] = (*point[:2] * size, _VISIBLE if point[3] >= _SEEN else _HIDDEN)
    return found


def _marked(points: np.ndarray | None, count: int, size: tuple[int, int]) -> np.ndarray:
    """(count, 3): x, y and v of a face's or a hand's points; zeros where it is absent."""
    if points is None:
        return np.zeros((count, 3))
    return tracks.in_pixels(np.asarray(points), size) * (1, 1, _VISIBLE)


def _box(points: np.ndarray) -> list[float]:
    """Left, top, width and height around the points that are there; zeros without any."""
    there = points[points[:, 2] > 0, :2]
    if not len(there):
        return [0.0] * 4
    low, high = there.min(axis=0), there.max(axis=0)
    return [round(float(value), 2) for value in (*low, *(high - low))]


def _flat(points: np.ndarray) -> list[float]:
    return [round(float(value), 2) for value in points.ravel()]


def annotation(person: Person, size: tuple[int, int]) -> dict[str, Any]:
    """A person as an annotation, without the ids of annotation and image."""
    face = None if person.face is None else face68(np.asarray(person.face))
    body = _pose_points(person.pose, BODY, size)
    parts = {
        "foot": _pose_points(person.pose, FEET, size),
        "face": _marked(face, _COUNTS["face"], size),
        "lefthand": _marked(person.left_hand, _COUNTS["lefthand"], size),
        "righthand": _marked(person.right_hand, _COUNTS["righthand"], size),
    }
    box = _box(np.concatenate([body, *parts.values()]))
    found: dict[str, Any] = {
        "category_id": 1,
        "track_id": person.id,
        "iscrowd": 0,
        "bbox": box,
        "area": round(box[2] * box[3], 2),
        "num_keypoints": int((body[:, 2] > 0).sum()),
        "keypoints": _flat(body),
        "score": float(np.mean(list(person.scores.values()))) if person.scores else 1.0,
    }
    for name, points in parts.items():
        found[f"{name}_kpts"] = _flat(points)
        found[f"{name}_valid"] = bool((points[:, 2] > 0).any())
        if name != "foot":
            found[f"{name}_box"] = _box(points)
    return found


def _image(number: int, result: Result, name: str) -> dict[str, Any]:
    return {
        "id": number,
        "file_name": f"{name}_{number:06d}.jpg",
        "width": result.width,
        "height": result.height,
        "timestamp": round(result.timestamp, 3),
    }


def write(recording: Recording, path: Path) -> None:
    """Write all frames as images and all people as annotations.

    Raises:
        ValueError: the frames' size is not known.
        OSError: the file cannot be written.
    """
    size = tracks.size(recording)
    name = Path(recording.source).stem if recording.source else "frame"
    found = [
        {"image_id": number, **annotation(person, size)}
        for number, result in enumerate(recording.results)
        for person in result.people
    ]
    category = {"id": 1, "name": "person", "supercategory": "person"}
    content = {
        "info": {"description": f"COCO-WholeBody annotations of {recording.source or name}"},
        "images": [_image(n, result, name) for n, result in enumerate(recording.results)],
        "annotations": [{"id": number, **each} for number, each in enumerate(found, 1)],
        "categories": [{**category, "keypoints": BODY, "skeleton": SKELETON}],
    }
    path.write_text(json.dumps(content), "utf-8")
