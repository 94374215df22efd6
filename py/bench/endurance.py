"""Does the tracker's memory grow? An hour of video, natively or in Pyodide.

``python build.py endurance`` runs it, as fast as the machine can, and leaves a JSON file and a
curve in build/bench. The video is the clip, forwards and backwards, with the time stamps of a
camera. (What a page's memory does in an hour on the clock is another question: ``memory``.)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench import CLIP, FOLDER, machine, measures, plots
from bench.tracking_loop import Sample, watch
from builder import ROOT, image, site
from holistic.shared.model_sets import FLOAT, VARIANTS


def clip_frames(clip: Path, height: int) -> np.ndarray:
    """The clip (n, height, width, 3) as uint8 RGB.

    Raises:
        ValueError: it is not a video.
    """
    video = cv2.VideoCapture(str(clip))
    frames = []
    while (read := video.read())[0]:
        rows, columns = read[1].shape[:2]
        size = round(columns * height / rows), height
        frames.append(cv2.cvtColor(cv2.resize(read[1], size), cv2.COLOR_BGR2RGB))
    if not frames:
        raise ValueError(f"{clip} is not a video that can be read")
    return np.array(frames)


def natively(frames: np.ndarray, **settings: Any) -> Iterator[Sample]:
    """Samples of a run in this process."""
    return watch(frames, memory=lambda: (machine.memory()["Pss"], 0.0), **settings)


def in_pyodide(frames: np.ndarray, **settings: Any) -> Iterator[Sample]:
    """Samples of a run in Pyodide on Node.js, with the packages that the built site has.

    Raises:
        ValueError: it ended early.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "frames.npy"
        np.save(file, frames)
        script = Path(__file__).with_name("tracking_loop.mjs")
        inputs = (site.PYODIDE, image.PACKAGES, ROOT / "models", file)
        command = ["node", str(script), *map(str, inputs), json.dumps(settings)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
            assert node.stdout
            for line in node.stdout:
                yield Sample(*json.loads(line))
        if node.returncode:
            raise ValueError(f"Node.js ended with exit code {node.returncode}")


RUNS = {"native": natively, "pyodide": in_pyodide}


def growth(samples: Sequence[Sample]) -> float:
    """Megabytes an hour, after a tenth of the time."""
    return measures.growth_per_hour(
        [sample.minute for sample in samples], [sample.megabytes for sample in samples]
    )


def save(samples: Sequence[Sample], about: dict[str, Any], folder: Path) -> None:
    """Write endurance-WHERE.json and, where there is a curve to draw, endurance-WHERE.svg."""
    file = folder / f"endurance-{about['where']}.json"
    content = {**about, "columns": Sample._fields, "samples": samples}
    file.write_text(json.dumps(content) + "\n", "utf-8")
    if len(samples) > 2:
        figure = plots.line(
            [sample.minute for sample in samples],
            [sample.megabytes for sample in samples],
            ("minutes of video", "MB"),
        )
        plots.save(figure, file.with_suffix(".svg"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run, write, and print what the memory did."""
    options = _parser().parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    settings = {
        name: getattr(options, name) for name in ("minutes", "fps", "complexity", "variant")
    }
    about = {"where": options.where, **settings, "clip": CLIP.name, "height": options.height}
    samples: list[Sample] = []
    try:
        frames = clip_frames(CLIP, options.height)
        for sample in RUNS[options.where](frames, **settings):
            samples.append(sample)
            print(f"{sample.minute:6.1f} min {sample.megabytes:8.1f} MB", flush=True)
            save(samples, about, options.out)
    except (OSError, ValueError) as error:
        print(f"endurance: {error}", file=sys.stderr)
        return 1
    sizes = [sample.megabytes for sample in samples]
    print(
        f"{samples[-1].frames} frames; {sizes[0]:.1f} MB at first, {max(sizes):.1f} at most, "
        f"{sizes[-1]:.1f} at the end"
    )
    if len(samples) > 2:
        print(f"{growth(samples):+.2f} MB an hour after the first tenth")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py endurance", description=__doc__)
    add = parser.add_argument
    add("where", choices=RUNS, nargs="?", default="native")
    add("--minutes", type=float, default=60.0, help="of video; 60 unless told")
    add("--fps", type=float, default=30.0, help="frames a second of video; 30 unless told")
    add("--height", type=int, default=480, help="of the frames in pixels; 480 unless told")
    add("--complexity", type=int, choices=(0, 1), default=1)
    add("--variant", choices=VARIANTS, default=FLOAT)
    add("--out", type=Path, default=FOLDER, metavar="FOLDER", help=f"default: {FOLDER}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
