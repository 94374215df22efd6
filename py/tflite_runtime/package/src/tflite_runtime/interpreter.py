"""The TensorFlow Lite interpreter, as Python code knows it, over TensorFlow Lite's C API.

    with Interpreter(model_path="model.tflite") as interpreter:
        interpreter.allocate_tensors()
        image = interpreter.get_input_details()[0]
        scores = interpreter.get_output_details()[0]
        interpreter.set_tensor(image["index"], pixels)
        interpreter.invoke()
        print(interpreter.get_tensor(scores["index"]))

XNNPACK computes what it can, TensorFlow Lite's own kernels the rest; there is one thread.
"""

import ctypes
import os
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _library

DTYPES: dict[int, type[np.generic]] = {
    1: np.float32,
    2: np.int32,
    3: np.uint8,
    4: np.int64,
    6: np.bool_,
    7: np.int16,
    8: np.complex64,
    9: np.int8,
    10: np.float16,
    11: np.float64,
    12: np.complex128,
    13: np.uint64,
    16: np.uint32,
    17: np.uint16,
}
"""NumPy's type for each TfLiteType that has one."""


class Interpreter:
    """Runs one model.

    Tensors are known by their index in the model, as ``get_input_details`` and
    ``get_output_details`` give it. ``close`` (or the end of a ``with`` block) frees everything;
    an interpreter that is no longer referenced closes itself.
    """

    def __init__(
        self,
        model_path: str | os.PathLike[str] | None = None,
        model_content: bytes | bytearray | memoryview | None = None,
        num_threads: int | None = 1,
    ) -> None:
        """Load a model from a file or from its bytes.

        ``num_threads`` is there for compatibility: a side module of Pyodide has one thread.

        Raises OSError if the file cannot be read, ValueError if the content is no whole model or
        has an operator that this build lacks.
        """
        self._interpreter = self._delegate = self._model = None
        if (model_path is None) == (model_content is None):
            raise ValueError("give either model_path or model_content")
        if num_threads is not None and num_threads < 1:
            raise ValueError(f"num_threads must be at least 1, not {num_threads}")
        if model_content is None:
            assert model_path is not None
            with open(model_path, "rb") as file:
                model_content = file.read()
        self._title = "the model" if model_path is None else f"the model {os.fspath(model_path)}"
        # The library reads the model in place, so these bytes live as long as the interpreter.
        self._content = bytes(model_content)
        self._library = _library.load()
        try:
            self._create()
        except ValueError:
            self.close()
            raise

    def _create(self) -> None:
        """Create model, delegate and interpreter."""
        library = self._library
        library.ErrorLogClear()
        reporter = _library.error_reporter(library)
        self._model = library.TfLiteModelCreateWithErrorReporter(
            self._content, len(self._content), reporter, None
        )
        if not self._model:
            raise ValueError(
                f"{self._title} ({len(self._content)} bytes) is damaged or no TensorFlow Lite "
                f"model: {_library.take_error(library)}"
            )
        delegate_options = library.TfLiteXNNPackDelegateOptionsDefault()
        delegate_options.num_threads = 1
        self._delegate = library.TfLiteXNNPackDelegateCreate(ctypes.byref(delegate_options))
        options = library.TfLiteInterpreterOptionsCreate()
        library.TfLiteInterpreterOptionsSetNumThreads(options, 1)
        library.TfLiteInterpreterOptionsSetErrorReporter(options, reporter, None)
        library.TfLiteInterpreterOptionsAddDelegate(options, self._delegate)
        self._interpreter = library.TfLiteInterpreterCreate(self._model, options)
        library.TfLiteInterpreterOptionsDelete(options)
        if not self._interpreter:
            raise ValueError(f"{self._title} cannot be run: {_library.take_error(library)}")

    def close(self) -> None:
        """Free the interpreter; its tensors' views must not be used any more."""
        if self._interpreter:
            self._library.TfLiteInterpreterDelete(self._interpreter)
        if self._delegate:
            self._library.TfLiteXNNPackDelegateDelete(self._delegate)
        if self._model:
            self._library.TfLiteModelDelete(self._model)
        self._interpreter = self._delegate = self._model = None
        self._content = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def allocate_tensors(self) -> None:
        """Plan and allocate the tensors' memory; needed before ``invoke``, and after a resize."""
        self._check("allocate_tensors", self._library.TfLiteInterpreterAllocateTensors)

    def invoke(self) -> None:
        """Compute the outputs from the inputs that are set."""
        self._check("invoke", self._library.TfLiteInterpreterInvoke)

    def resize_tensor_input(self, input_index: int, tensor_size: Sequence[int]) -> None:
        """Give an input another shape; call ``allocate_tensors`` afterwards."""
        inputs = self._indices("Input")
        if input_index not in inputs:
            raise ValueError(f"tensor {input_index} is no input of {self._title}: {inputs}")
        sizes = [int(size) for size in tensor_size]
        self._check(
            f"resize_tensor_input to {sizes}",
            self._library.TfLiteInterpreterResizeInputTensor,
            inputs.index(input_index),
            (ctypes.c_int * len(sizes))(*sizes),
            len(sizes),
        )

    def get_input_details(self) -> list[dict[str, Any]]:
        """One dictionary an input, with the keys of TensorFlow Lite's Python API.

        Among them ``name``, ``index``, ``shape``, ``dtype``, ``quantization`` (scale, zero point).
        """
        return [self._detail(index) for index in self._indices("Input")]

    def get_output_details(self) -> list[dict[str, Any]]:
        """The same for each output."""
        return [self._detail(index) for index in self._indices("Output")]

    def set_tensor(self, tensor_index: int, value: ArrayLike) -> None:
        """Copy ``value``, of exactly the tensor's shape and type, into the tensor.

        Raises ValueError if they differ.
        """
        view = self._view(tensor_index)
        array = np.asarray(value)
        if array.dtype != view.dtype or array.shape != view.shape:
            raise ValueError(
                f"tensor {tensor_index} ({self._name(self._tensor(tensor_index))}) takes "
                f"{view.dtype} of shape {view.shape}, not {array.dtype} of shape {array.shape}"
            )
        np.copyto(view, array)

    def get_tensor(self, tensor_index: int) -> NDArray[Any]:
        """A copy of the tensor's values."""
        return self._view(tensor_index).copy()

    def tensor(self, tensor_index: int) -> Callable[[], NDArray[Any]]:
        """A function that returns a view of the tensor's own memory.

        The view is good until the next ``allocate_tensors``, ``resize_tensor_input`` or ``close``:
        call the function again rather than keeping its result.
        """
        return lambda: self._view(tensor_index)

    def _check(self, what: str, function: Callable[..., int], *arguments: object) -> None:
        """Call ``function`` of the library; raise RuntimeError with its report if it fails."""
        self._library.ErrorLogClear()
        if function(self._opened(), *arguments):
            raise RuntimeError(f"{what} of {self._title}: {_library.take_error(self._library)}")

    def _opened(self) -> int:
        """The C interpreter; ValueError if it was closed."""
        if not self._interpreter:
            raise ValueError("this interpreter is closed")
        return self._interpreter

    def _indices(self, side: str) -> list[int]:
        """Indices of the model's tensors on one side, Input or Output."""
        count = getattr(self._library, f"TfLiteInterpreterGet{side}TensorCount")(self._opened())
        indices = getattr(self._library, f"TfLiteInterpreter{side}TensorIndices")(self._opened())
        return list(indices[:count])

    def _tensor(self, index: int) -> int:
        """Address of a TfLiteTensor; ValueError if the model has no such tensor."""
        tensor: int | None = self._library.TfLiteInterpreterGetTensor(self._opened(), index)
        if not tensor:
            raise ValueError(f"{self._title} has no tensor {index}")
        return tensor

    def _name(self, tensor: int) -> str:
        name: bytes | None = self._library.TfLiteTensorName(tensor)
        return (name or b"").decode("utf-8", "replace")

    def _shape(self, tensor: int) -> tuple[int, ...]:
        dimension = self._library.TfLiteTensorDim
        return tuple(
            dimension(tensor, axis) for axis in range(self._library.TfLiteTensorNumDims(tensor))
        )

    def _dtype(self, tensor: int) -> type[np.generic]:
        """NumPy's type for the tensor's; ValueError for one that NumPy lacks."""
        kind = self._library.TfLiteTensorType(tensor)
        if kind not in DTYPES:
            raise ValueError(f"tensor {self._name(tensor)} has the unsupported type {kind}")
        return DTYPES[kind]

    def _view(self, index: int) -> NDArray[Any]:
        """The tensor's memory as an array."""
        tensor = self._tensor(index)
        address = self._library.TfLiteTensorData(tensor)
        if not address:
            raise ValueError(f"tensor {index} has no memory yet: call allocate_tensors first")
        memory = (ctypes.c_char * self._library.TfLiteTensorByteSize(tensor)).from_address(address)
        memory.owner = self  # so that a view keeps the interpreter open
        return np.ndarray(self._shape(tensor), self._dtype(tensor), memory)

    def _detail(self, index: int) -> dict[str, Any]:
        tensor = self._tensor(index)
        shape = np.array(self._shape(tensor), np.int32)
        stored = self._library.TfLiteTensorQuantizationParams(tensor)
        quantized = stored.scale != 0
        return {
            "name": self._name(tensor),
            "index": index,
            "shape": shape,
            "shape_signature": shape.copy(),
            "dtype": self._dtype(tensor),
            "quantization": (stored.scale, stored.zero_point),
            "quantization_parameters": {
                "scales": np.array([stored.scale] if quantized else [], np.float32),
                "zero_points": np.array([stored.zero_point] if quantized else [], np.int32),
                "quantized_dimension": 0,
            },
            "sparsity_parameters": {},
        }
