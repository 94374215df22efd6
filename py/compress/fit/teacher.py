"""The original model as a teacher: its outputs and inner values for a batch of pictures.

It runs in the TensorFlow Lite interpreter, several times faster than in PyTorch.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor

from compress.tflite.model_file import serialize
from compress.tflite.runner import Runner


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
        self._runner = Runner(serialize(exposed))

    def __call__(self, images: np.ndarray) -> tuple[list[Tensor], dict[int, Tensor]]:
        """Outputs (n, ...) and tapped tensors (n, channels, height, width) by index.

        ``images`` are (n, height, width, 3) float32.
        """
        values = [torch.from_numpy(found) for found in self._runner(images)]
        tapped = zip(self.taps, values[self._count :], strict=True)
        return values[: self._count], {
            index: value.permute(0, 3, 1, 2) if value.ndim == 4 else value
            for index, value in tapped
        }
