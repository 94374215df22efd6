"""What pictures are to one another."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any


class VisionTaskRunningMode(Enum):
    """Single pictures, the frames of a video, or a live stream whose results come to a callback."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    LIVE_STREAM = "LIVE_STREAM"

    def __str__(self) -> str:
        return f"{self.value.lower().replace('_', ' ')} mode"

    def check(self, wanted: VisionTaskRunningMode) -> None:
        """Raise ValueError where this is not the mode that a call is for."""
        if self is not wanted:
            raise ValueError(
                f"Task is not initialized with the {wanted}. Current running mode:{self}"
            )


def validate_running_mode(
    running_mode: VisionTaskRunningMode, packet_callback: Callable[..., Any] | None = None
) -> None:
    """Raise ValueError unless there is a callback in the live stream mode, and only there."""
    if running_mode is VisionTaskRunningMode.LIVE_STREAM:
        if packet_callback is None:
            raise ValueError(
                "The vision task is in live stream mode, a user-defined result callback must be "
                "provided."
            )
    elif packet_callback is not None:
        raise ValueError(
            "The vision task is in image or video mode, a user-defined result callback should not "
            "be provided."
        )
