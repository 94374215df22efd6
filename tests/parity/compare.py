"""How far the tracker is from MediaPipe's recorded results: the parity tables.

Print them with ``PYTHONPATH=py python tests/parity/compare.py``; ``test_parity`` holds them to
limits. In the first table the tracker runs freely over each clip. In the second one every frame
starts from MediaPipe's recorded state (the region of its pose, its pose, and its landmarks of the
frame before), which shows how exactly one step is the same; see ``record_reference`` for why the
first one cannot.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import reference

from holistic import Tracker
from holistic.inference import model_files
from holistic.inference.detector import face_detector
from holistic.inference.landmarkers import (
    FaceLandmarks,
    HandLandmarks,
    HandRecrop,
    PoseLandmarks,
)
from holistic.inference.roi import Region
from holistic.options import MEDIAPIPE_SMOOTHING
from holistic.shared.model_sets import POSE_MODELS
from holistic.tracking.roi_tracks import FaceTrack, HandTrack, PoseTrack

MEDIA = reference.FOLDER.parents[1] / "media"
INTERVAL = 1000 / 30
"""Milliseconds between frames: MediaPipe's Python API assumes it whatever the clip says."""


def frames(clip: str) -> Iterator[np.ndarray]:
    """The RGB frames of a clip."""
    video = cv2.VideoCapture(str(MEDIA / clip))
    while (read := video.read())[0]:
        yield cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)


def nothing(recorded: reference.Series) -> reference.Series:
    """A series like the recorded one in which nothing is found."""
    return {part: np.full_like(recorded[part], np.nan) for part in reference.PARTS}


def free_running(
    clip: str, complexity: int, recorded: reference.Series, redetect_interval: int = 1
) -> reference.Series:
    """The tracker's landmarks over the clip, in pixels."""
    found = nothing(recorded)
    as_mediapipe = {"second_look": False, "smoothing": MEDIAPIPE_SMOOTHING, "variant": "float"}
    with Tracker(complexity, redetect_interval=redetect_interval, **as_mediapipe) as tracker:
        for index, frame in enumerate(frames(clip)):
            result = tracker.process(frame, index * INTERVAL)
            scale = (result.width, result.height, result.width)
            for person in result.people:
                for part in reference.PARTS:
                    points = getattr(person, part)
                    if points is not None:
                        found[part][index] = points[:, :3] * scale
    return found


def poses_from_recorded_regions(
    clip: str, complexity: int, recorded: reference.Series
) -> np.ndarray:
    """The (frames, 33, 3) pose of each frame, found in MediaPipe's region and smoothed by us."""
    name = POSE_MODELS[complexity]
    landmarks = PoseLandmarks(name, model_files.load(name))
    track = PoseTrack()
    found = np.full_like(recorded["pose"], np.nan)
    for index, frame in enumerate(frames(clip)):
        region = recorded["pose_region"][index]
        if np.isnan(region[0]):
            track.lose()
            continue
        estimate = landmarks(frame, Region(*region.tolist()))
        if estimate is None:
            track.lose()
        else:
            found[index] = track.accept(estimate, index * INTERVAL).points[:, :3]
    return found


def from_recorded_state(clip: str, complexity: int, recorded: reference.Series) -> reference.Series:
    """All parts of each frame, found from MediaPipe's regions, pose and previous landmarks."""
    detector = face_detector(model_files.load("face_detector"))
    mesh = FaceLandmarks(model_files.load("face_landmarks"))
    recrop = HandRecrop(model_files.load("hand_recrop"))
    hand = HandLandmarks("hand_landmarks", model_files.load("hand_landmarks"))
    steps = {
        "face": (FaceTrack(), detector, mesh),
        "left_hand": (HandTrack("left_hand"), recrop, hand),
        "right_hand": (HandTrack("right_hand"), recrop, hand),
    }
    found = nothing(recorded)
    found["pose"] = poses_from_recorded_regions(clip, complexity, recorded)
    for index, frame in enumerate(frames(clip)):
        pose = np.hstack((recorded["pose"][index], recorded["visibility"][index]))
        for part, (track, finder, landmarks) in steps.items():
            estimate = None
            if not np.isnan(pose[0, 0]):
                estimate = track.update(frame, pose, finder, landmarks)
            if estimate:
                found[part][index] = estimate.points
            state = recorded[part][index]
            track.points = None if np.isnan(state[0, 0]) else state
    return found


def main() -> None:
    """Print the tables."""
    print("Free running; for each part: mean and largest distance in px, frames where both found")
    print("it and where only one did, and in brackets MediaPipe's mean distance from itself.")
    for clip in reference.CLIPS:
        for complexity in reference.COMPLEXITIES:
            recorded = reference.load(reference.path(clip, complexity))
            found = free_running(clip, complexity, recorded)
            cells = [
                f"{part} {reference.distance(recorded, found, part)}"
                f" ({reference.spread(clip, complexity, part):.3f})"
                for part in reference.PARTS
            ]
            print(f"{clip:20} {complexity}", *cells, sep="  ", flush=True)
    print("\nEach frame from MediaPipe's state.")
    for clip in reference.CLIPS:
        for complexity in reference.COMPLEXITIES:
            recorded = reference.load(reference.path(clip, complexity))
            found = from_recorded_state(clip, complexity, recorded)
            cells = [
                f"{part} {reference.distance(recorded, found, part)}" for part in reference.PARTS
            ]
            print(f"{clip:20} {complexity}", *cells, sep="  ", flush=True)


if __name__ == "__main__":
    main()
