"""The points of faces that the blendshape network reads, for measuring what it computes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from compress.data.crops import MARGIN, SIDES
from compress.data.regions import SUBJECTS, crop, to_picture
from compress.tflite.runner import Runner
from holistic.inference.blendshapes import POINTS
from holistic.inference.roi import Region

_SUBJECT = "face_v2"
_LOOKS = 2
"""The second look is in the region of the first one's points, as it is while a face is tracked."""


def face_points(crops: Path, floats: Path) -> np.ndarray:
    """Points (n, 146, 2), in pixels, of the faces that the float network finds in ``crops``.

    The folder has crops of the subject ``face_v2``; ``floats`` holds the float models.
    """
    pictures = np.load(crops / f"{_SUBJECT}.npy", mmap_mode="r")
    rows = json.loads((crops / f"{_SUBJECT}.json").read_text("utf-8"))
    network = Runner((floats / f"{SUBJECTS[_SUBJECT].landmarks}.tflite").read_bytes())
    found = [
        _points(network, np.asarray(picture))
        for picture, row in zip(pictures, rows, strict=True)
        if row["found"]
    ]
    return np.array([points for points in found if points is not None], np.float32)


def _points(network: Runner, picture: np.ndarray) -> np.ndarray | None:
    """The points (146, 2) of the face amid a crop; None where there is none."""
    subject, side = SUBJECTS[_SUBJECT], SIDES[_SUBJECT]
    region = Region(side / 2, side / 2, side / MARGIN, 0.0)
    points = np.empty((0, 2))
    for _ in range(_LOOKS):
        image = crop(picture, region, subject.size).astype(np.float32)[None] / 255
        values, presence, *_ = network(image)
        if presence.item() < 0:
            return None
        landmarks = values.reshape(-1, subject.values)[:, :2].astype(np.float64)
        points = to_picture(landmarks, region, subject.size)
        region = subject.follow(points)
    return np.asarray(points[list(POINTS)])
