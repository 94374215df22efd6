"""The options of every task: which model file, and on which processor."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from os import PathLike
from pathlib import Path

from holistic.shared.model_sets import POSE_MODELS


class _Delegate(IntEnum):
    """The processors that MediaPipe can use."""

    DEFAULT = 0
    CPU = 1
    GPU = 2


@dataclass
class BaseOptions:
    """The model file, its path or its bytes, and the processor.

    The tracker has models of its own and runs on the CPU: all three are accepted and none is used.
    The file need not exist. Only its name is looked at, see ``pose_complexity``.
    """

    Delegate = _Delegate

    model_asset_path: str | PathLike[str] | None = None
    model_asset_buffer: bytes | None = None
    delegate: _Delegate | None = None

    @property
    def pose_complexity(self) -> int:
        """The complexity of the pose model: 0 for a file named "..._lite...", 2 for "..._heavy...".

        It is 1 for every other name, and where there is no heavier model.
        """
        name = Path(self.model_asset_path or "").name
        complexity = next((i for i, word in _COMPLEXITIES.items() if word in name), 1)
        return complexity if complexity < len(POSE_MODELS) else 1


_COMPLEXITIES = {0: "_lite", 2: "_heavy"}


def note_model_file(options: BaseOptions) -> None:
    """Warn, once in a program, that a model file is not used."""
    if options.model_asset_path or options.model_asset_buffer:
        _warn_once()


@cache
def _warn_once() -> None:
    warnings.warn(
        "model files are not used: holistic.compat.mediapipe runs with the tracker's own models "
        "(this is said once)",
        stacklevel=5,
    )
