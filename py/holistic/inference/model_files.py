"""Finding the model files on a native machine.

Models are not part of the package: ``python build.py models`` makes the float ones from the
originals. They are read from the folder that the caller names, from the folder that the environment
variable HOLISTIC_MODELS names, or from ``models`` of the checkout. Such a folder has one folder for
each variant (see ``shared.model_sets``), or it holds the files of one variant itself. A file is a
.tflite or, as the small models come, a .tflite.gz.
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from holistic.shared.model_sets import FLOAT, places

VARIABLE = "HOLISTIC_MODELS"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[3] / "models"
ADVICE = "run `python build.py models` to make it"

SUFFIXES = (".tflite", ".tflite.gz")

_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every TensorFlow Lite file


class ModelError(Exception):
    """A model file is missing or damaged; the message names it and says what to do."""


def folder(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The folder that models are read from."""
    return Path(chosen or os.environ.get(VARIABLE) or CHECKOUT_FOLDER)


def find(name: str, chosen: str | os.PathLike[str] | None = None, variant: str = FLOAT) -> Path:
    """The path of the model ``name``, whether it is there or not.

    What stands in for a model that the variant lacks, ``model_sets.places`` says.

    Raises:
        ValueError: there is no such variant.
    """
    root = folder(chosen)
    files = [(root / parent, each) for parent, each in places(name, variant)]
    if root != CHECKOUT_FOLDER and not any(parent.is_dir() for parent, _ in files):
        files = [(root, each) for _, each in files]  # the files of one variant
    paths = [parent / f"{each}{suffix}" for parent, each in files for suffix in reversed(SUFFIXES)]
    return next((path for path in paths if path.exists()), paths[-1])


def unpacked(path: Path) -> bytes:
    """The content of a file, whether it is a gzip file (by its name) or not.

    Raises:
        OSError: the file cannot be read.
        EOFError, gzip.BadGzipFile, zlib.error: it is damaged.
    """
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def load(name: str, chosen: str | os.PathLike[str] | None = None, variant: str = FLOAT) -> bytes:
    """The bytes of the model ``name``, for instance "hand_landmarks".

    Raises:
        ValueError: there is no such variant.
        ModelError: the file is missing, cannot be read or is no TensorFlow Lite model.
    """
    path = find(name, chosen, variant)
    try:
        content = unpacked(path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ModelError(f"model file {path} is damaged ({error}): {ADVICE}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {ADVICE}") from None
    if content[4:8] != _IDENTIFIER:
        raise ModelError(f"model file {path} is damaged (no TensorFlow Lite model): {ADVICE}")
    return content
