"""Gives the wheel the tag of PyAV's stable ABI. All is compiled before (see make.py)."""

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class Binary(Distribution):
    """A package with compiled files, although setuptools compiles none."""

    def has_ext_modules(self) -> bool:
        """Make a wheel of one platform."""
        return True


class StableWheel(bdist_wheel):
    """A wheel for CPython 3.11 and all later ones."""

    def get_tag(self) -> tuple[str, str, str]:
        """Interpreter, ABI, platform."""
        return "cp311", "abi3", super().get_tag()[2]


setup(distclass=Binary, cmdclass={"bdist_wheel": StableWheel})
