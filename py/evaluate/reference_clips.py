"""MediaPipe Holistic on a clip: ``python -m evaluate.reference_clips COMPLEXITY CLIP LIMIT OUT``.

For an interpreter that has MediaPipe; writes what ``clips.Followed`` loads.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import mediapipe as mp
import numpy as np

from evaluate.clips import SHAPES, Clip, Found


def _found(answer: Any) -> Found:
    found: Found = {}
    for part, (_, values) in SHAPES.items():
        points = getattr(answer, f"{part}_landmarks")
        if points is not None:
            rows = [(p.x, p.y, p.z, p.visibility)[:values] for p in points.landmark]
            found[part] = np.array(rows)
    return found


def main() -> None:
    """Follow one clip."""
    complexity, path, limit, out = sys.argv[1:]
    with mp.solutions.holistic.Holistic(model_complexity=int(complexity)) as solution:
        clip = Clip(Path(path), int(limit))
        clip.follow(lambda frame, _: _found(solution.process(frame))).save(Path(out))


if __name__ == "__main__":
    main()
