"""Record what MediaPipe's tasks find in a test picture and at the beginning of a clip.

Needs ``pip install mediapipe==1.2.3 opencv-python-headless`` in an environment of its own, and the
folder that ``task_bundles`` writes. The recording is committed, so this is run only when it should
hold something else::

    python tests/parity/record_tasks.py FOLDER

Image landmarks are float32 in frame pixels (z too, in units of the frame width), world landmarks
in metres, masks uint8 from 0 to 255. Every list of a result has one more axis, over bodies, faces
or hands.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np

MEDIA = Path(__file__).parents[1] / "media"
RECORDING = Path(__file__).parent / "recordings" / "tasks.npz"
FRAMES = 6
INTERVAL = 33

vision = mp.tasks.vision
LANDMARKERS = {
    "pose": (
        vision.PoseLandmarker,
        vision.PoseLandmarkerOptions,
        {"output_segmentation_masks": True},
    ),
    "face": (
        vision.FaceLandmarker,
        vision.FaceLandmarkerOptions,
        {"output_face_blendshapes": True, "output_facial_transformation_matrixes": True},
    ),
    "hand": (vision.HandLandmarker, vision.HandLandmarkerOptions, {}),
    "hands": (vision.HandLandmarker, vision.HandLandmarkerOptions, {"num_hands": 2}),
    "holistic": (
        vision.HolisticLandmarker,
        vision.HolisticLandmarkerOptions,
        {"output_face_blendshapes": True, "output_pose_segmentation_masks": True},
    ),
}


def array(value, size: tuple[int, int] | None) -> np.ndarray:
    """Landmarks, categories, a mask or a matrix, or lists of them."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list):
        return np.stack([array(each, size) for each in value])
    if isinstance(value, mp.Image):
        return np.round(value.numpy_view()[..., 0] * 255).astype(np.uint8)
    if hasattr(value, "category_name"):
        sides = {"Left": 1.0, "Right": 0.0}
        left = sides.get(value.category_name)
        return np.float32(value.score if left is None else abs(1 - left - value.score))
    scale = (size[0], size[1], size[0]) if size else (1, 1, 1)
    return np.array((value.x, value.y, value.z), np.float32) * np.float32(scale)


def found(result, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Everything in a result that is there, by the names of its fields; hands from left to right.

    The handedness is how likely a hand is a left one.
    """
    arrays = {
        name: array(value, None if "world" in name else size)
        for name, value in vars(result).items()
        if value
    }
    if "handedness" in arrays:
        order = np.argsort(arrays["hand_landmarks"][:, 0, 0])
        arrays = {name: values[order] for name, values in arrays.items()}
    return arrays


def record(folder: Path) -> dict[str, np.ndarray]:
    """``picture_<landmarker>_<field>`` and, with one more axis, ``clip_<landmarker>_<field>``.

    The clip's are of the last frames, if it was found in all of them once it had been found.
    """
    picture = cv2.cvtColor(cv2.imread(str(MEDIA / "signing.jpg")), cv2.COLOR_BGR2RGB)
    arrays: dict[str, np.ndarray] = {}
    for name, (landmarker, options, asked) in LANDMARKERS.items():
        base = mp.tasks.BaseOptions(model_asset_path=str(folder / f"{name.removesuffix('s')}.task"))

        def make(mode, landmarker=landmarker, options=options, asked=asked, base=base):
            return landmarker.create_from_options(
                options(base_options=base, running_mode=mode, **asked)
            )

        with make(vision.RunningMode.IMAGE) as running:
            result = running.detect(mp.Image(mp.ImageFormat.SRGB, picture))
        for field, values in found(result, picture.shape[1::-1]).items():
            arrays[f"picture_{name}_{field}"] = values
        series = defaultdict(list)
        video = cv2.VideoCapture(str(MEDIA / "intel__milk.mkv"))
        with make(vision.RunningMode.VIDEO) as running:
            for index in range(FRAMES):
                frame = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
                image = mp.Image(mp.ImageFormat.SRGB, frame)
                result = running.detect_for_video(image, index * INTERVAL)
                for field, values in found(result, frame.shape[1::-1]).items():
                    if "mask" not in field:
                        series[field].append((index, values))
        for field, frames in series.items():
            indices, values = zip(*frames, strict=True)
            steadily = indices == tuple(range(FRAMES - len(indices), FRAMES))
            if steadily and len({each.shape for each in values}) == 1:
                arrays[f"clip_{name}_{field}"] = np.stack(values)
    return arrays


if __name__ == "__main__":
    np.savez_compressed(RECORDING, **record(Path(sys.argv[1])))
    print(f"{RECORDING.name}: {RECORDING.stat().st_size} bytes")
