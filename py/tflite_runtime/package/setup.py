"""Gives the wheel Pyodide's platform. The side modules are compiled before (see make.py)."""

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


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


setup(distclass=Binary, cmdclass={"bdist_wheel": PlatformWheel})
