"""Models for the toolchain's tests; `python build.py models` makes those that are missing."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from graphs import MODELS

from holistic.inference.model_files import find as find_model


@pytest.fixture
def float_model():
    """Path of a float model by name, or of the one that stands in for it."""

    def find(name: str) -> Path:
        path = find_model(name, MODELS / "float")
        if not path.is_file():
            pytest.skip("the float models are not built")
        return path

    return find
