"""The part of image.py that runs in Pyodide: only there are modules compiled for its Python."""

import importlib
import importlib.util
import sys
import zipfile
from importlib import _bootstrap_external

FOLDER = "/lib/python3.13/site-packages"
"""Where the archive is unpacked."""

ENTRANCE = "holistic.worker"
"""The module that a worker imports."""

_pyc = _bootstrap_external._code_to_hash_pyc  # type: ignore[attr-defined]


def compile_archive(source: str, destination: str) -> None:
    """Copy an archive of packages with every module compiled, and without its source.

    The compiled modules are found by any import and never checked against a source. Docstrings
    stay, because NumPy's functions are made with them.
    """
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".py"):
                code = compile(content, f"{FOLDER}/{name}", "exec", dont_inherit=True)
                hashed = importlib.util.source_hash(content)
                content = _pyc(code, hashed, checked=False)
                name = f"{name}c"  # noqa: PLW2901
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def standard_modules(archive: str) -> list[str]:
    """Names of the standard library's modules that a worker imports with the packages."""
    with zipfile.ZipFile(archive) as packages:
        packages.extractall(FOLDER)
        own = {name.partition("/")[0] for name in packages.namelist()}
    before = set(sys.modules)
    importlib.import_module(ENTRANCE)
    added = set(sys.modules) - before
    return sorted(name for name in added if name.partition(".")[0] not in own | {"js"})
