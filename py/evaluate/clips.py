"""Clips, and what a tracker of one person gives in each of their frames.

Like ``views``, it is shared with MediaPipe's interpreter: OpenCV and NumPy are all it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import cv2
import numpy as np

from evaluate.views import EvaluationError

SUFFIXES = frozenset((".avi", ".gif", ".mkv", ".mp4", ".webm"))
SHAPES = {"pose": (33, 4), "face": (468, 3), "left_hand": (21, 3), "right_hand": (21, 3)}
"""Of each part's points: x and y from 0 to 1 across the frame, z, and the pose's visibility."""
HANDS = ("left_hand", "right_hand")


Found = dict[str, np.ndarray]
"""The points of the parts that were found in one frame, as in SHAPES."""


class Followed(NamedTuple):
    """What was found in the T frames of a clip; NaN where a part was not found.

    ``parts`` has the points (T, ...SHAPES) by part, ``ms`` (T,) the processor time of each frame,
    ``size`` is width and height in pixels, and ``rate`` the frames a second.
    """

    parts: dict[str, np.ndarray]
    ms: np.ndarray
    size: tuple[int, int]
    rate: float

    def save(self, file: Path) -> None:
        """Write everything into an ``.npz`` file."""
        arrays: dict[str, Any] = {"ms": self.ms, "size": self.size, "rate": self.rate}
        np.savez_compressed(file, **(arrays | self.parts))

    @classmethod
    def load(cls, file: Path) -> Followed:
        """Read what ``save`` has written."""
        with np.load(file) as content:
            width, height = content["size"].tolist()
            parts = {part: content[part] for part in SHAPES}
            return cls(parts, content["ms"], (width, height), float(content["rate"]))


class Clip(NamedTuple):
    """A video file; ``limit`` says how many of its frames are shown at the most."""

    path: Path
    limit: int = 400

    def follow(self, find: Callable[[np.ndarray, float], Found]) -> Followed:
        """What ``find`` gives for each RGB frame (H, W, 3) and its time stamp in milliseconds.

        Raises:
            EvaluationError: the file is missing or damaged.
        """
        video = cv2.VideoCapture(str(self.path))
        rate = video.get(cv2.CAP_PROP_FPS)
        answers: list[Found] = []
        times: list[float] = []
        size = (0, 0)
        while len(answers) < self.limit:
            read, picture = video.read()
            if not read:
                break
            size = picture.shape[1], picture.shape[0]
            frame = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            started = process_time()
            answers.append(find(frame, len(answers) * 1000 / rate))
            times.append((process_time() - started) * 1000)
        if not answers:
            raise EvaluationError(f"clip {self.path} cannot be read: fetch the data again")
        return Followed(_stacked(answers), np.array(times), size, rate)


def clips(folder: Path, limit: int) -> list[Clip]:
    """The clips in a folder, by name.

    Raises:
        EvaluationError: there are none.
    """
    found = [Clip(path, limit) for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES]
    if not found:
        raise EvaluationError(f"there are no clips in {folder}: name a folder with video files")
    return found


def _stacked(answers: list[Found]) -> dict[str, np.ndarray]:
    """The frames' answers as arrays by part, with NaN where a part was not found."""
    return {
        part: np.stack([found.get(part, np.full(shape, np.nan)) for found in answers]).astype("f4")
        for part, shape in SHAPES.items()
    }
