"""The tracker's own kernel for Pyodide: crop, rotate, resize and normalise in one pass.

A C function (warp.c) in a WebAssembly side module, called by ctypes. The native tracker uses
OpenCV instead; both give the same pixels.
"""

import ctypes
import functools
from ctypes import c_double, c_float, c_int, c_ssize_t, c_void_p
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__version__ = "0.1.0"

BORDERS = ("zero", "replicate")

_Matrix = c_double * 6
_IMAGE: list[Any] = [c_void_p, c_int, c_int, c_int, c_ssize_t, c_int]
_ARGUMENTS: list[Any] = [*_IMAGE, _Matrix, c_int, c_void_p, c_float, c_float]


@functools.cache
def _library() -> ctypes.CDLL:
    """The side module; not named ``.so``, which Pyodide would load when it is installed."""
    library = ctypes.CDLL(str(Path(__file__).with_name("warp.wasm")))
    library.warp_to_float.argtypes = _ARGUMENTS
    library.warp_to_float.restype = None
    return library


def warp(
    image: NDArray[np.uint8],
    matrix: ArrayLike,
    size: int,
    out: NDArray[np.float32],
    low: float,
    high: float,
    border: Literal["zero", "replicate"],
) -> None:
    """Cut a rotated square out of ``image`` into a network's input ``out``.

    ``image`` is uint8 of shape (height, width, 3 or 4), RGB or RGBA, a pixel's bytes side by
    side; ``matrix``, of shape (2, 3), takes output pixel (u, v, 1) to a source position (x, y) in
    pixels. Positions are rounded to 1/32 pixel, interpolated bilinearly and rounded to uint8, of
    which 0 becomes ``low`` and 255 ``high``. ``out`` is float32 of shape (1, size, size, 3).
    Outside of the image is black (``zero``) or the nearest pixel (``replicate``).

    Raises ValueError if an array has another shape, type or layout.
    """
    arguments = _arguments(image, matrix, size, out, border)
    _library().warp_to_float(*arguments, low, high)


def _arguments(
    image: NDArray[np.uint8],
    matrix: ArrayLike,
    size: int,
    out: NDArray[np.float32],
    border: str,
) -> list[object]:
    """The C function's parameters up to ``out``, checked."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4) or not image.size:
        raise ValueError(
            "image must be uint8 of shape (height, width, 3 or 4) with at least one pixel, "
            f"not {image.dtype} of shape {image.shape}"
        )
    height, width, channels = image.shape
    if image.strides[1:] != (channels, 1) or image.strides[0] < width * channels:
        raise ValueError(f"image must have its pixels side by side, not strides {image.strides}")
    if out.dtype != np.float32 or out.shape != (1, size, size, 3):
        raise ValueError(
            f"out must be float32 of shape {(1, size, size, 3)}, not {out.dtype} of {out.shape}"
        )
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out must be contiguous and writeable")
    rows = np.asarray(matrix, np.float64)
    if rows.shape != (2, 3):
        raise ValueError(f"matrix must be of shape (2, 3), not {rows.shape}")
    if border not in BORDERS:
        raise ValueError(f"border must be one of {BORDERS}, not {border!r}")
    replicate = border == "replicate"
    coefficients = _Matrix(*rows.flat)
    return [
        *(image.ctypes.data, width, height, channels, image.strides[0], replicate),
        *(coefficients, size, out.ctypes.data),
    ]
