"""The tracker: one stage for each part, and all of them in turn.

A stage computes one part of a frame's record (see ``layout``): "pose" first, then "face",
"left_hand" and "right_hand", which begin from the pose's section of the same record. In the
browser every worker runs some of the stages; ``Tracker`` runs all of them.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from types import TracebackType

import numpy as np

from holistic import layout, submodels
from holistic import record as records
from holistic.models import load
from holistic.network import Network
from holistic.result import Result, person_from_record
from holistic.tracks import FaceTrack, HandTrack, PoseTrack

POSE_MODELS = ("pose_landmarks_lite", "pose_landmarks_full")
"""The pose's landmark model at complexity 0 and 1."""

LoadModel = Callable[[str], bytes]


class Stage(ABC):
    """Computes one part of each frame's record."""

    def __init__(self, part: str, networks: Iterable[Network]) -> None:
        self.part = part
        self._networks = tuple(networks)

    @abstractmethod
    def reset(self) -> None:
        """Forget the previous frame: a new source begins."""

    @abstractmethod
    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Write the part's section, which is zero, if the part is in the frame."""

    def __call__(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        """Find the part in a frame and write its section and its times into the record.

        ``frame`` is uint8 (H, W, 3 or 4), RGB or RGBA; ``timestamp`` in milliseconds, rising;
        ``record`` float32 (layout.RECORD_FLOATS,). Where the part is absent its section is zero.
        """
        started = perf_counter()
        for network in self._networks:
            network.warp_ms = network.run_ms = 0.0
        records.section(record, self.part).fill(0)
        self._find(frame, timestamp, record)
        records.times(record, self.part)[:] = (
            (perf_counter() - started) * 1000,
            sum(network.warp_ms for network in self._networks),
            sum(network.run_ms for network in self._networks),
        )


def frame_scale(frame: np.ndarray) -> tuple[int, int, int]:
    """Pixels per unit of a record's x, y and z."""
    height, width = frame.shape[:2]
    return width, height, width


def pose_in_pixels(frame: np.ndarray, record: np.ndarray) -> np.ndarray | None:
    """The record's pose (33, 5) with x, y and z in frame pixels; None without a pose."""
    if not records.found(record, "pose"):
        return None
    return records.pose_points(record) * (*frame_scale(frame), 1, 1)


class PoseStage(Stage):
    """The body: detector, landmarks, world landmarks, smoothing."""

    def __init__(self, detector: submodels.Detector, landmarks: submodels.PoseLandmarks) -> None:
        super().__init__("pose", (detector.network, landmarks.network))
        self._detector = detector
        self._landmarks = landmarks
        self._track = PoseTrack()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._track.reset()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        pose = self._track.update(frame, timestamp, self._detector, self._landmarks)
        if pose:
            records.section(record, "pose")[records.SCORE] = pose.score
            records.pose_points(record)[:] = pose.points / (*frame_scale(frame), 1, 1)
            records.pose_world(record)[:] = pose.world


class FaceStage(Stage):
    """The face of the body in the record."""

    def __init__(self, detector: submodels.Detector, landmarks: submodels.FaceLandmarks) -> None:
        super().__init__("face", (detector.network, landmarks.network))
        self._detector = detector
        self._landmarks = landmarks
        self._track = FaceTrack()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._track.reset()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        pose = pose_in_pixels(frame, record)
        if pose is None:
            self._track.reset()
            return
        face = self._track.update(frame, pose, self._detector, self._landmarks)
        if face:
            records.section(record, "face")[records.SCORE] = face.score
            np.divide(face.points, frame_scale(frame), out=records.face_points(record))


class HandStage(Stage):
    """One hand of the body in the record."""

    def __init__(
        self, side: str, recrop: submodels.HandRecrop, landmarks: submodels.HandLandmarks
    ) -> None:
        super().__init__(side, (recrop.network, landmarks.network))
        self._recrop = recrop
        self._landmarks = landmarks
        self._track = HandTrack(side)

    def reset(self) -> None:
        """Forget the previous frame."""
        self._track.reset()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        pose = pose_in_pixels(frame, record)
        if pose is None:
            self._track.reset()
            return
        hand = self._track.update(frame, pose, self._recrop, self._landmarks)
        if hand:
            section = records.section(record, self.part)
            section[records.SCORE] = hand.score
            section[layout.HAND_HANDEDNESS] = hand.left
            records.hand_points(record, self.part)[:] = hand.points / frame_scale(frame)
            records.hand_world(record, self.part)[:] = hand.world


def stages(parts: Iterable[str], load_model: LoadModel, complexity: int = 1) -> tuple[Stage, ...]:
    """The stages of ``parts`` (names of layout.PARTS); both hands share their networks.

    ``load_model`` gives the bytes of a model by its name.

    Raises:
        ValueError: an unknown part or complexity.
        ModelError: a model is missing or damaged.
    """
    if complexity not in range(len(POSE_MODELS)):
        raise ValueError(f"complexity must be 0 or 1, not {complexity!r}")
    hand_models: tuple[submodels.HandRecrop, submodels.HandLandmarks] | None = None
    made: list[Stage] = []
    for part in parts:
        if part == "pose":
            name = POSE_MODELS[complexity]
            made.append(
                PoseStage(
                    submodels.pose_detector(load_model("pose_detector")),
                    submodels.PoseLandmarks(name, load_model(name)),
                )
            )
        elif part == "face":
            made.append(
                FaceStage(
                    submodels.face_detector(load_model("face_detector")),
                    submodels.FaceLandmarks(load_model("face_landmarks")),
                )
            )
        elif part in ("left_hand", "right_hand"):
            hand_models = hand_models or (
                submodels.HandRecrop(load_model("hand_recrop")),
                submodels.HandLandmarks(load_model("hand_landmarks")),
            )
            made.append(HandStage(part, *hand_models))
        else:
            raise ValueError(f"unknown part {part!r}: it must be one of {layout.PARTS}")
    return tuple(made)


def stage(part: str, load_model: LoadModel, complexity: int = 1) -> Stage:
    """The stage of one part; see ``stages``."""
    return stages((part,), load_model, complexity)[0]


def checked_frame(frame: np.ndarray) -> np.ndarray:
    """A frame that stages can take: contiguous uint8 (H, W, 3 or 4).

    Grey pictures, (H, W) or (H, W, 1), become RGB.

    Raises:
        TypeError: not an array of uint8.
        ValueError: an empty picture, or not a picture's shape.
    """
    if not isinstance(frame, np.ndarray):
        raise TypeError(f"the frame must be a NumPy array, not {type(frame).__name__}")
    if frame.dtype != np.uint8:
        raise TypeError(f"the frame must hold uint8 values from 0 to 255, not {frame.dtype}")
    if frame.ndim == 2:
        frame = frame[..., None]
    if frame.ndim != 3 or frame.shape[2] not in (1, 3, 4):
        raise ValueError(
            f"the frame must have the shape (height, width, 3), not {frame.shape}: "
            "RGB, RGBA or grey, one frame at a time"
        )
    if frame.size == 0:
        raise ValueError(f"the frame is empty: its shape is {frame.shape}")
    if frame.shape[2] == 1:
        frame = np.repeat(frame, 3, axis=2)
    return np.ascontiguousarray(frame)


class Tracker:
    """Finds a person's pose, face and hands in the frames of one source.

    Args:
        complexity: 0, the light pose model, or 1, the full one.
        models: the folder of the models; see ``holistic.models``.

    Raises:
        ModelError: a model is missing or damaged.
    """

    def __init__(self, complexity: int = 1, models: str | os.PathLike[str] | None = None) -> None:
        self._stages = stages(layout.PARTS, partial(load, chosen=models), complexity)
        self._record = np.zeros(layout.RECORD_FLOATS, np.float32)
        self._last: float | None = None

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the networks go; the tracker cannot be used any more."""
        self._stages = ()

    def reset(self) -> None:
        """Forget all frames: a new source begins, and time stamps may start again."""
        self._last = None
        for each in self._stages:
            each.reset()

    def process(self, frame: np.ndarray, timestamp: float) -> Result:
        """Track one frame: uint8 RGB (H, W, 3), RGBA or grey, at ``timestamp`` milliseconds.

        Raises:
            TypeError, ValueError: not a picture, or a time stamp that does not rise.
            RuntimeError: the tracker is closed.
        """
        if not self._stages:
            raise RuntimeError("the tracker is closed: make a new one")
        frame = checked_frame(frame)
        if self._last is not None and not timestamp > self._last:
            raise ValueError(
                f"time stamps must rise: {timestamp} ms came after {self._last} ms "
                "(call reset() when a new source begins)"
            )
        self._last = timestamp
        for each in self._stages:
            each(frame, timestamp, self._record)
        height, width = frame.shape[:2]
        person = person_from_record(self._record)
        return Result(timestamp, width, height, (person,) if person else ())
