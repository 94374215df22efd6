"""Record what MediaPipe Holistic finds in the test clips, and how well it repeats itself.

Needs ``pip install mediapipe==0.10.21`` (CPython 3.12 or older) and, for complexities 0 and 2, its
``pose_landmark_lite.tflite`` and ``pose_landmark_heavy.tflite``, which that package downloads at
the first use. The recordings are committed, so this is run only when a clip is added::

    python tests/parity/record_reference.py

Where a network is unsure (a hand blurred by motion, legs out of the picture) tracking is a
chaotic system: to follow MediaPipe there, every float32 operation must give the same last bit,
even the arc tangent of the C library. To know how much of a distance means nothing, every clip is
tracked again with a few pixels of each frame changed by one grey level; ``spread.json`` keeps the
mean distance of these runs from the unchanged one, in pixels.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
import reference
from mediapipe.python.solution_base import SolutionBase

GRAPH = Path(mp.__file__).parent / "modules/holistic_landmark/holistic_landmark_cpu.binarypb"
REGION = "poselandmarkcpu__pose_rect"
"""The graph's inner stream of regions that the pose is found in."""
MEDIA = reference.FOLDER.parents[1] / "media"
POINTS = {"pose": 33, "pose_world": 33, "face": 468, "left_hand": 21, "right_hand": 21}
REPETITIONS = 4
CHANGED_PIXELS = 20


def changed(frame: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The RGB frame with a few random pixels one grey level lighter or darker."""
    rows, columns = (random.integers(0, side, CHANGED_PIXELS) for side in frame.shape[:2])
    steps = random.choice((-1, 1), (CHANGED_PIXELS, 1))
    frame = frame.copy()
    frame[rows, columns] = (frame[rows, columns] + steps).clip(0, 255)
    return frame


def coordinates(landmarks, points: int, scale: tuple[float, float, float]) -> np.ndarray:
    """A landmark list as (points, 3), multiplied by ``scale``; NaN for an absent list."""
    if landmarks is None:
        return np.full((points, 3), np.nan)
    return np.array([(p.x, p.y, p.z) for p in landmarks.landmark]) * scale


def holistic(complexity: int) -> SolutionBase:
    """``mp.solutions.holistic.Holistic`` with its defaults, and REGION as one more output."""
    return SolutionBase(
        binary_graph_path=str(GRAPH),
        side_inputs={
            "model_complexity": complexity,
            "smooth_landmarks": True,
            "enable_segmentation": False,
            "smooth_segmentation": True,
            "refine_face_landmarks": False,
            "use_prev_landmarks": True,
        },
        outputs=[*(f"{name}_landmarks" for name in POINTS), REGION],
    )


def region(rect, width: int, height: int) -> np.ndarray:
    """A normalised rectangle, square in pixels, as a row of reference.Series; NaN without one."""
    if rect is None:
        return np.full(4, np.nan, np.float32)
    values = (rect.x_center * width, rect.y_center * height, rect.width * width, rect.rotation)
    return np.array(values, np.float32)


def record(
    clip: str, complexity: int, random: np.random.Generator | None = None
) -> reference.Series:
    """Run MediaPipe over a clip, with changed pixels if ``random`` is given."""
    names = (*reference.SCALES, "pose_region")
    series: dict[str, list[np.ndarray]] = {name: [] for name in names}
    video = cv2.VideoCapture(str(MEDIA / clip))
    with holistic(complexity) as graph:
        while (read := video.read())[0]:
            frame = cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
            height, width = frame.shape[:2]
            result = graph.process({"image": changed(frame, random) if random else frame})
            series["pose_region"].append(region(getattr(result, REGION), width, height))
            for name, points in POINTS.items():
                scale = (1, 1, 1) if name == "pose_world" else (width, height, width)
                landmarks = getattr(result, f"{name}_landmarks")
                series[name].append(coordinates(landmarks, points, scale))
            visibility = np.full((33, 1), np.nan)
            if result.pose_landmarks:
                visibility[:, 0] = [p.visibility for p in result.pose_landmarks.landmark]
            series["visibility"].append(visibility)
    stacked = {name: np.stack(frames) for name, frames in series.items()}
    return stacked | {"size": np.array((width, height))}


def measure_spread(clip: str, complexity: int, original: reference.Series) -> dict[str, float]:
    """Mean distance of runs with changed pixels from the ``original`` one, for each part."""
    runs = [record(clip, complexity, np.random.default_rng(seed)) for seed in range(REPETITIONS)]
    return {
        part: round(
            float(np.mean([reference.distance(original, run, part).mean for run in runs])), 3
        )
        for part in reference.PARTS
    }


if __name__ == "__main__":
    reference.FOLDER.mkdir(exist_ok=True)
    spreads = {}
    for clip in reference.CLIPS:
        for complexity in reference.COMPLEXITIES:
            file = reference.path(clip, complexity)
            original = record(clip, complexity)
            reference.save(file, original)
            spreads[file.stem] = measure_spread(clip, complexity, original)
            print(f"{file.name}: {file.stat().st_size} bytes, spread {spreads[file.stem]}")
    reference.SPREAD.write_text(json.dumps(spreads, indent=1) + "\n")
