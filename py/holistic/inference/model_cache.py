"""Submodels by name: made when first asked for, shared, and freed when no stage holds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from holistic.inference import blendshapes, detector, landmarkers, refined_face
from holistic.shared import model_sets
from holistic.shared.layout import FACE_POINTS, IRIS_POINTS

LoadModel = Callable[[str], bytes]


class LateModelError(LookupError):
    """A model is not there yet: a page begins without those that are seldom needed."""


_MAKERS: dict[str, Callable[..., Any]] = {
    "pose_detector": detector.pose_detector,
    **{name: partial(landmarkers.PoseLandmarks, name) for name in model_sets.POSE_MODELS},
    **{
        f"{name}_mask": partial(landmarkers.PoseLandmarks, f"{name}_mask", mask=True)
        for name in model_sets.POSE_MODELS
    },
    **{
        name: partial(detector.face_detector, name=name)
        for name in model_sets.FACE_DETECTORS.values()
    },
    "face_landmarks": landmarkers.FaceLandmarks,
    "face_landmarks_v2": partial(
        landmarkers.FaceLandmarks, name="face_landmarks_v2", points=FACE_POINTS + IRIS_POINTS
    ),
    model_sets.ATTENTION_MESH: refined_face.RefinedFaceLandmarks,
    model_sets.BLENDSHAPES: blendshapes.Blendshapes,
    "palm_detector": detector.palm_detector,
    "hand_recrop": landmarkers.HandRecrop,
    "hand_landmarks_lite": partial(landmarkers.HandLandmarks, "hand_landmarks_lite"),
    "hand_landmarks": partial(landmarkers.HandLandmarks, "hand_landmarks"),
}


class ModelCache:
    """Calling it with a model's name gives the submodel; ``load_model`` gives the model's bytes.

    ``threads`` are those of each submodel. It keeps none alive: a submodel and its memory go with
    the last stage that uses it.

    Raises (when called):
        ModelError: the model is missing or damaged.
        LateModelError: it comes later.
    """

    def __init__(self, load_model: LoadModel, threads: int = 1) -> None:
        self._load_model = load_model
        self._threads = threads
        self._made: WeakValueDictionary[str, Any] = WeakValueDictionary()

    def __call__(self, name: str) -> Any:
        """The submodel ``name``, for instance "hand_landmarks"."""
        submodel = self._made.get(name)
        if submodel is None:
            contents = (self._load_model(file) for file in model_sets.files(name))
            submodel = self._made[name] = _MAKERS[name](*contents, threads=self._threads)
        return submodel

    def if_there(self, name: str) -> Any | None:
        """The submodel ``name``, or None where its model comes later."""
        try:
            return self(name)
        except LateModelError:
            return None

    @property
    def alive(self) -> frozenset[str]:
        """Names of the submodels that are in use."""
        return frozenset(self._made)
