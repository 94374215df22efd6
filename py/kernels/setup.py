"""Compiles warp.c into the side module and gives the wheel Pyodide's platform."""

import subprocess

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

EXPORTS = "-sEXPORTED_FUNCTIONS=_warp_to_float"
FLAGS = ["-O3", "-std=gnu11", "-fPIC", "-msimd128", "-sSIDE_MODULE=2", "-sWASM_BIGINT", EXPORTS]


class CompileFirst(build_py):
    """The Python files, with the side module among them."""

    def run(self) -> None:
        """Compile, then collect the package's files."""
        module = "src/holistic_kernels/warp.wasm"
        subprocess.run(["emcc", *FLAGS, "warp.c", "-o", module], check=True)
        super().run()


class Binary(Distribution):
    """A package with compiled files, although setuptools compiles none."""

    def has_ext_modules(self) -> bool:
        """Make a wheel of one platform."""
        return True


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3: ctypes needs no Python ABI."""

    def get_tag(self) -> tuple[str, str, str]:
        """Interpreter, ABI, platform."""
        return "py3", "none", super().get_tag()[2]


setup(distclass=Binary, cmdclass={"build_py": CompileFirst, "bdist_wheel": PlatformWheel})
