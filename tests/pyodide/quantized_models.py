"""Models of one operator each, built by hand, with weights at random or at the extremes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

OPERATOR = schema.BuiltinOperator
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID


@dataclass(frozen=True)
class Case:
    """A convolution of a picture, (height, width, channels), or a PAD; int8 unless ``real``."""

    shape: tuple[int, int, int]
    kernel: int = 3
    outputs: int = 0  # channels of a full convolution; 0 is a depthwise one
    stride: int = 1
    dilation: int = 1
    padding: int = SAME
    zero_point: int = -5
    activation: int = 0
    batch: int = 1
    weights: str = "random"  # or "least", "greatest": the limit's, everywhere
    limit: int = 127  # weights are from -limit to limit
    pad: tuple[tuple[int, int], ...] = field(default=())  # not empty: the operator is PAD
    real: bool = False  # a depthwise convolution in float32

    def __str__(self) -> str:
        kind = "pad" if self.pad else "convolution" if self.outputs else "depthwise"
        size = "x".join(map(str, (self.batch, *self.shape)))
        rest = f"{self.kernel}x{self.kernel}-s{self.stride}-d{self.dilation}"
        rest += f"-{self.weights}-{self.limit}"
        return f"{kind}-{size}-{self.pad or rest}"


class _Model:
    def __init__(self) -> None:
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.operatorCodes = 3, []
        self.model.buffers, self.model.subgraphs = [schema.BufferT()], [self.graph]
        self.graph.tensors, self.graph.operators = [], []

    def tensor(
        self,
        shape: tuple[int, ...],
        scale: Any = None,
        zero_point: int = 0,
        axis: int = 0,
        values: np.ndarray | None = None,
        real: bool = False,
    ) -> int:
        """Add a tensor, int8 unless it is ``real`` or has ``values`` of another type; its index."""
        types = {np.dtype(np.int8): schema.TensorType.INT8, np.dtype(np.int32): 2}
        types[np.dtype(np.float32)] = schema.TensorType.FLOAT32
        tensor = schema.TensorT()
        tensor.shape, tensor.name = np.array(shape, np.int32), f"t{len(self.graph.tensors)}"
        plain = np.dtype(np.float32 if real else np.int8)
        tensor.type = types[plain if values is None else values.dtype]
        tensor.buffer = 0
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if scale is not None:
            scales = np.atleast_1d(np.asarray(scale, np.float32))
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = np.full(scales.size, zero_point, np.int64)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def finish(
        self, operator: int, version: int, inputs: list[int], output: int, kind: str, options: Any
    ) -> bytes:
        """The model's bytes, of this one operator."""
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = operator
        code.version = version
        self.model.operatorCodes.append(code)
        call = schema.OperatorT()
        call.opcodeIndex, call.inputs, call.outputs = 0, inputs, [output]
        call.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
        call.builtinOptions = options
        self.graph.operators = [call]
        self.graph.inputs, self.graph.outputs = inputs[:1], [output]
        builder = schema.flatbuffers.Builder()
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def build(case: Case, random: np.random.Generator) -> bytes:
    """The .tflite file of ``case``."""
    model, shape = _Model(), (case.batch, *case.shape)
    if case.real:
        return _build_real(case, random)
    source = model.tensor(shape, 0.05, case.zero_point)
    if case.pad:
        widths = np.array(case.pad, np.int32)
        after = tuple(np.array(shape) + widths.sum(axis=1))
        output = model.tensor(after, 0.05, case.zero_point)
        inputs = [source, model.tensor(widths.shape, values=widths)]
        return model.finish(OPERATOR.PAD, 2, inputs, output, "PadOptions", schema.PadOptionsT())

    channels = case.shape[2]
    count = case.outputs or channels
    if case.outputs:
        size, axis = (count, case.kernel, case.kernel, channels), 0
    else:
        size, axis = (1, case.kernel, case.kernel, channels), 3
    extreme = {"least": -case.limit, "greatest": case.limit}.get(case.weights)
    anything = random.integers(-case.limit, case.limit, size, endpoint=True)
    weights = anything if extreme is None else np.full(size, extreme)
    terms = case.kernel**2 * (channels if case.outputs else 1)
    scales = random.uniform(0.5, 2, count) * 0.01 / np.sqrt(terms)
    biases = random.integers(-3000, 3000, count).astype(np.int32)
    height, width = _size_after(case)
    inputs = [
        source,
        model.tensor(size, scales, axis=axis, values=weights.astype(np.int8)),
        model.tensor((count,), 0.05 * scales, values=biases),
    ]
    output = model.tensor((case.batch, height, width, count), 0.06, 3)
    if case.outputs:
        options = _filled(case, schema.Conv2DOptionsT())
        return model.finish(OPERATOR.CONV_2D, 3, inputs, output, "Conv2DOptions", options)
    return _finish_depthwise(case, model, 3, inputs, output)


def _build_real(case: Case, random: np.random.Generator) -> bytes:
    model, channels = _Model(), case.shape[2]
    size = (1, case.kernel, case.kernel, channels)
    inputs = [
        model.tensor((case.batch, *case.shape), real=True),
        model.tensor(size, values=random.normal(size=size).astype(np.float32)),
        model.tensor((channels,), values=random.normal(size=channels).astype(np.float32)),
    ]
    output = model.tensor((case.batch, *_size_after(case), channels), real=True)
    return _finish_depthwise(case, model, 1, inputs, output)


def _size_after(case: Case) -> tuple[int, int]:
    """Height and width of a convolution's result."""
    reach = (case.kernel - 1) * case.dilation + 1
    before = np.array(case.shape[:2]) - (reach - 1 if case.padding == VALID else 0)
    height, width = (-(-before // case.stride)).tolist()
    return height, width


def _filled(case: Case, options: Any) -> Any:
    options.padding, options.fusedActivationFunction = case.padding, case.activation
    options.strideH = options.strideW = case.stride
    options.dilationHFactor = options.dilationWFactor = case.dilation
    return options


def _finish_depthwise(
    case: Case, model: _Model, version: int, inputs: list[int], output: int
) -> bytes:
    options = _filled(case, schema.DepthwiseConv2DOptionsT())
    options.depthMultiplier = 1
    code, kind = OPERATOR.DEPTHWISE_CONV_2D, "DepthwiseConv2DOptions"
    return model.finish(code, version, inputs, output, kind, options)
