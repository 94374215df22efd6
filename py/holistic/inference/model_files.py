"""Finding the model files on a native machine.

Models come in a package of their own, ``holistic_models``, and the heavy pose networks in
``holistic_models_heavy``; a checkout has them in its folder ``models`` (``python build.py models``
makes the float ones from the originals). They are read from
the folder that the caller names, from the one that the environment variable HOLISTIC_MODELS names,
from the installed package, or from the checkout. Such a folder has one folder for each variant (see
``shared.model_sets``), or it holds the files of one variant itself. A file is a .tflite, a
.tflite.gz, or, in the package, a .tflite.delta.gz (see ``model_delta``).
"""

from __future__ import annotations

import gzip
import importlib
import os
import struct
import zlib
from pathlib import Path

from holistic.inference import model_delta
from holistic.shared.model_sets import FLOAT, HEAVY, places

VARIABLE = "HOLISTIC_MODELS"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[3] / "models"
IS_CHECKOUT = (CHECKOUT_FOLDER.parent / "build.py").is_file()
PACKAGE = "holistic_models"
HEAVY_PACKAGE = "holistic_models_heavy"

SUFFIXES = (".tflite", f".tflite{model_delta.SUFFIX}.gz", ".tflite.gz")

_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every TensorFlow Lite file


class ModelError(Exception):
    """A model file is missing or damaged; the message names it and says what to do."""


def folder(chosen: str | os.PathLike[str] | None = None, package: str = PACKAGE) -> Path:
    """The folder that models are read from, those of a ``package`` if it is installed."""
    return _named(chosen) or _installed(package) or CHECKOUT_FOLDER


def _named(chosen: str | os.PathLike[str] | None) -> Path | None:
    name = chosen or os.environ.get(VARIABLE)
    return Path(name) if name else None


def _installed(package: str) -> Path | None:
    """The folder of an installed package; in a checkout the package has no models in it."""
    try:
        module = importlib.import_module(package)
    except ImportError:
        return None
    root = Path(str(module.__file__)).parent
    return root if (root / FLOAT).is_dir() else None


def _package(name: str) -> str:
    return HEAVY_PACKAGE if name in HEAVY else PACKAGE


def advice(name: str) -> str:
    """How the model ``name`` is got."""
    if IS_CHECKOUT:
        return "run `python build.py models` to make it"
    if name in HEAVY and _installed(HEAVY_PACKAGE) is None:
        return 'complexity 2 needs it: `pip install "holistic-tracking[heavy]"`'
    package = "holistic-tracking" + _package(name).removeprefix("holistic").replace("_", "-")
    return f"install the models again: `pip install --force-reinstall --no-deps {package}`"


def find(name: str, chosen: str | os.PathLike[str] | None = None, variant: str = FLOAT) -> Path:
    """The path of the model ``name``, whether it is there or not.

    What stands in for a model that the variant lacks, ``model_sets.places`` says.

    Raises:
        ValueError: there is no such variant.
    """
    root = folder(chosen, _package(name))
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
    remedy = advice(name)
    if named := _named(chosen):
        remedy = f"put it there, or do not name {named}: then the tracker takes its own models"
    try:
        content = _content(path, name)
    except (EOFError, gzip.BadGzipFile, zlib.error, struct.error) as error:
        raise ModelError(f"model file {path} is damaged ({error}): {remedy}") from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise ModelError(f"model file {error.filename or path} {reason}: {remedy}") from None
    if content[4:8] != _IDENTIFIER:
        raise ModelError(f"model file {path} is damaged (no TensorFlow Lite model): {remedy}")
    return content


def _content(path: Path, name: str) -> bytes:
    content = unpacked(path)
    if model_delta.SUFFIX not in path.suffixes:
        return content
    base = path.with_name(f"{model_delta.BASE.format(name)}.tflite.gz")
    return model_delta.applied(content, unpacked(base))
