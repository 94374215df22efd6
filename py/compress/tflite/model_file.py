"""Reading and writing .tflite files, and the few questions the stages ask about their graphs.

A model is the object tree that the flatbuffer schema describes (``ModelT``); its only subgraph
is ``model.subgraphs[0]``. Layouts follow TensorFlow Lite: activations (1, height, width,
channels), convolution weights (out, height, width, in), depthwise weights (1, height, width,
channels), fully connected weights (out, in).
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from holistic.inference.model_files import unpacked

BUFFER_ALIGNMENT = 16
"""XNNPACK and the int8 kernels read constants as vectors; the format promises this alignment."""

IDENTIFIER = b"TFL3"

OPERATOR_NAMES = {
    code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")
}

_DTYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT64: np.int64,
    schema.TensorType.BOOL: np.bool_,
    schema.TensorType.INT8: np.int8,
}
_TENSOR_TYPES = {np.dtype(dtype): code for code, dtype in _DTYPES.items()}


class ModelError(ValueError):
    """A file is not a model that this toolchain can work on."""


class _AlignedBuffer(schema.BufferT):  # type: ignore[misc]  # the schema has no types
    """A buffer whose bytes are aligned: the Python flatbuffers ignore the schema's force_align."""

    def Pack(self, builder: flatbuffers.Builder) -> int:  # noqa: N802 - the schema's name
        content = b"" if self.data is None else np.asarray(self.data, np.uint8).tobytes()
        if content:
            builder.StartVector(1, len(content), BUFFER_ALIGNMENT)
            builder.head -= len(content)
            builder.Bytes[builder.head : builder.head + len(content)] = content
            offset = builder.EndVector()
        schema.BufferStart(builder)
        if content:
            schema.BufferAddData(builder, offset)
        return int(schema.BufferEnd(builder))


class _SharingBuilder(flatbuffers.Builder):  # type: ignore[misc]  # the library has no types
    """Writes equal vectors once: the zero points of all channels are as many zeros of 8 bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._written: dict[tuple[str, bytes], int] = {}

    def CreateNumpyVector(self, x: np.ndarray) -> int:  # noqa: N802 - the library's name
        key = (x.dtype.str, x.tobytes())
        if key not in self._written:
            self._written[key] = int(super().CreateNumpyVector(x))
        return self._written[key]


def parse(content: bytes, name: str = "the model") -> Any:
    """Parse the bytes of a .tflite file into a ``ModelT``.

    Raises ModelError when they are no such file, are cut short, hold several subgraphs, or keep
    their constants outside the flatbuffer.
    """
    if len(content) < 8 or content[4:8] != IDENTIFIER:
        raise ModelError(f"{name} is not a .tflite file (its identifier is not TFL3)")
    try:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        for buffer in model.buffers:
            if buffer.data is not None and isinstance(buffer.data, int):
                raise ModelError(f"{name} has a damaged constant")
    except ModelError:
        raise
    except Exception as error:  # the generated reader raises whatever its offsets run into
        raise ModelError(f"{name} is damaged: {error}") from error
    if model.version != 3 or model.subgraphs is None or len(model.subgraphs) != 1:
        raise ModelError(f"{name} must have schema version 3 and exactly one subgraph")
    if any(buffer.offset for buffer in model.buffers):
        raise ModelError(f"{name} keeps constants outside the flatbuffer; convert it without that")
    _check(model, name)
    return model


def _check(model: Any, name: str) -> None:
    """Raise ModelError if tensors, operators and constants do not fit together."""
    graph = model.subgraphs[0]
    tensors = len(graph.tensors)
    for operator in graph.operators:
        indices = [int(i) for i in (*operator.inputs, *operator.outputs)]
        if operator.opcodeIndex >= len(model.operatorCodes) or max(indices, default=0) >= tensors:
            raise ModelError(f"{name} is damaged: an operator refers to what does not exist")
    for tensor in graph.tensors:
        if tensor.buffer >= len(model.buffers):
            raise ModelError(f"{name} is damaged: a tensor refers to a missing constant")
        content = model.buffers[tensor.buffer].data
        if content is None or len(content) == 0 or tensor.sparsity is not None:
            continue
        dtype = _DTYPES.get(tensor.type)
        size = int(np.prod(shape(tensor), dtype=np.int64))
        if dtype is not None and len(content) != size * np.dtype(dtype).itemsize:
            raise ModelError(f"{name} is damaged: constant {tensor.name!r} has the wrong size")


def read(path: Path) -> bytes:
    """The bytes of a .tflite or .tflite.gz file; raises ModelError where the latter is damaged."""
    try:
        return unpacked(path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ModelError(f"{path} is damaged: {error}") from None


def load(path: Path | str) -> Any:
    """Read such a file into a ``ModelT``; raises ModelError as :func:`read` and `parse` do."""
    return parse(read(Path(path)), str(path))


def serialize(model: Any, compact: bool = False) -> bytes:
    """Bytes of the .tflite file of ``model``, constants aligned; the same model, the same bytes.

    A ``compact`` file holds equal vectors (zero points, shapes) once.
    """
    buffers = model.buffers
    model.buffers = []
    for buffer in buffers:
        aligned = _AlignedBuffer()
        aligned.data = buffer.data
        model.buffers.append(aligned)
    builder = _SharingBuilder(1 << 20) if compact else flatbuffers.Builder(1 << 20)
    try:
        builder.Finish(model.Pack(builder), file_identifier=IDENTIFIER)
    finally:
        model.buffers = buffers
    return bytes(builder.Output())


def save(model: Any, path: Path | str) -> None:
    """Write ``model`` to ``path``."""
    Path(path).write_bytes(serialize(model))


def operator_name(model: Any, operator: Any) -> str:
    """Name of an operator, such as ``CONV_2D``; custom ones are ``CUSTOM:<code>``."""
    code = model.operatorCodes[operator.opcodeIndex]
    # Older files fill only the deprecated field, whose largest value means "see the other".
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    if number == schema.BuiltinOperator.CUSTOM:
        return f"CUSTOM:{code.customCode.decode()}"
    return str(OPERATOR_NAMES[number])


def shape(tensor: Any) -> tuple[int, ...]:
    """Shape of a tensor."""
    return () if tensor.shape is None else tuple(int(size) for size in tensor.shape)


def is_constant(model: Any, tensor: Any) -> bool:
    """Whether the file holds the tensor's values."""
    content = model.buffers[tensor.buffer].data
    return content is not None and len(content) > 0


def constant(model: Any, tensor: Any) -> np.ndarray:
    """Values of a dense constant tensor, in its shape."""
    return stored_values(model, tensor).reshape(shape(tensor))


def stored_values(model: Any, tensor: Any) -> np.ndarray:
    """The values a constant stores, flat; a sparse one stores fewer than its shape has."""
    content = np.asarray(model.buffers[tensor.buffer].data, np.uint8)
    return content.view(_DTYPES[tensor.type])


def set_constant(model: Any, tensor: Any, values: np.ndarray) -> None:
    """Make ``tensor`` a dense constant of these values, shape and type, in its own buffer."""
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1
    tensor.type = _TENSOR_TYPES[values.dtype]
    tensor.shape = np.array(values.shape, np.int32)
    tensor.shapeSignature = None
    tensor.sparsity = None


def add_tensor(model: Any, name: bytes, size: tuple[int, ...], dtype: Any) -> int:
    """Add a tensor computed at run time and return its index."""
    tensor = schema.TensorT()
    tensor.name = name
    tensor.shape = np.array(size, np.int32)
    tensor.type = _TENSOR_TYPES[np.dtype(dtype)]
    tensor.buffer = 0
    tensor.isVariable = False
    model.subgraphs[0].tensors.append(tensor)
    return len(model.subgraphs[0].tensors) - 1


def add_constant(model: Any, name: bytes, values: np.ndarray) -> int:
    """Add a constant tensor and return its index."""
    index = add_tensor(model, name, values.shape, values.dtype)
    set_constant(model, model.subgraphs[0].tensors[index], values)
    return index


def quantization(scales: np.ndarray, zero_points: np.ndarray, axis: int = 0) -> Any:
    """The schema's description of an affine quantization."""
    parameters = schema.QuantizationParametersT()
    parameters.scale = np.asarray(scales, np.float32).reshape(-1)
    parameters.zeroPoint = np.asarray(zero_points, np.int64).reshape(-1)
    parameters.quantizedDimension = axis
    return parameters


def operator_code(model: Any, number: int, version: int) -> int:
    """Index of the operator code of this builtin operator and version, added where missing."""
    for index, code in enumerate(model.operatorCodes):
        if (code.builtinCode, code.version) == (number, version):
            return index
    code = schema.OperatorCodeT()
    code.builtinCode = number
    code.deprecatedBuiltinCode = min(number, 127)
    code.version = version
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def operator(code_index: int, inputs: list[int], outputs: list[int]) -> Any:
    """An operator without options, such as QUANTIZE."""
    new = schema.OperatorT()
    new.opcodeIndex = code_index
    new.inputs = np.array(inputs, np.int32)
    new.outputs = np.array(outputs, np.int32)
    new.builtinOptionsType = schema.BuiltinOptions.NONE
    new.mutatingVariableInputs = []
    return new
