"""Runs a .tflite file natively, in LiteRT's interpreter."""

from __future__ import annotations

import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter


class Runner:
    """A .tflite file's content on one native thread; ``shape`` is its input's without the batch."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        source = self._interpreter.get_input_details()[0]
        self._input = source["index"]
        self.shape = tuple(int(size) for size in source["shape"][1:])
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        """Every output, stacked, for images (n, height, width, 3) float32."""
        rows = []
        for image in images:
            self._interpreter.set_tensor(self._input, image[None])
            self._interpreter.invoke()
            rows.append([self._interpreter.get_tensor(index) for index in self._outputs])
        return [np.concatenate(output) for output in zip(*rows, strict=True)]

    def times(self, image: np.ndarray | None = None, repeats: int = 50) -> list[float]:
        """Milliseconds of each of ``repeats`` inferences on one image (height, width, 3).

        The image is black unless it is given.
        """
        shown = np.zeros(self.shape, np.float32) if image is None else image
        self._interpreter.set_tensor(self._input, shown[None])
        return timed(self._interpreter, repeats)


def timed(interpreter: Interpreter, repeats: int) -> list[float]:
    """Milliseconds of each of ``repeats`` inferences on the inputs that are set."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        interpreter.invoke()
        found.append((time.perf_counter() - start) * 1000)
    return found
