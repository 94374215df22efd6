"""The pose's stage: who is there, and each body's landmarks."""

from __future__ import annotations

from functools import partial

import numpy as np

from holistic.inference.landmarkers import PoseEstimate, PoseLandmarks
from holistic.inference.mask import MaskFilter, in_frame
from holistic.inference.model_cache import ModelCache
from holistic.options import Options, Smoothing
from holistic.results import record as records
from holistic.shared import layout
from holistic.shared.model_sets import FACE_DETECTORS
from holistic.tracking.body_search import BodySearch
from holistic.tracking.matching import is_duplicate_body, is_same_body
from holistic.tracking.multi_tracker import MultiTracker
from holistic.tracking.occlusion import body_alone
from holistic.tracking.regions import body_region_from_detection, body_region_from_estimate
from holistic.tracking.roi_tracks import PoseTrack
from holistic.tracking.search import FRACTIONS
from holistic.tracking.stages.base import Stage
from holistic.tracking.stages.sections import write_pose
from holistic.tracking.targets import TargetSpec


def body_spec(smoothing: Smoothing | None, steady_axis: bool) -> TargetSpec[PoseEstimate]:
    """How bodies are tracked: see ``PoseTrack`` for the arguments.

    Their regions may lie on one another, as bodies do.
    """
    return TargetSpec(
        partial(PoseTrack, smoothing, steady_axis),
        body_region_from_detection,
        body_region_from_estimate,
        is_duplicate_body,
        tolerance=0.5,
        is_same=is_same_body,
        show_alone=body_alone,
    )


class PoseStage(Stage):
    """The bodies: who is there, landmarks, world landmarks, smoothing, masks."""

    masks: dict[int, np.ndarray]
    """The segmentation masks (H, W) in the last frame, by track id, if asked for."""

    def __init__(self, model_cache: ModelCache, options: Options) -> None:
        self._model_cache = model_cache
        self._with_mask, self._smooth_mask = options.mask, options.smooth_mask
        self._min_detection, self._min_tracking = options.min_detection, options.min_tracking
        self._limit = options.max_people
        self._reach = PoseLandmarks.TASKS_REACH if options.tasks_rules else PoseLandmarks.REACH
        self._detector = model_cache("pose_detector")
        self._faces = model_cache(FACE_DETECTORS["full"]) if options.searches_below_faces else None
        self.use(options.pose_model)
        super().__init__(("pose",), *self._submodels)
        follows_raw_axis = options.tasks_rules and options.parts == ("pose",)
        spec = body_spec(options.smoothing_of("pose"), steady_axis=not follows_raw_axis)
        self._tracker = MultiTracker(options.max_people, spec, options.depths(len(FRACTIONS)))
        self._forget_masks()

    def _forget_masks(self) -> None:
        self.masks = {}
        self._mask_filters: dict[int, MaskFilter] = {}

    def use(self, model: str) -> None:
        """Go on with another of POSE_MODELS."""
        self._landmarks = self._model_cache(f"{model}_mask" if self._with_mask else model)
        faces = (self._faces,) if self._faces else ()
        self._submodels = (self._detector, self._landmarks, *faces)

    def reset(self) -> None:
        """Forget the previous frame."""
        self._tracker.reset()
        self._forget_masks()

    def _find(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        people = records.people(record)
        detect = partial(self._detector, min_score=self._min_detection)
        landmarks = partial(self._landmarks, min_score=self._min_tracking, reach=self._reach)
        search = self._faces and BodySearch(self._limit, detect, self._faces, landmarks)
        found = self._tracker.update(frame, timestamp, detect, landmarks, search)
        filters = self._mask_filters
        self._forget_masks()
        people[:, layout.PERSON_ID] = self._tracker.track_ids()  # parts without a body need them
        for slot, track_id, pose in found:
            write_pose(frame, people[slot], pose)
            if pose.mask:
                mask = in_frame(pose.mask, *frame.shape[:2])
                if self._smooth_mask:
                    smooth = self._mask_filters[track_id] = filters.get(track_id) or MaskFilter()
                    mask = smooth(mask)
                self.masks[track_id] = mask
