"""Tracks the same frames over and over, and watches the memory.

It runs natively and in Pyodide (tracking_loop.mjs): it imports NumPy and the tracker alone.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from holistic import Tracker

PARTS = ("pose", "face", "left_hand", "right_hand")


class Sample(NamedTuple):
    """The memory at a time of the video.

    Attributes:
        minute: of the video.
        frames: so far.
        megabytes: of the process.
        heap: megabytes of WebAssembly's memory, which never shrinks; natively 0.
        objects: containers that Python holds (gc.get_objects).
        found: in how many frames so far each of PARTS was found.
    """

    minute: float
    frames: int
    megabytes: float
    heap: float
    objects: int
    found: tuple[int, ...]


def watch(
    frames: np.ndarray,
    minutes: float,
    fps: float,
    memory: Callable[[], tuple[float, float]],
    **settings: Any,
) -> Iterator[Sample]:
    """Track a video of so many minutes and frames a second; a sample each minute.

    ``frames`` (n, H, W, 3) are shown forwards and backwards; ``memory`` gives ``megabytes`` and
    ``heap``; ``settings`` are the Tracker's.
    """
    n = len(frames)
    order = [*range(n), *range(n - 2, 0, -1)]
    total, every = round(minutes * 60 * fps), max(1, round(60 * fps))
    found = np.zeros(len(PARTS), int)
    with Tracker(**settings) as tracker:
        for index in range(total + 1):
            if index % every == 0 or index == total:
                yield Sample(
                    index / fps / 60,
                    index,
                    *memory(),
                    len(gc.get_objects()),
                    tuple(found.tolist()),
                )
            if index < total:
                result = tracker.process(frames[order[index % len(order)]], index * 1000 / fps)
                found += [getattr(result, part) is not None for part in PARTS]
