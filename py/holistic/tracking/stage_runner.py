"""Running the stages at a level of effort (see ``shared.quality``)."""

from __future__ import annotations

import numpy as np

from holistic.options import Options
from holistic.results import record as records
from holistic.shared import layout
from holistic.shared.model_sets import POSE_MODELS
from holistic.shared.schedule import HANDS
from holistic.tracking.stages import FaceStage, PoseStage, Stage, Task


class StageRunner:
    """Runs the stages of one source, made for ``options``, frame after frame."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.reset()

    def reset(self) -> None:
        """Forget the previous frame."""
        self._pose: np.ndarray | None = None  # the record that the pose was last found in

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
        lite, sparse, simple = (depth >= step for step in (1, 2, 3))
        if isinstance(stage, PoseStage):
            stage.use(POSE_MODELS[0] if lite else self._options.pose_model)
            if sparse and self._pose is not None:
                self._repeat_pose(record)
                return
        elif isinstance(stage, FaceStage):
            stage.simple = simple
        elif simple and self._options.with_pose and set(task) <= set(HANDS):
            stage.reset()
            stage.clear(record)
            return
        stage(frame, timestamp, record)
        if isinstance(stage, PoseStage):
            self._pose = record.copy()

    def _repeat_pose(self, record: np.ndarray) -> None:
        """Write the last frame's poses, once."""
        assert self._pose is not None
        for start, end in layout.written(("pose",), self._options.max_people, leads=True):
            record[start:end] = self._pose[start:end]
        records.times(record, "pose").fill(0)
        self._pose = None
