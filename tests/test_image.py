"""What the workers' Python starts from, as the site has it."""

import zipfile

import pytest

from builder import site

PYTHON = site.SITE / "python"

pytestmark = pytest.mark.skipif(
    not (PYTHON / "packages.zip").exists(), reason="no site: run `python build.py build`"
)


@pytest.fixture(scope="module")
def names():
    with zipfile.ZipFile(PYTHON / "packages.zip") as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_every_module_is_compiled(names):
    assert "holistic/worker.pyc" in names
    assert not [name for name in names if name.endswith(".py")]


@pytest.mark.parametrize("package", ["numpy", "holistic", "tflite_runtime", "holistic_kernels"])
def test_every_package_is_there(names, package):
    assert f"{package}/__init__.pyc" in names


def test_what_the_tracker_does_not_use_is_left_out(names):
    unused = ("/tests/", "numpy/random/", "numpy/fft/", "numpy/f2py/", "/include/")
    assert not [name for name in names if any(part in name for part in unused)]
