"""Letting ``import mediapipe`` be this package, for libraries whose imports nobody can change.

``install()`` puts a finder before Python's own. It answers for ``mediapipe`` and everything below
with the module of the same name here: one module under two names, so that classes are the same
whichever way they were imported. ``importlib.metadata`` knows a distribution ``mediapipe`` then.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAME = "mediapipe"
VERSION = "0.10.21"
"""The MediaPipe whose interface this is: the last that has ``solutions``."""

_HERE = __name__.rpartition(".")[0]


class _Loader(Loader):
    """Gives a module that has been loaded under its own name."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module, instead of a new one."""
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing, it has run; but it keeps its own specification."""
        module.__spec__ = self._spec


class _Finder(MetaPathFinder):
    """Finds ``mediapipe``, its modules and its distribution."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of this package that has this name there."""
        if fullname != NAME and not fullname.startswith(f"{NAME}."):
            return None
        ours = _HERE + fullname.removeprefix(NAME)
        if ours not in sys.modules and importlib.util.find_spec(ours) is None:
            return None
        module = importlib.import_module(ours)
        return ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))

    def find_distributions(
        self,
        context: importlib.metadata.DistributionFinder.Context | None = None,
    ) -> Iterable[importlib.metadata.Distribution]:
        """The distribution, when it or every one is looked for."""
        if context is None or context.name in (None, NAME):
            yield _Distribution()


class _Distribution(importlib.metadata.Distribution):
    def read_text(self, filename: str) -> str | None:
        """The metadata; there are no other files."""
        if filename != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n"

    def locate_file(self, path: str | os.PathLike[str]) -> Any:
        """Where a file of the distribution would be."""
        raise FileNotFoundError(f"{NAME} is {_HERE} here: it has no file {path}")


_FINDER = _Finder()


def install(*, override: bool = False) -> None:
    """Let ``import mediapipe`` be this package from now on, in this process.

    ``override`` hides a real MediaPipe that is installed.

    Raises:
        RuntimeError: the real MediaPipe is installed, or has been imported already.
    """
    if _FINDER in sys.meta_path:
        return
    if NAME in sys.modules:
        raise RuntimeError(
            f"{NAME} has been imported already: call install() before anything imports it"
        )
    if not override and importlib.util.find_spec(NAME) is not None:
        raise RuntimeError(
            f"the real {NAME} {_installed_version()}is installed, and would be hidden: "
            f"uninstall it (pip uninstall {NAME}), or say that ours is to be taken: "
            f"install(override=True), python -m {_HERE} --override"
        )
    sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Undo ``install()``: ``import mediapipe`` is again what it was."""
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    for name in [name for name in sys.modules if name == NAME or name.startswith(f"{NAME}.")]:
        del sys.modules[name]


def _installed_version() -> str:
    try:
        return f"{importlib.metadata.version(NAME)} "
    except importlib.metadata.PackageNotFoundError:
        return ""
