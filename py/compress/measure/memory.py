"""Memory that the models of a frame need natively, a fresh process for each set of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from compress.tflite.runner import Runner
from holistic.inference.model_files import find, unpacked
from holistic.shared.layout import PARTS
from holistic.shared.model_sets import POSE_MODELS, SETS, submodel_names


def sets(models: Path) -> Iterator[tuple[str, list[Path]]]:
    """The name and the files of each set: a pose model, a variant, and what goes with them."""
    for complexity, pose in reversed(list(enumerate(POSE_MODELS))):
        for variant in SETS:
            names = submodel_names(list(PARTS), complexity)
            yield f"{pose} {variant}", [find(name, models, variant) for name in names]


def peak(paths: Sequence[Path]) -> int:
    """Bytes by which a fresh process grows at most while it loads these models and runs each once.

    Linux only.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "compress.measure.memory", *map(str, paths)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return int(answer.stdout)


def _resident(field: str) -> int:
    """Bytes of ``VmRSS`` (now) or ``VmHWM`` (at most)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))


def _grown(paths: Sequence[Path]) -> int:
    Path("/proc/self/clear_refs").write_text("5")  # resets the highest value
    before = _resident("VmRSS")
    runners = [Runner(unpacked(path)) for path in paths]
    for runner in runners:
        runner(np.zeros((1, *runner.shape), np.float32))
    return _resident("VmHWM") - before


if __name__ == "__main__":
    print(_grown([Path(argument) for argument in sys.argv[1:]]))
