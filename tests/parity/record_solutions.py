"""Record what MediaPipe's solutions find in a test picture and at the beginning of a clip.

Needs ``pip install mediapipe==0.10.21`` (CPython 3.12 or older). The recording is committed, so
this is run only when it should hold something else::

    python tests/parity/record_solutions.py

Everything is recorded with irises and segmentation mask. Landmarks are float32 in frame pixels
(z too, in units of the frame width; world landmarks in metres), masks uint8 from 0 to 255.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np

FOLDER = Path(__file__).parent
MEDIA = FOLDER.parent / "media"
RECORDING = FOLDER / "recordings" / "solutions.npz"
FRAMES = 10
HANDS_FRAMES = 40

solutions = mp.solutions


def coordinates(landmarks, size: tuple[int, int] | None) -> np.ndarray:
    """A landmark list as (points, 3), in pixels of a frame of that ``size`` (width, height)."""
    scale = (size[0], size[1], size[0]) if size else (1, 1, 1)
    return np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32) * np.float32(scale)


def found(result, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Everything in a result that is there, by the names of its fields."""
    arrays = {}
    for name in result._fields:
        value = getattr(result, name)
        if value is None:
            continue
        if name == "segmentation_mask":
            arrays[name] = np.round(value * 255).astype(np.uint8)
        elif name == "multi_handedness":
            arrays[name] = np.array([hand.classification[0].label for hand in value])
        elif isinstance(value, list):
            units = None if "world" in name else size
            arrays[name] = np.stack([coordinates(each, units) for each in value])
        else:
            arrays[name] = coordinates(value, None if "world" in name else size)
    return arrays


def record() -> dict[str, np.ndarray]:
    """``picture_<solution>_<field>`` and, for each frame, ``clip_<solution>_<field>``."""
    picture = cv2.cvtColor(cv2.imread(str(MEDIA / "signing.jpg")), cv2.COLOR_BGR2RGB)
    size = picture.shape[1::-1]
    makers = {
        "holistic": lambda **o: solutions.holistic.Holistic(
            refine_face_landmarks=True, enable_segmentation=True, **o
        ),
        "pose": lambda **o: solutions.pose.Pose(enable_segmentation=True, **o),
        "face_mesh": lambda **o: solutions.face_mesh.FaceMesh(refine_landmarks=True, **o),
        "hands": solutions.hands.Hands,
    }
    arrays: dict[str, np.ndarray] = {}
    for name, make in makers.items():
        with make(static_image_mode=True) as solution:
            for field, values in found(solution.process(picture), size).items():
                arrays[f"picture_{name}_{field}"] = values
        series = defaultdict(list)
        video = cv2.VideoCapture(str(MEDIA / "intel__milk.mkv"))
        with make() as solution:
            for _ in range(FRAMES):
                frame = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
                for field, values in found(solution.process(frame), frame.shape[1::-1]).items():
                    series[field].append(values)
        for field, values in series.items():
            if field == "segmentation_mask":
                values = values[-1:]  # noqa: PLW2901 - the last one has seen all before it
            if len({value.shape for value in values}) == 1:
                arrays[f"clip_{name}_{field}"] = np.stack(values)
    return arrays


def hands() -> np.ndarray:
    """(HANDS_FRAMES,) the hands of a clip in which they come, go and touch, such as "RL".

    Each is named by the side that it looks like, in MediaPipe's order.
    """
    video = cv2.VideoCapture(str(MEDIA / "intel__book.mkv"))
    with solutions.hands.Hands() as hands:
        frames = (video.read()[1] for _ in range(HANDS_FRAMES))
        results = [hands.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)) for frame in frames]
    sides = [[each.classification[0].label for each in r.multi_handedness or ()] for r in results]
    return np.array(["".join(label[0] for label in found) for found in sides])


def without_tracking() -> dict[str, np.ndarray]:
    """What the solutions find that look at each picture for itself.

    ``picture_face_detection_<range>`` (faces, 1 + 4 + 12): score, left, top, width, height and the
    points' x and y, in fractions of the picture; ``picture_selfie_segmentation`` is a mask.
    """
    picture = cv2.cvtColor(cv2.imread(str(MEDIA / "signing.jpg")), cv2.COLOR_BGR2RGB)
    arrays = {}
    for number, name in enumerate(("short", "full")):
        with solutions.face_detection.FaceDetection(model_selection=number) as faces:
            found = [numbers(face) for face in faces.process(picture).detections]
        arrays[f"picture_face_detection_{name}"] = np.array(found, np.float32)
    with solutions.selfie_segmentation.SelfieSegmentation() as selfie:
        mask = selfie.process(picture).segmentation_mask
    return arrays | {"picture_selfie_segmentation": np.round(mask * 255).astype(np.uint8)}


def numbers(face) -> list[float]:
    """A detection as a row: see ``without_tracking``."""
    place = face.location_data
    box = place.relative_bounding_box
    points = [value for point in place.relative_keypoints for value in (point.x, point.y)]
    return [face.score[0], box.xmin, box.ymin, box.width, box.height, *points]


if __name__ == "__main__":
    arrays = record() | without_tracking()
    np.savez_compressed(RECORDING, **arrays, book_hands=hands())
    print(f"{RECORDING.name}: {RECORDING.stat().st_size} bytes")
