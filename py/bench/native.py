"""One native peer, in a process of its own (``python -m bench.native``, see :func:`main`).

It runs in our environment and in MediaPipe's, so it imports little.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench import clip, machine

WARM_UP_FRAMES = 10
INTERVAL = 1000 / 30
"""Milliseconds between frames, for the trackers' filters."""
PARTS = ("pose", "face", "left_hand", "right_hand")
MEDIAPIPE = "mediapipe"

Find = Callable[[Any, float], list[bool]]
"""From a frame and its time stamp to which of PARTS were found."""


def mediapipe(complexity: int) -> Find:
    """mp.solutions.holistic, tracking."""
    import mediapipe  # noqa: PLC0415 - only in the environment that has it

    holistic = mediapipe.solutions.holistic.Holistic(model_complexity=complexity)

    def find(frame: Any, timestamp: float) -> list[bool]:
        result = holistic.process(frame)
        return [getattr(result, f"{part}_landmarks") is not None for part in PARTS]

    return find


def ours(complexity: int, variant: str) -> Find:
    """This project's tracker with a variant of the models."""
    from holistic import Tracker  # noqa: PLC0415 - only in the environment that has it

    tracker = Tracker(complexity, variant=variant)

    def find(frame: Any, timestamp: float) -> list[bool]:
        people = tracker.process(frame, timestamp).people
        return [bool(people) and getattr(people[0], part) is not None for part in PARTS]

    return find


def measure(
    create: Callable[[int], Find], complexity: int, frames: list[Any], seconds: float
) -> dict[str, Any]:
    """Track the frames over and over for so many seconds.

    ``events`` are [time, latency, parts found ...] in milliseconds; ``first`` is the time of the
    first landmarks on the monotonic clock.
    """
    memory = machine.memory()["Pss"]
    find = create(complexity)
    find(frames[0], 0.0)
    first = time.monotonic()
    for index in range(1, WARM_UP_FRAMES):
        find(frames[index % len(frames)], index * INTERVAL)
    events = []
    start, cpu, busy = time.monotonic(), time.process_time(), machine.busy_seconds()
    for index in itertools.count(WARM_UP_FRAMES):
        begin = time.monotonic()
        found = find(frames[index % len(frames)], index * INTERVAL)
        end = time.monotonic()
        events.append([(end - start) * 1000, (end - begin) * 1000, *found])
        if end > start + seconds:
            break
    return {
        "first": first,
        "events": events,
        "seconds": end - start,
        "cpu_seconds": time.process_time() - cpu,
        "busy_seconds": machine.busy_seconds() - busy,
        "memory_mb": machine.memory()["Pss"] - memory,
    }


def main() -> None:
    """Measure and print JSON: TRACKER COMPLEXITY FILE REPEATS SECONDS; each REPEATS-th frame.

    TRACKER is "mediapipe" or, of ours, the variant.
    """
    name, complexity, path, repeats, seconds = sys.argv[1:]
    frames = list(itertools.islice(clip.read(Path(path)), 0, None, int(repeats)))
    create = mediapipe if name == MEDIAPIPE else partial(ours, variant=name)
    print(json.dumps(measure(create, int(complexity), frames, float(seconds))))


if __name__ == "__main__":
    main()
