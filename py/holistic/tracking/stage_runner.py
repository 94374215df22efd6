"""Running the stages at a level of effort (see ``shared.quality``)."""

from __future__ import annotations

import numpy as np

from holistic.options import Options
from holistic.shared import quality
from holistic.shared.model_sets import HAND_MODELS, POSE_MODELS, has_light_hand
from holistic.shared.schedule import HANDS
from holistic.tracking.extrapolation import Extrapolation
from holistic.tracking.stages import (
    FaceStage,
    HandStage,
    PersistentHandStage,
    PoseStage,
    Stage,
    Task,
)

LIGHT_MODELS = frozenset({POSE_MODELS[0], HAND_MODELS[0]})
"""The names of the submodels that do with less."""


class StageRunner:
    """Runs the stages of one source, made for ``options``, frame after frame.

    ``light_models`` are those of LIGHT_MODELS that are at hand, to go on with at lower levels; they
    can change at any time.
    """

    def __init__(self, options: Options, light_models: frozenset[str] = LIGHT_MODELS) -> None:
        self._options = options
        self.light_models = light_models
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._frames: dict[Task, int] = {}
        self._carried: dict[Task, Extrapolation] = {}

    def run(
        self,
        task: Task,
        stage: Stage,
        depth: int,
        frame: np.ndarray,
        timestamp: float,
        record: np.ndarray,
    ) -> None:
        """Run a stage at the level quality.LEVELS[depth]; see Stage."""
        number = self._frames[task] = self._frames.get(task, -1) + 1
        if depth == quality.SIMPLE and self._options.with_pose and set(task) <= set(HANDS):
            stage.reset()
            stage.clear(record)
            return
        if quality.computes_always(depth, task[0]):
            self._carried.pop(task, None)
            self._compute(stage, depth, frame, timestamp, record)
            return
        carried = self._carried.get(task) or self._carry(task)
        if carried.knows and not quality.computes(depth, task[0], number):
            carried.write(timestamp, record)
            return
        self._compute(stage, depth, frame, timestamp, record)
        carried.note(timestamp, record)

    def _compute(
        self, stage: Stage, depth: int, frame: np.ndarray, timestamp: float, record: np.ndarray
    ) -> None:
        light = self.light_models if depth >= quality.LITE else frozenset()
        if isinstance(stage, PoseStage):
            stage.use(POSE_MODELS[0] if POSE_MODELS[0] in light else self._options.pose_model)
        elif isinstance(stage, (HandStage, PersistentHandStage)):
            lighter = HAND_MODELS[0] in light and has_light_hand(self._options.variant)
            stage.use(HAND_MODELS[0] if lighter else self._options.hand_model)
        elif isinstance(stage, FaceStage):
            stage.simple = depth == quality.SIMPLE
        stage(frame, timestamp, record)

    def _carry(self, task: Task) -> Extrapolation:
        leads = task == self._options.tasks[0]
        carried = self._carried[task] = Extrapolation(task, leads)
        return carried
