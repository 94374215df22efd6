"""MediaPipe's side, for an interpreter that has it: ``python -m evaluate.reference holistic 1``.

Reads a JSON list of (path, crop) from the standard input and writes one line of JSON for each:
for "body", "face" and "hand" a list of lists of (x, y) pixels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mediapipe as mp

from evaluate.views import View

MAX_FACES = 20
MAX_HANDS = 20
"""As many as one view of the data may show; these solutions find several at once."""


def _solution(name: str, complexity: int) -> Any:
    if name == "holistic":
        return mp.solutions.holistic.Holistic(static_image_mode=True, model_complexity=complexity)
    if name == "face_mesh":
        return mp.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=MAX_FACES)
    if name == "hands":
        return mp.solutions.hands.Hands(static_image_mode=True, max_num_hands=MAX_HANDS)
    raise SystemExit(f"there is no solution {name!r}")


_FIELDS = {"body": ("pose",), "face": ("face",), "hand": ("left_hand", "right_hand")}


def _landmark_lists(answer: Any, part: str) -> list[Any]:
    """The landmark lists of a part, whether the solution finds one of it or several."""
    single = [getattr(answer, f"{name}_landmarks", None) for name in _FIELDS[part]]
    several = getattr(answer, f"multi_{part}_landmarks", None) or []
    return [each for each in (*single, *several) if each is not None]


def _found(answer: Any, width: int, height: int) -> dict[str, list[list[tuple[float, float]]]]:
    return {
        part: [
            [(point.x * width, point.y * height) for point in each.landmark]
            for each in _landmark_lists(answer, part)
        ]
        for part in _FIELDS
    }


def main() -> None:
    """Answer every view of the standard input."""
    name, complexity = sys.argv[1:]
    with _solution(name, int(complexity)) as solution:
        for path, crop in json.load(sys.stdin):
            picture = View(Path(path), crop and tuple(crop)).read()
            height, width = picture.shape[:2]
            print(json.dumps(_found(solution.process(picture), width, height)), flush=True)


if __name__ == "__main__":
    main()
