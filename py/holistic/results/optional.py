"""Libraries that only some formats need: imported when they are, with an error that says how."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class MissingLibraryError(ImportError):
    """A library is not installed; the message says which, and the extra that brings it."""


def library(name: str, extra: str) -> Any:
    """The module ``name``, which ``pip install "holistic-tracking[extra]"`` brings.

    Raises:
        MissingLibraryError: it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        top = name.partition(".")[0]
        raise MissingLibraryError(
            f'this needs {top}: install it with pip install "holistic-tracking[{extra}]"'
        ) from error
