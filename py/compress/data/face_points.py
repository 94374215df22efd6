"""The points of faces in crops, as the networks find them that blendshapes are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compress.data import samples
from compress.data.crops import MARGIN, SIDES
from compress.data.regions import SUBJECTS, crop, to_picture
from compress.data.samples import Augmentation
from compress.tflite.runner import Runner
from holistic.inference import model_files
from holistic.inference.blendshapes import POINTS
from holistic.inference.roi import Region
from holistic.shared.model_sets import FLOAT

_SUBJECT = "face_v2"
_LOOKS = 2
"""The second look is in the region of the first one's points, as it is while a face is tracked."""

_VARIED = Augmentation(rotation=12, any_rotation=0, scale=0.1, shift=0.02)
_APART = 0.1
"""Two networks see the same face if they are so near on average, in widths of the face."""


def face_points(crops: Path, floats: Path) -> np.ndarray:
    """Points (n, 146, 2), in pixels, of the faces that the float network finds in ``crops``.

    The folder has crops of the subject ``face_v2``; ``floats`` holds the float models.
    """
    network = _network(_SUBJECT, floats)
    seen = (_points(network, _SUBJECT, picture) for _, picture in _faces(crops))
    found = [points[list(POINTS), :2] for points in seen if points is not None]
    return np.array(found, np.float32)


@dataclass(frozen=True)
class FacePairs:
    """The same n faces as two networks find them, in pixels, and the ``sources`` (n,) of each.

    ``mesh`` is (n, 468, 3), what the tracker's face network finds, and ``v2`` (n, 478, 3).
    """

    mesh: np.ndarray
    v2: np.ndarray
    sources: np.ndarray


def face_pairs(
    crops: Path, models: Path, each: int = 1, exclude: frozenset[str] = frozenset()
) -> FacePairs:
    """The faces that V2 in float and the int8 mesh both find in ``each`` variations of all crops.

    With one of each, they are not varied. ``models`` has the folders of models.
    """
    networks = {"face": _network("face", models, "int8"), _SUBJECT: _network(_SUBJECT, models)}
    found = []
    for number, (source, whole) in enumerate(_faces(crops)):
        for turn in range(each if source not in exclude else 0):
            random = np.random.default_rng([number, turn])
            picture = whole if each == 1 else samples.varied(whole, _VARIED, random)
            mesh, v2 = (_points(network, name, picture) for name, network in networks.items())
            if mesh is not None and v2 is not None and _near(mesh, v2):
                found.append((mesh, v2, source))
    mesh_points, v2_points, sources = zip(*found, strict=True)
    return FacePairs(np.array(mesh_points), np.array(v2_points), np.array(sources))


def _network(subject: str, models: Path, variant: str = FLOAT) -> Runner:
    return Runner(model_files.load(SUBJECTS[subject].landmarks, models, variant))


def _faces(crops: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The source and the picture (side, side, 3) of every crop of a face."""
    pictures = np.load(crops / f"{_SUBJECT}.npy", mmap_mode="r")
    rows = json.loads((crops / f"{_SUBJECT}.json").read_text("utf-8"))
    for picture, row in zip(pictures, rows, strict=True):
        if row["found"]:
            yield row["source"], np.asarray(picture)


def _points(network: Runner, name: str, picture: np.ndarray) -> np.ndarray | None:
    """The points (n, 3), in pixels, of the face amid a crop; None where there is none."""
    subject, side = SUBJECTS[name], SIDES[_SUBJECT]
    region = Region(side / 2, side / 2, side / MARGIN, 0.0)
    points = np.empty((0, 3))
    for _ in range(_LOOKS):
        image = crop(picture, region, subject.size).astype(np.float32)[None] / 255
        values, presence, *_ = network(image)
        if presence.item() < 0:
            return None
        landmarks = values.reshape(-1, subject.values).astype(np.float64)
        places = to_picture(landmarks[:, :2], region, subject.size)
        points = np.column_stack((places, landmarks[:, 2] * region.size / subject.size))
        region = subject.follow(places)
    return points


def _near(mesh: np.ndarray, v2: np.ndarray) -> bool:
    apart = np.abs(mesh - v2[: len(mesh)])[:, :2].mean()
    return bool(apart < _APART * np.ptp(v2[:, 0]))
