"""Finding the model files on a native machine.

Models are not part of the package: ``python build.py models`` makes them from the originals.
They are looked for in the folder that the caller names, in the folder that the environment
variable HOLISTIC_MODELS names, or in ``models/float`` of the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "HOLISTIC_MODELS"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[2] / "models" / "float"
ADVICE = "run `python build.py models` to make it"

_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every TensorFlow Lite file


class ModelError(Exception):
    """A model file is missing or damaged; the message names it and says what to do."""


def folder(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The folder that models are read from."""
    return Path(chosen or os.environ.get(VARIABLE) or CHECKOUT_FOLDER)


def load(name: str, chosen: str | os.PathLike[str] | None = None) -> bytes:
    """The bytes of the model ``name``, for instance "hand_landmarks".

    Raises:
        ModelError: the file is missing, cannot be read or is no TensorFlow Lite model.
    """
    path = folder(chosen) / f"{name}.tflite"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {ADVICE}") from None
    if content[4:8] != _IDENTIFIER:
        raise ModelError(f"model file {path} is damaged (no TensorFlow Lite model): {ADVICE}")
    return content
