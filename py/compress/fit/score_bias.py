"""Corrects the bias of a detector's scores.

Near the threshold the scores are then as high, on average, as the original's. Rounded weights move
scores, and some boxes to the other side of the threshold. The movement of a single score is noise
and stays; the mean movement is corrected in the bias (Nagel et al., "Data-Free Quantization Through
Weight Equalization and Bias Correction", 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compress.tflite.model_file import ModelError, constant, operator_name, set_constant

NEAR = 3.0
"""Logits of the original from the threshold, up to which scores count."""

_PASSING = ("RESHAPE", "CONCATENATION")


def score_shift(found: np.ndarray, wanted: np.ndarray) -> float:
    """What to add to the logits ``found`` so that they agree with the float detector's ``wanted``.

    Both are for the same pictures and of the same shape; 0 where none of them is near zero.
    """
    near = np.abs(wanted) < NEAR
    return float((wanted - found)[near].mean()) if near.any() else 0.0


def shift_scores(model: Any, output: int, shift: float) -> None:
    """Add ``shift`` to the values of an output that convolutions make, in place.

    Raises ModelError where anything but float convolutions makes them.
    """
    graph = model.subgraphs[0]
    makers = {int(one.outputs[0]): one for one in graph.operators}
    pending = [int(graph.outputs[output])]
    while pending:
        operator = makers[pending.pop()]
        name = operator_name(model, operator)
        if name in _PASSING:
            pending += [int(i) for i in operator.inputs if int(i) in makers]
        elif name == "CONV_2D" and not operator.builtinOptions.fusedActivationFunction:
            bias = graph.tensors[int(operator.inputs[2])]
            set_constant(model, bias, (constant(model, bias) + shift).astype(np.float32))
        else:
            raise ModelError(f"scores that {name} makes cannot be shifted")
