"""One person's body, face and hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, fields, replace
from typing import Any

from holistic.compat.mediapipe.tasks.python.components.containers.category import Category
from holistic.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from holistic.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from holistic.compat.mediapipe.tasks.python.vision.core.image import Image
from holistic.compat.mediapipe.tasks.python.vision.core.landmarker import Landmarker, View
from holistic.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
)
from holistic.compat.mediapipe.tasks.python.vision.face_landmarker import (
    face_blendshapes,
    face_landmarks,
)
from holistic.compat.mediapipe.tasks.python.vision.hand_landmarker import (
    hand_landmarks,
    hand_world_landmarks,
)
from holistic.compat.mediapipe.tasks.python.vision.pose_landmarker import (
    mask_image,
    pose_landmarks,
    pose_world_landmarks,
)
from holistic.results.result import Person, Result

__all__ = ["HolisticLandmarker", "HolisticLandmarkerOptions", "HolisticLandmarkerResult"]


@dataclass
class HolisticLandmarkerResult:
    """One list for each part, empty where it was not found.

    Blendshapes and mask are None where they were not found or not asked for.
    """

    face_landmarks: list[NormalizedLandmark]
    pose_landmarks: list[NormalizedLandmark]
    pose_world_landmarks: list[Landmark]
    left_hand_landmarks: list[NormalizedLandmark]
    left_hand_world_landmarks: list[Landmark]
    right_hand_landmarks: list[NormalizedLandmark]
    right_hand_world_landmarks: list[Landmark]
    face_blendshapes: list[Category] | None = None
    segmentation_mask: Image | None = None


class _OldName:
    """An attribute that has another name now."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, _: type | None = None) -> Any:
        return None if owner is None else getattr(owner, self.name)

    def __set__(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, value)


@dataclass
class HolisticLandmarkerOptions:
    """MediaPipe's options; the last three are older names of others.

    Args:
        base_options: the model file, which is not used.
        running_mode: single pictures, a video or a live stream.
        min_face_detection_confidence: accepted and not used.
        min_face_suppression_threshold: accepted and not used.
        min_face_presence_confidence: score that a face must have; the tracker's own least is 0.5.
        min_pose_detection_confidence: score that a detection must have.
        min_pose_suppression_threshold: accepted and not used.
        min_pose_presence_confidence: score above which a body's landmarks are believed.
        min_hand_landmarks_confidence: score that a hand must have; the tracker's own least is 0.5.
        output_face_blendshapes: whether there are blendshapes.
        output_pose_segmentation_masks: whether there is a mask.
        result_callback: of a live stream.
        min_face_landmarks_confidence: ``min_face_presence_confidence``.
        min_pose_landmarks_confidence: ``min_pose_presence_confidence``.
        output_segmentation_mask: ``output_pose_segmentation_masks``.

    Raises:
        ValueError: a value is given under both of its names.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    min_face_detection_confidence: float = 0.5
    min_face_suppression_threshold: float = 0.3
    min_face_presence_confidence: float = 0.5
    min_pose_detection_confidence: float = 0.5
    min_pose_suppression_threshold: float = 0.3
    min_pose_presence_confidence: float = 0.5
    min_hand_landmarks_confidence: float = 0.5
    output_face_blendshapes: bool = False
    output_pose_segmentation_masks: bool = False
    result_callback: Callable[[HolisticLandmarkerResult, Image, int], None] | None = None
    min_face_landmarks_confidence: InitVar[Any] = _OldName("min_face_presence_confidence")
    min_pose_landmarks_confidence: InitVar[Any] = _OldName("min_pose_presence_confidence")
    output_segmentation_mask: InitVar[Any] = _OldName("output_pose_segmentation_masks")

    def __post_init__(self, *values: Any) -> None:
        usual = {field.name: field.default for field in fields(self)}
        for (old, attribute), value in zip(_OLD_NAMES.items(), values, strict=True):
            if value is None:
                continue
            if getattr(self, attribute.name) != usual[attribute.name]:
                raise ValueError(f"Specify either `{attribute.name}` or `{old}`, not both.")
            setattr(self, attribute.name, value)


_OLD_NAMES = {
    name: attribute
    for name, attribute in vars(HolisticLandmarkerOptions).items()
    if isinstance(attribute, _OldName)
}


class HolisticLandmarker(Landmarker[HolisticLandmarkerOptions, HolisticLandmarkerResult]):
    """Finds one person's body, face and hands."""

    _options_type = HolisticLandmarkerOptions

    def _tracker_options(self, options: HolisticLandmarkerOptions) -> dict[str, Any]:
        return {
            "refine_face": True,
            "blendshapes": options.output_face_blendshapes,
            "min_detection": options.min_pose_detection_confidence,
            "min_tracking": options.min_pose_presence_confidence,
            "mask": options.output_pose_segmentation_masks,
        }

    def _results(self, result: Result, view: View) -> HolisticLandmarkerResult:
        options = self._options
        least = {
            "face": options.min_face_presence_confidence,
            "left_hand": options.min_hand_landmarks_confidence,
            "right_hand": options.min_hand_landmarks_confidence,
        }
        person = _in_one_space(_certain(result.person or Person(-1), least))
        return HolisticLandmarkerResult(
            face_landmarks(person, view),
            pose_landmarks(person, view),
            pose_world_landmarks(person, view),
            hand_landmarks(person, "left_hand", view),
            hand_world_landmarks(person, "left_hand", view),
            hand_landmarks(person, "right_hand", view),
            hand_world_landmarks(person, "right_hand", view),
            face_blendshapes(person) or None,
            mask_image(person, view),
        )


_ARRAYS = {
    "face": ("face", "blendshapes"),
    "left_hand": ("left_hand", "left_hand_world"),
    "right_hand": ("right_hand", "right_hand_world"),
}


def _certain(person: Person, least: Mapping[str, float]) -> Person:
    """The person without the parts whose scores are not above the ``least``."""
    unsure = [part for part, score in least.items() if not person.scores.get(part, 0) > score]
    gone: dict[str, Any] = {name: None for part in unsure for name in _ARRAYS[part]}
    return replace(person, **gone)


def _in_one_space(person: Person) -> Person:
    """The person with hands in metres that begin where the body's wrists are, as in MediaPipe."""
    moved = {}
    for side in ("left", "right"):
        hand = getattr(person, f"{side}_hand_world")
        if hand is not None and person.pose_world is not None:
            moved[f"{side}_hand_world"] = hand - hand["wrist"] + person.pose_world[f"{side}_wrist"]
    return replace(person, **moved)
