"""The original model as a teacher: its outputs and inner values for a batch of pictures.

It runs in the TensorFlow Lite interpreter, several times faster than in PyTorch.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from torch import Tensor

from compress.model_file import serialize


class Teacher:
    """Runs a float model; operators in ``taps`` give their results as further outputs."""

    def __init__(self, model: Any, taps: tuple[int, ...]) -> None:
        graph = copy.copy(model.subgraphs[0])
        self.taps = [int(graph.operators[position].outputs[0]) for position in taps]
        self._count = len(graph.outputs)
        graph.outputs = np.array([*graph.outputs, *self.taps], np.int32)
        exposed = copy.copy(model)
        exposed.subgraphs = [graph]
        exposed.signatureDefs = None
        self._interpreter = Interpreter(model_content=serialize(exposed), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def __call__(self, images: np.ndarray) -> tuple[list[Tensor], dict[int, Tensor]]:
        """Outputs (n, ...) and tapped tensors (n, channels, height, width) by index.

        ``images`` are (n, height, width, 3) float32.
        """
        results: list[list[np.ndarray]] = [[] for _ in self._outputs]
        for image in images:
            self._interpreter.set_tensor(self._input, image[None])
            self._interpreter.invoke()
            for found, index in zip(results, self._outputs, strict=True):
                found.append(self._interpreter.get_tensor(index))
        values = [torch.from_numpy(np.concatenate(found)) for found in results]
        tapped = zip(self.taps, values[self._count :], strict=True)
        return values[: self._count], {
            index: value.permute(0, 3, 1, 2) if value.ndim == 4 else value
            for index, value in tapped
        }
