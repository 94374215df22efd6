"""Where the tracker meets the machine: the interpreter and the image warp.

This is the one module that knows whether it runs in Pyodide or in CPython. In Pyodide both come
from WebAssembly modules of this project; natively from LiteRT and ``native_warp``. The results are
the same: the warps agree to the last grey level and the networks to float rounding.
"""

from __future__ import annotations

import os
import sys

__all__ = [
    "IN_PYODIDE",
    "Interpreter",
    "interpreter",
    "useful_threads",
    "warp",
]

IN_PYODIDE = sys.platform == "emscripten"
"""Whether this is Pyodide, in a browser or in Node.js."""

if sys.platform == "emscripten":  # spelt out for the type checker
    from collections.abc import Callable
    from functools import cache

    import numpy as np
    from holistic_kernels import warp

    from tflite_runtime import interpreter as tflite

    class Interpreter(tflite.Interpreter):
        """Our runtime's, which is asked for a tensor's view once: that takes ten calls of C.

        A view stays good, since nobody here gives an input another shape.
        """

        def tensor(self, tensor_index: int) -> Callable[[], np.ndarray]:
            """A function that returns a view of the tensor's own memory."""
            return cache(super().tensor(tensor_index))

else:
    from time import sleep
    from weakref import WeakSet

    from ai_edge_litert import interpreter as litert

    from holistic.inference.native_warp import warp

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

    _alive: WeakSet[Interpreter] = WeakSet()
    _kept: list[Interpreter] = []

    def _keep() -> None:
        """Have the networks of a process that was forked stay to its end.

        It has none of the threads that they would end with them: that crashed it.
        """
        _kept.extend(_alive)

    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=_keep)


def useful_threads() -> int:
    """How many threads make a network faster here: one for each core, and four at the most."""
    if IN_PYODIDE:
        return 1
    allowed = getattr(os, "sched_getaffinity", None)
    return min(4, len(allowed(0)) if allowed else os.cpu_count() or 1)


def interpreter(model_content: bytes, threads: int = 1) -> Interpreter:
    """A TensorFlow Lite interpreter of the model, ready to run on so many threads.

    In Pyodide it is one thread always.

    Raises:
        ValueError, RuntimeError: the bytes are not a model that the runtime can execute.
    """
    network = Interpreter(model_content=model_content, num_threads=threads)
    network.allocate_tensors()
    if not IN_PYODIDE:
        _alive.add(network)
    return network
