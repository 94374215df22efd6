"""The stages of faces and hands that look twice, and go on without a body (see ``second_look``).

Where the record has no body, the face and the hands belong to whoever has the number that the pose
stage keeps for the next body: when a body appears they are its.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from holistic.inference.landmarkers import FaceEstimate
from holistic.inference.model_cache import ModelCache
from holistic.results import record as records
from holistic.shared import layout
from holistic.tracking.matching import is_duplicate
from holistic.tracking.multi_tracker import MultiTracker, TargetSpec
from holistic.tracking.roi_tracks import SelfTrack, face_of, mesh_region
from holistic.tracking.second_look import PersistentFaceTrack, PersistentHandTrack, Scene
from holistic.tracking.stages import (
    HANDS,
    SELF_DEPTHS,
    SELF_OVERLAP,
    SELF_STEADY,
    FaceStage,
    HandStage,
    Settings,
    bodies,
    frame_scale,
    write_face,
    write_hand,
)

LONE_FACE_INTERVAL = 2
"""In how many frames a face is looked for once, where there is neither a body nor a face."""


def without_bodies(record: np.ndarray) -> list[tuple[int, np.ndarray, None]]:
    """Everybody who may have parts without a body, as ``bodies`` gives those with one."""
    people = records.people(record)
    return [(int(person[layout.PERSON_ID]), person, None) for person in people]


class PersistentFaceStage(FaceStage):
    """The face of every body in the record; where there is none, faces on their own."""

    def __init__(self, model_cache: ModelCache, settings: Settings) -> None:
        people = settings.max_people
        self._crowd: MultiTracker[FaceEstimate] = MultiTracker(
            max(people, 2) if settings.thorough else people,  # one alone is not searched in parts
            TargetSpec(
                partial(SelfTrack[FaceEstimate], mesh_region),
                face_of,
                lambda face: mesh_region(face.points),
                is_duplicate,
                SELF_STEADY,
                SELF_OVERLAP,
            ),
            settings.depths(SELF_DEPTHS),
        )
        self._thorough = settings.thorough
        self._frames = 0
        self._alone = 0  # how many faces are followed without bodies
        super().__init__(model_cache, settings)
        self._make_track = partial(
            PersistentFaceTrack,
            crowded=people > 1,
            redetect_interval=settings.redetect_interval,
        )

    def reset(self) -> None:
        """Forget the previous frame."""
        super().reset()
        self._crowd.reset()
        self._alone = 0

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        self._frames += 1
        if any(bodies(frame, record)):
            if self._alone:
                self._crowd.reset()
                self._alone = 0
            super()._find(frame, timestamp, record)
        elif self._alone or self._thorough or self._frames % LONE_FACE_INTERVAL == 0:
            self._find_alone(frame, timestamp, record)

    def _find_alone(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        landmarks = self._mesh if self.simple else self._landmarks
        faces = self._crowd.update(frame, timestamp, self._detector, landmarks)
        self._alone = len(faces)
        seen = []
        for (number, person, _), (*_, face) in zip(without_bodies(record), faces, strict=False):
            seen.append(number)
            write_face(frame, person, face.score, self._smoother(number, face.points, timestamp))
        self._smoother.keep(seen)


class PersistentHandStage(HandStage):
    """One hand of every body in the record; where there is none, a hand on its own."""

    def __init__(self, side: str, model_cache: ModelCache, settings: Settings) -> None:
        super().__init__(side, model_cache, settings)
        palms = model_cache("palm_detector")
        self._submodels = (*self._submodels, palms)
        self._thorough = settings.thorough
        self._make_track = partial(
            PersistentHandTrack,
            side,
            settings.redetect_interval,
            self._phase,
            recrop=self._recrop,
            landmarks=self._landmarks,
            palms=palms,
        )

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        before, self._tracks = self._tracks, {}
        everybody = list(bodies(frame, record))
        seen = []
        for number, person, pose in everybody or without_bodies(record):
            track = self._tracks[number] = before.get(number) or self._make_track()
            others = [body for other, _, body in everybody if other != number]
            scene = Scene(frame, pose, others, _hands(frame, record), self._thorough)
            hand = track.seek(scene)
            if hand:
                seen.append(number)
                points = self._smoother(number, hand.points, timestamp)
                write_hand(frame, person, self._side, hand, points)
        self._smoother.keep(seen)


def _hands(frame: np.ndarray, record: np.ndarray) -> list[np.ndarray]:
    """The (21, 3) points in pixels of all hands in a record."""
    return [
        records.hand_points(person, side) * frame_scale(frame)
        for person in records.people(record)
        for side in HANDS
        if records.found(person, side)
    ]
