"""Where the tracker meets the machine: the interpreter and the image warp.

This is the one module that knows whether it runs in Pyodide or in CPython. In Pyodide both come
from WebAssembly modules of this project; natively from LiteRT and OpenCV. The results are the
same: the warps agree to the last grey level and the networks to float rounding.
"""

from __future__ import annotations

import os
import sys

import numpy as np

if sys.platform == "emscripten":
    from holistic_kernels import warp
    from tflite_runtime.interpreter import Interpreter
else:
    from time import sleep

    import archspec.cpu
    import cv2
    from ai_edge_litert import interpreter as litert

    class Interpreter(litert.Interpreter):  # type: ignore[misc]
        """LiteRT's, with patience: it refuses to run while anyone holds a view of its memory.

        A sampling profiler, such as every Dask worker has, holds for a moment on to the frames
        that it looks at, and so to the views in them.
        """

        _TRIES = 100

        def invoke(self) -> None:
            """Run the network.

            Raises:
                RuntimeError: it cannot run, or a view is not let go within a tenth of a second.
            """
            for _ in range(self._TRIES):
                try:
                    super().invoke()
                except RuntimeError:
                    sleep(0.001)
                else:
                    return
            super().invoke()

    _BORDERS = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE}

    def warp(
        image: np.ndarray,
        matrix: np.ndarray,
        size: int,
        out: np.ndarray,
        low: float,
        high: float,
        border: str,
    ) -> None:
        """Crop, turn, resize and normalise a part of ``image`` into ``out``.

        Pixel (u, v) of ``out`` (1, size, size, 3), float32, is what ``image`` (H, W, 3 or 4),
        uint8, shows at ``matrix @ (u, v, 1)``: the position rounded to 1/32 px, bilinear, the
        value rounded to uint8 and then brought from 0..255 to ``low``..``high``. Outside of the
        image is black (``border`` "zero") or the nearest edge pixel ("replicate").
        """
        # warpPerspective, because OpenCV's warpAffine rounds positions in another way.
        patch = cv2.warpPerspective(
            image,
            np.vstack((matrix, (0, 0, 1))),
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=_BORDERS[border],
        )
        np.multiply(patch[..., :3], np.float32((high - low) / 255), out=out[0])
        if low:
            out += np.float32(low)


def useful_threads() -> int:
    """How many threads make a network faster here: one for each core, and four at the most."""
    if sys.platform == "emscripten":
        return 1
    allowed = getattr(os, "sched_getaffinity", None)
    return min(4, len(allowed(0)) if allowed else os.cpu_count() or 1)


def multiplies_bytes() -> bool:
    """Whether networks of bytes run faster than those of floats here.

    In WebAssembly they do with our kernels. LiteRT's need instructions for dot products of bytes,
    which on x86 only processors with VNNI have (models/REPORT.md, "Processors").
    """
    if sys.platform == "emscripten":
        return True
    processor = archspec.cpu.host()
    if processor.family != archspec.cpu.TARGETS["x86_64"]:
        return True
    return "avx512_vnni" in processor or "avx_vnni" in processor


def interpreter(model_content: bytes, threads: int = 1) -> Interpreter:
    """A TensorFlow Lite interpreter of the model, ready to run on so many threads.

    In Pyodide it is one thread always.

    Raises:
        ValueError, RuntimeError: the bytes are not a model that the runtime can execute.
    """
    network = Interpreter(model_content=model_content, num_threads=threads)
    network.allocate_tensors()
    return network
