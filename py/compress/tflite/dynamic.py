"""Dynamic range: int8 weights that kernels multiply with activations they round as they go.

Such a file is a weight-only int8 one whose weights are not expanded when it is loaded.
"""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import model_file, trim
from compress.tflite.model_file import is_constant, operator_code, operator_name

_OPERATOR = schema.BuiltinOperator
_VERSIONS = {
    _OPERATOR.CONV_2D: 5,
    _OPERATOR.DEPTHWISE_CONV_2D: 6,
    _OPERATOR.FULLY_CONNECTED: 9,
}
"""Operator versions that take float activations and int8 weights with a scale a channel."""


def dynamic_range(content: bytes, name: str = "the model") -> bytes:
    """The dynamic-range form of a weight-only int8 file; the same file where no weight is int8.

    Raises ModelError for what is no model.
    """
    model = model_file.parse(content, name)
    graph = model.subgraphs[0]
    stored = {
        int(operator.outputs[0]): int(operator.inputs[0])
        for operator in graph.operators
        if operator_name(model, operator) == "DEQUANTIZE"
        and is_constant(model, graph.tensors[operator.inputs[0]])
    }
    if not stored:
        return content
    for operator in graph.operators:
        number = model.operatorCodes[operator.opcodeIndex].builtinCode
        if number in _VERSIONS and int(operator.inputs[1]) in stored:
            operator.inputs = np.array([stored.get(int(i), int(i)) for i in operator.inputs])
            operator.opcodeIndex = operator_code(model, number, _VERSIONS[number])
    trim.sweep(model)
    return model_file.serialize(model, compact=True)
