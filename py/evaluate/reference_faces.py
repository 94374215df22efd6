"""MediaPipe's FaceLandmarker: ``python -m evaluate.reference_faces BUNDLE FRAMES OUT FILE...``.

For an interpreter that has mediapipe 1.2.3. Pictures are found for themselves, the frames of clips
one after the other. Writes an ``.npz`` file with the blendshapes by the file's place in the
list and the nose's tip in pixels after them, (frames, 54); NaN where no face was found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from evaluate.clips import SUFFIXES

NOSE = 1
COUNT = 52


def frames(path: Path, limit: int) -> Iterator[tuple[int, np.ndarray]]:
    """The RGB pictures of a file, and their time stamps in milliseconds at 30 a second."""
    video = cv2.VideoCapture(str(path))
    for number in range(limit):
        read, picture = video.read()
        if not read:
            return
        yield int(number * 1000 / 30), cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def found(result: vision.FaceLandmarkerResult, size: tuple[int, int]) -> np.ndarray:
    """(54,): the blendshapes of the first face, then its nose's tip in pixels."""
    if not result.face_landmarks:
        return np.full(COUNT + 2, np.nan)
    nose = result.face_landmarks[0][NOSE]
    scores = [each.score for each in result.face_blendshapes[0]]
    return np.array([*scores, nose.x * size[0], nose.y * size[1]])


def main() -> None:
    """Look at every file."""
    bundle, limit, out, *files = sys.argv[1:]
    rows: dict[str, Any] = {}
    for place, path in enumerate(map(Path, files)):
        clip = path.suffix in SUFFIXES
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=bundle),
            running_mode=vision.RunningMode.VIDEO if clip else vision.RunningMode.IMAGE,
            output_face_blendshapes=True,
        )
        answers = []
        with vision.FaceLandmarker.create_from_options(options) as landmarker:
            for time, picture in frames(path, int(limit) if clip else 1):
                image = mp.Image(image_format=mp.ImageFormat.SRGB, data=picture)
                seen = (
                    landmarker.detect_for_video(image, time) if clip else landmarker.detect(image)
                )
                answers.append(found(seen, picture.shape[1::-1]))
        rows[str(place)] = np.array(answers).reshape(-1, COUNT + 2)
    np.savez_compressed(out, **rows)


if __name__ == "__main__":
    main()
