"""TensorFlow Lite's C library: which of the two builds is loaded, and its functions' signatures.

The wheel carries the library twice. ``relaxed`` uses WebAssembly's relaxed SIMD (fused
multiply-add), ``simd`` only the plain 128-bit SIMD that every browser since 2023 has. The first
that the JavaScript engine accepts is loaded, once. The files do not end in ``.so``, since Pyodide
loads every ``.so`` of a wheel when it is installed.
"""

import ctypes
import functools
import os
from ctypes import POINTER, c_char_p, c_float, c_int, c_int32, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Any

from js import WebAssembly
from pyodide.ffi import to_js

VARIABLE = "TFLITE_RUNTIME_FLAVOUR"
"""Environment variable that names the flavour to load, in place of the feature test."""

# One function without parameters that returns a vector, as a whole WebAssembly module.
_PREAMBLE = (
    b"\0asm\x01\0\0\0"  # magic number, version
    b"\x01\x05\x01\x60\0\x01\x7b"  # types: one function, () -> v128
    b"\x03\x02\x01\0"  # functions: one, of type 0
)
_SPLAT = b"\x41\0\xfd\x0f"  # i32.const 0, i8x16.splat


def _probe(instructions: bytes) -> bytes:
    """A module whose one function has the body ``instructions``."""
    body = b"\0" + instructions + b"\x0b"
    code = bytes([1, len(body)]) + body
    return _PREAMBLE + bytes([10, len(code)]) + code


PROBES = {
    "relaxed": _probe(_SPLAT + _SPLAT + b"\xfd\x80\x02"),  # i8x16.relaxed_swizzle
    "simd": _probe(_SPLAT + b"\xfd\x62"),  # i8x16.popcnt
}
"""The smallest modules that an engine accepts only if it has each flavour's instructions; the
better flavour first."""


class DelegateOptions(ctypes.Structure):
    """TfLiteXNNPackDelegateOptions."""

    _fields_ = (
        ("num_threads", c_int32),
        ("flags", c_uint32),
        ("weights_cache", c_void_p),
        ("handle_variable_ops", ctypes.c_bool),
    )


class Quantization(ctypes.Structure):
    """TfLiteQuantizationParams: real value = scale * (stored value - zero_point)."""

    _fields_ = (("scale", c_float), ("zero_point", c_int32))


SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "TfLiteVersion": (c_char_p, []),
    "TfLiteModelCreateWithErrorReporter": (c_void_p, [c_char_p, c_size_t, c_void_p, c_void_p]),
    "TfLiteModelDelete": (None, [c_void_p]),
    "TfLiteInterpreterOptionsCreate": (c_void_p, []),
    "TfLiteInterpreterOptionsDelete": (None, [c_void_p]),
    "TfLiteInterpreterOptionsSetNumThreads": (None, [c_void_p, c_int32]),
    "TfLiteInterpreterOptionsAddDelegate": (None, [c_void_p, c_void_p]),
    "TfLiteInterpreterOptionsSetErrorReporter": (None, [c_void_p, c_void_p, c_void_p]),
    "TfLiteInterpreterCreate": (c_void_p, [c_void_p, c_void_p]),
    "TfLiteInterpreterDelete": (None, [c_void_p]),
    "TfLiteInterpreterAllocateTensors": (c_int, [c_void_p]),
    "TfLiteInterpreterInvoke": (c_int, [c_void_p]),
    "TfLiteInterpreterResizeInputTensor": (c_int, [c_void_p, c_int32, POINTER(c_int), c_int32]),
    "TfLiteInterpreterGetInputTensorCount": (c_int32, [c_void_p]),
    "TfLiteInterpreterGetOutputTensorCount": (c_int32, [c_void_p]),
    "TfLiteInterpreterInputTensorIndices": (POINTER(c_int), [c_void_p]),
    "TfLiteInterpreterOutputTensorIndices": (POINTER(c_int), [c_void_p]),
    "TfLiteInterpreterGetTensor": (c_void_p, [c_void_p, c_int]),
    "TfLiteTensorType": (c_int, [c_void_p]),
    "TfLiteTensorName": (c_char_p, [c_void_p]),
    "TfLiteTensorNumDims": (c_int32, [c_void_p]),
    "TfLiteTensorDim": (c_int32, [c_void_p, c_int32]),
    "TfLiteTensorByteSize": (c_size_t, [c_void_p]),
    "TfLiteTensorData": (c_void_p, [c_void_p]),
    "TfLiteTensorQuantizationParams": (Quantization, [c_void_p]),
    "TfLiteXNNPackDelegateOptionsDefault": (DelegateOptions, []),
    "TfLiteXNNPackDelegateCreate": (c_void_p, [POINTER(DelegateOptions)]),
    "TfLiteXNNPackDelegateDelete": (None, [c_void_p]),
    "ErrorLogText": (c_char_p, []),
    "ErrorLogClear": (None, []),
}
"""Result and parameter types of what the library exports (its c_api.h, xnnpack_delegate.h and
our error_log.cc)."""


def flavour() -> str:
    """Name of the fastest flavour that this JavaScript engine can run.

    Raises ImportError where there is no WebAssembly SIMD at all, ValueError where the environment
    variable names no flavour.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        if chosen not in PROBES:
            raise ValueError(f"{VARIABLE} is {chosen!r}; it can be {' or '.join(PROBES)}")
        return chosen
    for name, module in PROBES.items():
        if WebAssembly.validate(to_js(module)):
            return name
    raise ImportError(
        "tflite_runtime needs WebAssembly SIMD, which this browser does not have; "
        "use Chrome or Edge 91, Firefox 89, Safari 16.4, or a later one"
    )


@functools.cache
def load() -> ctypes.CDLL:
    """The library, loaded on the first call, with every function's signature declared."""
    path = Path(__file__).with_name(f"libtensorflowlite_{flavour()}.wasm")
    library = ctypes.CDLL(str(path))
    for name, (result, parameters) in SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library


def error_reporter(library: ctypes.CDLL) -> int | None:
    """Address of the reporter that appends to the library's error log."""
    return ctypes.cast(library.ErrorLogAppend, c_void_p).value


def take_error(library: ctypes.CDLL) -> str:
    """What was reported since the last call; the log is empty afterwards."""
    text: bytes = library.ErrorLogText()
    library.ErrorLogClear()
    return text.decode("utf-8", "replace").replace("\n", "; ") or "no reason was given"
