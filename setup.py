"""Compiles the native tracker's image warp; all else about the package is in pyproject.toml.

Where there is no compiler the package installs without it, and NumPy does its work. Pyodide's wheel
(``HOLISTIC_PURE=1``) is without it too: WebAssembly has its own.
"""

import os

from setuptools import Extension, setup

# Fused multiplications would round positions in another way than OpenCV and WebAssembly do.
EXACT = [] if os.name == "nt" else ["-std=gnu11", "-O3", "-ffp-contract=off"]

WARP = Extension(
    "holistic.inference._warp",
    ["py/holistic/inference/warp_module.c"],
    depends=["py/kernels/warp.c"],
    extra_compile_args=EXACT,
    py_limited_api=True,
    optional=True,
)

if os.environ.get("HOLISTIC_PURE"):
    setup()
else:
    setup(ext_modules=[WARP], options={"bdist_wheel": {"py_limited_api": "cp311"}})
