"""How far .pose files are from one another, component by component.

``PYTHONPATH=py python tests/parity/pose_files.py`` makes those of each clip and complexity with
pose-format's own command, video_to_pose, once on MediaPipe (``evaluate.reference_environment``) and
once on ours, and prints the table of docs/formats.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pose_format import Pose

from evaluate import reference_environment

ROOT = Path(__file__).resolve().parents[2]
MEDIA = ROOT / "tests" / "media"
CLIPS = ("intel__milk.mkv", "intel__book.mkv")
COMPLEXITIES = (1, 2)
PARTS = ("POSE_LANDMARKS", "FACE_LANDMARKS", "LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS")


class Apart(NamedTuple):
    """Mean distance in pixels of points both are sure of, frames with both, and with one alone."""

    pixels: float
    both: int
    one: int


def theirs(clip: Path, complexity: int, out: Path) -> None:
    """Make a .pose file with MediaPipe."""
    command = reference_environment.FOLDER / "bin" / "video_to_pose"
    _run([str(command)], clip, complexity, out)


def ours(clip: Path, complexity: int, out: Path) -> None:
    """Make a .pose file with our solutions, by the very same command."""
    hook = [sys.executable, "-m", "holistic.compat.mediapipe"]
    _run([*hook, "video_to_pose"], clip, complexity, out)


def _run(command: list[str], clip: Path, complexity: int, out: Path) -> None:
    config = f"model_complexity={complexity},refine_face_landmarks=true"
    arguments = ["-i", str(clip), "-o", str(out), "--additional-config", config]
    path = {"PYTHONPATH": str(ROOT / "py")} if command[0] == sys.executable else {}
    subprocess.run(
        [*command, *arguments], check=True, capture_output=True, env={**os.environ, **path}
    )


def read(path: Path) -> Pose:
    """A .pose file."""
    return Pose.read(path.read_bytes())


def components(pose: Pose) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """For each component its name, (frames, points, 3) values and (frames, points) confidences."""
    start = 0
    for component in pose.header.components:
        rows = slice(start, start + len(component.points))
        start = rows.stop
        values = np.asarray(pose.body.data.data)[:, 0, rows]
        yield component.name, values, pose.body.confidence[:, 0, rows]


def apart(one: Pose, other: Pose) -> dict[str, Apart]:
    """How far each part of one file is from the other's."""
    found = {}
    for (name, values, sure), (_, expected, expected_sure) in zip(
        components(one), components(other), strict=True
    ):
        seen, expected_seen = sure[:, 0] > 0, expected_sure[:, 0] > 0
        both = seen & expected_seen
        counted = both[:, None] & (expected_sure >= 0.5)
        distances = np.linalg.norm((values - expected)[..., :2], axis=-1)[counted]
        alone = int((seen != expected_seen).sum())
        found[name] = Apart(float(distances.mean()), int(both.sum()), alone)
    return found


def main() -> None:
    """Print the table."""
    python, reason = reference_environment.find_or_make()
    if python is None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as name:
        for clip in CLIPS:
            for complexity in COMPLEXITIES:
                files = Path(name) / "ours.pose", Path(name) / "theirs.pose"
                ours(MEDIA / clip, complexity, files[0])
                theirs(MEDIA / clip, complexity, files[1])
                found = apart(*map(read, files))
                cells = [
                    f"{found[part].pixels:.2f} ({found[part].both}, {found[part].one})"
                    for part in PARTS
                ]
                print("|", clip, "|", complexity, "|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
