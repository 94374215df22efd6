"""Small models built by hand, for the toolchain's tests, and where the real ones are."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import model_file, trim

MODELS = Path(__file__).resolve().parents[2] / "models"

OPERATOR = schema.BuiltinOperator
ACTIVATION = schema.ActivationFunctionType


class Graph:
    """Builds a float model operator by operator; methods return tensor indices."""

    def __init__(self, size: int = 8, channels: int = 3) -> None:
        self.random = np.random.default_rng(0)
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors = []
        self.graph.operators = []
        self.model.subgraphs = [self.graph]
        self.input = self._tensor("input", (1, size, size, channels))

    def conv(self, source: int, channels: int, kernel: int = 1, activation: int = 0) -> int:
        before = self.shape(source)
        weight = self.random.normal(size=(channels, kernel, kernel, before[3])) / kernel
        options = schema.Conv2DOptionsT()
        options.strideH = options.strideW = 1
        options.dilationHFactor = options.dilationWFactor = 1
        options.fusedActivationFunction = activation
        inputs = [source, self.constant(weight), self.constant(self.random.normal(size=channels))]
        return self._operator(OPERATOR.CONV_2D, "Conv2D", options, inputs, (*before[:3], channels))

    def depthwise(self, source: int, activation: int = 0) -> int:
        before = self.shape(source)
        options = schema.DepthwiseConv2DOptionsT()
        options.strideH = options.strideW = options.depthMultiplier = 1
        options.dilationHFactor = options.dilationWFactor = 1
        options.fusedActivationFunction = activation
        weight = self.random.normal(size=(1, 3, 3, before[3])) / 3
        inputs = [source, self.constant(weight), self.constant(self.random.normal(size=before[3]))]
        code = OPERATOR.DEPTHWISE_CONV_2D
        return self._operator(code, "DepthwiseConv2D", options, inputs, before)

    def add(self, one: int, other: int) -> int:
        options = schema.AddOptionsT()
        return self._operator(OPERATOR.ADD, "Add", options, [one, other], self.shape(one))

    def relu(self, source: int) -> int:
        return self._operator(OPERATOR.RELU, "NONE", None, [source], self.shape(source))

    def prelu(self, source: int) -> int:
        size = self.shape(source)
        inputs = [source, self.constant(self.random.normal(size=(1, 1, size[3])))]
        return self._operator(OPERATOR.PRELU, "NONE", None, inputs, size)

    def pad_channels(self, source: int, channels: int) -> int:
        before = self.shape(source)
        widths = np.array([[0, 0], [0, 0], [0, 0], [0, channels - before[3]]], np.int32)
        inputs = [source, self.constant(widths, np.int32)]
        after = (*before[:3], channels)
        return self._operator(OPERATOR.PAD, "Pad", schema.PadOptionsT(), inputs, after)

    def concat(self, *sources: int) -> int:
        options = schema.ConcatenationOptionsT()
        options.axis = 3
        channels = sum(self.shape(source)[3] for source in sources)
        after = (*self.shape(sources[0])[:3], channels)
        return self._operator(
            OPERATOR.CONCATENATION, "Concatenation", options, list(sources), after
        )

    def half(self, values: np.ndarray) -> int:
        """A float16 constant behind DEQUANTIZE."""
        stored = self.constant(values, np.float16)
        return self._operator(OPERATOR.DEQUANTIZE, "NONE", None, [stored], values.shape)

    def finish(self, *outputs: int):
        self.graph.inputs = np.array([self.input], np.int32)
        self.graph.outputs = np.array(outputs, np.int32)
        return self.model

    def finished(self, *outputs: int):
        """The model, swept."""
        model = self.finish(*outputs)
        trim.sweep(model)
        return model

    def shape(self, tensor: int) -> tuple[int, ...]:
        return model_file.shape(self.graph.tensors[tensor])

    def constant(self, values: np.ndarray, dtype=np.float32) -> int:
        index = self._tensor(f"constant{len(self.graph.tensors)}", values.shape)
        model_file.set_constant(self.model, self.graph.tensors[index], values.astype(dtype))
        return index

    def _tensor(self, name: str, size: tuple[int, ...]) -> int:
        return model_file.add_tensor(self.model, name.encode(), size, np.float32)

    def _operator(self, number: int, options_name: str, options, inputs, size) -> int:
        output = self._tensor(f"value{len(self.graph.tensors)}", size)
        code = model_file.operator_code(self.model, number, 1)
        operator = model_file.operator(code, inputs, [output])
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options_name + "Options")
        self.graph.operators.append(operator)
        return output


def run(content: bytes, image: np.ndarray) -> list[np.ndarray]:
    """Outputs of a .tflite file's content."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]).copy() for d in interpreter.get_output_details()]


def quantized(plain: Any, images: Any, float_operators: Collection[int] = ()) -> Any:
    """A float model as a static int8 one, calibrated on pictures (n, H, W, 3)."""
    from compress.fit.export_int8 import Exporter
    from compress.fit.network import Network
    from compress.fit.quantized import QuantizedNetwork, calibrate

    network = QuantizedNetwork(plain, float_operators).eval()
    calibrate(network, Network(plain).eval(), images)
    return Exporter(plain, network).export()


def outputs(model: Any, images: Any) -> np.ndarray:
    """(n, ...) the first outputs of a model for pictures (n, H, W, 3)."""
    content = model_file.serialize(model)
    return np.concatenate([run(content, image[None].numpy())[0] for image in images])
