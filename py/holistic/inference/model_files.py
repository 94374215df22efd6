"""Finding the model files.

Models come in packages of their own: ``holistic_models`` has all, ``holistic_models_auto`` those
that Pyodide needs by default; a checkout has them in its folder ``models`` (``python build.py
models`` makes the float ones from the originals). They are read from the folder that the caller
names, from the one that the environment variable HOLISTIC_MODELS names, from an installed package,
or from the checkout. Such a folder has one folder for each variant (see ``shared.model_sets``), or
it holds the files of one variant itself. A file is a .tflite, a .tflite.gz, or, in the package of
all, a .tflite.delta.gz (see ``model_delta``).
"""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from holistic.inference import model_delta, runtime
from holistic.shared.model_sets import FLOAT, places

VARIABLE = "HOLISTIC_MODELS"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[3] / "models"

if runtime.IN_PYODIDE:
    ADVICE = 'run `await micropip.install("holistic-tracking-models")`: it has all models'
elif (CHECKOUT_FOLDER.parent / "build.py").is_file():
    ADVICE = "run `python build.py models` to make it"
else:
    ADVICE = "install the models again: "
    ADVICE += "`pip install --force-reinstall --no-deps holistic-tracking-models`"

SUFFIXES = (".tflite", f".tflite{model_delta.SUFFIX}.gz", ".tflite.gz")


_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every TensorFlow Lite file


class ModelError(Exception):
    """A model file is missing or damaged; the message names it and says what to do."""


def folder(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The folder that models are read from."""
    return _named(chosen) or _installed() or CHECKOUT_FOLDER


def _named(chosen: str | os.PathLike[str] | None) -> Path | None:
    name = chosen or os.environ.get(VARIABLE)
    return Path(name) if name else None


def _installed() -> Path | None:
    """The folder of the installed package; in a checkout the package has no models in it."""
    roots = (Path(str(package.__file__)).parent for package in _packages())
    return next((root for root in roots if (root / FLOAT).is_dir()), None)


def _packages() -> Iterator[ModuleType]:
    """The packages of models that are there, the one that has all of them first."""
    with suppress(ImportError):
        import holistic_models  # noqa: PLC0415 - perhaps it is not there

        yield holistic_models
    with suppress(ImportError):
        import holistic_models_auto  # noqa: PLC0415 - in Pyodide

        yield holistic_models_auto


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
    advice = ADVICE
    if named := _named(chosen):
        advice = f"put it there, or do not name {named}: then the tracker takes its own models"
    try:
        content = _content(path, name)
    except (EOFError, gzip.BadGzipFile, zlib.error, struct.error) as error:
        raise ModelError(f"model file {path} is damaged ({error}): {advice}") from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise ModelError(f"model file {error.filename or path} {reason}: {advice}") from None
    if content[4:8] != _IDENTIFIER:
        raise ModelError(f"model file {path} is damaged (no TensorFlow Lite model): {advice}")
    return content


def _content(path: Path, name: str) -> bytes:
    content = unpacked(path)
    if model_delta.SUFFIX not in path.suffixes:
        return content
    base = path.with_name(f"{model_delta.BASE.format(name)}.tflite.gz")
    return model_delta.applied(content, unpacked(base))
