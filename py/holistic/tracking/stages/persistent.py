"""The stages of faces and hands that look twice, and go on without a body (see ``second_look``).

Where the record has no body, face and hands belong to the person whose track id the pose's stage
keeps for the next body: when a body appears they are its.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from holistic.inference.landmarkers import FaceEstimate
from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.tracking.multi_tracker import MultiTracker
from holistic.tracking.regions import face_region_from_detection, mesh_region
from holistic.tracking.second_look import PersistentFaceTrack, PersistentHandTrack, Scene, Turn
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.face import FaceStage
from holistic.tracking.stages.hand import hand_phase
from holistic.tracking.stages.hand_writer import HandWriter
from holistic.tracking.stages.sections import bodies, everybody, hands
from holistic.tracking.stages.without_pose import DEPTHS, self_tracked_spec
from holistic.tracking.targets import TargetSpec


class PersistentFaceStage(FaceStage):
    """The face of every body in the record; where there is none, faces on their own."""

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        people = options.max_people
        spec: TargetSpec[FaceEstimate] = self_tracked_spec(mesh_region, face_region_from_detection)
        limit = max(people, 2) if options.stands_alone else people  # one is searched in no windows
        self._tracker = MultiTracker(limit, spec, options.depths(DEPTHS))
        self._turn = Turn("face", always=options.stands_alone)
        self._lone = 0  # faces that are followed without bodies
        super().__init__(model_cache, options)
        self._make_track = partial(
            PersistentFaceTrack,
            self._turn,
            several=people > 1,
            redetect_interval=options.check_interval,
            settles=options.face_v2,
        )

    def reset(self) -> None:
        """Forget the previous frame."""
        super().reset()
        self._tracker.reset()
        self._turn.reset()
        self._lone = 0

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        self._turn.begin_frame()
        if any(bodies(frame, record)):
            if self._lone:
                self._tracker.reset()
                self._lone = 0
            super()._find(frame, timestamp, record)
        elif self._lone or self._turn.held:
            self._find_lone(frame, timestamp, record)

    def _find_lone(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        landmarks = self._mesh if self.simple else self._landmarks
        faces = self._tracker.update(frame, timestamp, self._detector, landmarks)
        self._lone = len(faces)
        for (track_id, person), (*_, face) in zip(everybody(record), faces, strict=False):
            self._writer.write(frame, timestamp, track_id, person, face)
        self._writer.end_frame()


class PersistentHandStage(Stage):
    """One hand of every body in the record; where there is none, a hand on its own."""

    def __init__(self, side: str, model_cache: ModelCache, options: Options) -> None:
        self._turn = Turn(side)
        self._model_cache = model_cache
        self._recrop = model_cache("hand_recrop")
        self._landmarks = model_cache(options.hand_model)
        self._palms = model_cache.if_there("palm_detector")
        super().__init__((side,), *self._networks())
        self._thorough = options.stands_alone
        interval = options.check_interval
        self._make_track = partial(
            PersistentHandTrack,
            side,
            interval,
            hand_phase(side, interval),
            recrop=self._recrop,
        )
        self._writer = HandWriter(side, options)
        self.reset()

    def use(self, model: str) -> None:
        """Go on with another of HAND_MODELS."""
        self._landmarks = self._model_cache(model)
        self._submodels = self._networks()

    def take_up(self) -> None:
        """Take up the palm detector, if it has come since."""
        self._palms = self._model_cache.if_there("palm_detector")
        self._submodels = self._networks()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracks: dict[int, PersistentHandTrack] = {}
        self._turn.reset()
        self._writer.end_frame()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        poses = {track_id: pose for track_id, _, pose in bodies(frame, record)}
        self._turn.begin_frame()
        for track_id, person in everybody(record):
            if poses and track_id not in poses:
                continue
            track = before.get(track_id) or self._make_track(landmarks=self._landmarks)
            self._tracks[track_id] = track
            track.landmarks, track.palms = self._landmarks, self._palms
            others = [points for other, points in poses.items() if other != track_id]
            pose = poses.get(track_id)
            found = hands(frame, record)
            scene = Scene(frame, pose, others, found, self._turn.held, self._thorough)
            hand = track.seek(scene)
            self._writer.write(frame, timestamp, track_id, person, pose, hand)
        self._writer.end_frame(self._tracks)

    def _networks(self) -> tuple[Any, ...]:
        return tuple(each for each in (self._recrop, self._landmarks, self._palms) if each)
