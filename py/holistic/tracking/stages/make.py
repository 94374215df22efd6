"""Making the stage of some parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holistic.inference.model_cache import LoadModel, ModelCache
from holistic.options import Options
from holistic.shared import schedule
from holistic.tracking.stages.base import Stage, Task
from holistic.tracking.stages.face import FaceStage
from holistic.tracking.stages.hand import HandStage
from holistic.tracking.stages.persistent import PersistentFaceStage, PersistentHandStage
from holistic.tracking.stages.pose import PoseStage
from holistic.tracking.stages.without_pose import FaceOnlyStage, HandsOnlyStage


def make_stage(task: Task, model_cache: ModelCache, options: Options) -> Stage:
    """The stage of the parts ``task``; raises ModelError where a model is missing or damaged."""
    if task == schedule.ROTATIONS:
        from holistic.tracking.stages.rotations import RotationsStage  # noqa: PLC0415 - few want it

        return RotationsStage()
    if task == ("pose",):
        return PoseStage(model_cache, options)
    if task == ("face",):
        return _face_stage(options)(model_cache, options)
    if options.with_pose:
        return (PersistentHandStage if options.second_look else HandStage)(
            task[0], model_cache, options
        )
    return HandsOnlyStage(task, model_cache, options)


def _face_stage(options: Options) -> type[FaceStage | FaceOnlyStage]:
    if not options.with_pose:
        return FaceOnlyStage
    return PersistentFaceStage if options.second_look else FaceStage


def stages(parts: Iterable[str], load_model: LoadModel, **options: Any) -> tuple[Stage, ...]:
    """The stages of ``parts``, some of those of a tracker with these ``options``.

    They share their submodels. ``load_model`` gives the bytes of a model by its name.

    Raises:
        TypeError, ValueError: an unknown part or option.
        ModelError: a model is missing or damaged.
    """
    chosen = Options(**options)
    model_cache = ModelCache(load_model)
    tasks = schedule.tasks(list(parts), chosen.with_pose)
    return tuple(make_stage(task, model_cache, chosen) for task in tasks)


def stage(part: str, load_model: LoadModel, **options: Any) -> Stage:
    """The stage of one part; see ``stages``."""
    return stages((part,), load_model, **options)[0]
