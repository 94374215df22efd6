"""Finding an interpreter that has MediaPipe's ``solutions``, or making one.

MediaPipe 0.10.21 is the last wheel line that has them, and it wants CPython 3.12 or older. It comes
with pose-format, whose own command makes .pose files with it. MediaPipe fetches its light and heavy
pose networks when they are first used; where the build has them, they are put there.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "0.10.21"
NEWEST_PYTHON = 12
POSE_FORMAT = "pose-format==0.15.0"
BUILD = Path(__file__).resolve().parents[2] / "build"
FOLDER = BUILD / "evaluate" / "venv"
NETWORKS = ("pose_landmark_lite.tflite", "pose_landmark_heavy.tflite")


def _fits() -> str | None:
    """A CPython from 3.9 to 3.12: this one or one on the PATH."""
    if sys.implementation.name == "cpython" and sys.version_info[1] <= NEWEST_PYTHON:
        return sys.executable
    names = (f"python3.{minor}" for minor in range(NEWEST_PYTHON, 8, -1))
    return next((path for name in names if (path := shutil.which(name))), None)


def _has(python: Path, module: str) -> bool:
    command = [str(python), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True).returncode == 0


def find_or_make(
    folder: Path = FOLDER, version: str = VERSION, module: str = "mediapipe.python.solutions"
) -> tuple[Path | None, str]:
    """An interpreter with MediaPipe's ``module``, or None and the reason why there is none."""
    if importlib.util.find_spec("mediapipe") and _has(Path(sys.executable), module):
        return Path(sys.executable), ""
    windows = sys.platform == "win32"
    python = folder / ("Scripts/python.exe" if windows else "bin/python")
    if python.exists() and _has(python, module):
        _put_networks(folder)
        return python, ""
    base = _fits()
    if base is None:
        return None, f"MediaPipe {version} needs CPython 3.9 to 3.12, and there is none here"
    print(f"installing mediapipe {version} into {folder}", file=sys.stderr, flush=True)
    others = (POSE_FORMAT,) if version == VERSION else ()
    for command in (
        [base, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", f"mediapipe=={version}", *others],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            return None, f"MediaPipe {version} could not be installed: {words[0]}"
    _put_networks(folder)
    return python, ""


def _put_networks(folder: Path) -> None:
    """Put the networks there that MediaPipe would fetch, as far as the build has them."""
    for target in folder.glob("**/site-packages/mediapipe/modules/pose_landmark"):
        for name in NETWORKS:
            original = BUILD / "originals" / name
            if original.is_file() and not (target / name).exists():
                shutil.copy(original, target)
