"""Compiles what Python is too slow for; all else about the package is in pyproject.toml.

The image warp, and the walk through a JPEG that finds damage. Where there is no compiler the
package installs without them: NumPy warps, and a JPEG that is damaged inside is shown as it is.
Pyodide's wheel (``HOLISTIC_PURE=1``) is without them too: WebAssembly has a warp of its own, and
browsers show pictures.
"""

import os

from setuptools import Extension, setup

# Fused multiplications would round positions in another way than OpenCV and WebAssembly do.
EXACT = [] if os.name == "nt" else ["-std=gnu11", "-O3", "-ffp-contract=off", "-g0"]

WARP = Extension(
    "holistic.inference._warp",
    ["py/holistic/inference/warp_module.c"],
    depends=["py/kernels/warp.c", "py/holistic/inference/warp_x86.h"],
    extra_compile_args=EXACT,
    py_limited_api=True,
    optional=True,
)

JPEG = Extension(
    "holistic.batch._jpeg",
    ["py/holistic/batch/jpeg_module.c"],
    extra_compile_args=EXACT,
    py_limited_api=True,
    optional=True,
)

if os.environ.get("HOLISTIC_PURE"):
    setup()
else:
    setup(ext_modules=[WARP, JPEG], options={"bdist_wheel": {"py_limited_api": "cp311"}})
