"""The part of image.py that runs in Pyodide: only there are modules compiled for its Python."""

import ast
import gc
import importlib
import importlib.util
import json
import sys
import zipfile
import zipimport
from importlib import _bootstrap_external
from importlib.machinery import ExtensionFileLoader, FrozenImporter, ModuleSpec
from types import CodeType
from typing import Any

ARCHIVE = "/lib/python313.zip"
"""Where Python looks for its own modules; the packages are there too."""

ENTRANCE = "holistic.browser.worker"
"""The module that a worker imports."""

DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

OURS = ("holistic", "tflite_runtime")

REPLACED = {
    "pyodide/webloop.py": b"""from pyodide_js._api import scheduleCallback
def _initialize_event_loop(): pass""",
    "asyncio/__init__.py": b"""def get_event_loop():
    raise RuntimeError("a worker's Python has no event loop: its frames come one by one")""",
}
"""What Pyodide imports for an event loop, which no worker needs, and what it gets instead."""

LARGEST_POOLED = 512
"""Python has pools of its own for objects up to this many bytes."""

EAST_ASIAN = [f"_codecs_{name}" for name in ("cn", "hk", "iso2022", "jp", "kr", "tw")]
"""The modules of encodings whose tables are left out: see unneeded_in_pyodide.py."""

_BYTES_HEADER = 33
_pyc = _bootstrap_external._code_to_hash_pyc  # type: ignore[attr-defined]


def compile_modules(sources: list[str], destination: str) -> None:
    """Compile every module in some archives into another archive, and nothing else.

    The compiled modules are found by any import and never checked against a source. Assertions
    are left out, and of docstrings a blank remains: NumPy's functions are made with them. Outside
    of our own packages a traceback tells the line where a function begins, not the very line.
    """
    with zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, content in _modules(sources):
            tree = ast.parse(content)
            for node in ast.walk(tree):
                if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False):
                    node.body[0].value.value = " "  # type: ignore[attr-defined]
            code = compile(tree, f"{ARCHIVE}/{name}", "exec", dont_inherit=True, optimize=1)
            if not name.startswith(OURS):
                code = _coarse(code)
            hashed = _pyc(code, importlib.util.source_hash(content), checked=False)
            new.writestr(zipfile.ZipInfo(f"{name}c"), hashed, zipfile.ZIP_DEFLATED)


def _coarse(code: CodeType) -> CodeType:
    """Code of which every instruction belongs to the first line.

    See CPython's Objects/locations.md: an entry covers up to eight code units.
    """
    entries, rest = divmod(len(code.co_code) // 2, 8)
    table = b"\xef\0" * entries + (bytes([0xE7 + rest, 0]) if rest else b"")
    constants = (_coarse(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_linetable=table, co_consts=tuple(constants))


def _modules(sources: list[str]) -> Any:
    for source in sources:
        with zipfile.ZipFile(source) as archive:
            for name in archive.namelist():
                if name in REPLACED:
                    yield name, REPLACED[name]
                elif name.endswith(".py") and not name.startswith("asyncio/"):
                    yield name, archive.read(name)


def probes(packages: str) -> str:
    """JSON of the modules that tell which flavours of TensorFlow Lite a browser can run."""
    sys.path.insert(0, packages)
    library = importlib.import_module("tflite_runtime._library")
    return json.dumps({name: list(module) for name, module in library.PROBES.items()})


class Extensions:
    """Finds the modules that are libraries, which are linked in already."""

    def __init__(self, paths: list[str]) -> None:
        self._paths = {_module_name(path): f"{ARCHIVE}/{path}" for path in paths}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """What a finder of sys.meta_path answers."""
        place = self._paths.get(name)
        loader = ExtensionFileLoader(name, place) if place else None
        return importlib.util.spec_from_file_location(name, place, loader=loader) if place else None


def start(extensions: list[str]) -> None:
    """Import all that a worker needs, and let go of what only that needed."""
    finder = Extensions(extensions)
    sys.meta_path.insert(0, finder)
    importlib.import_module(ENTRANCE)
    remainder: Any = importlib.import_module("remainder")
    sys.meta_path.remove(finder)
    with zipfile.ZipFile(ARCHIVE) as archive:
        everything = {_module_name(path) for path in archive.namelist()}
    sys.meta_path.remove(FrozenImporter)
    absent: dict[str, Any] = dict.fromkeys(EAST_ASIAN)  # so that nobody can import them
    sys.modules.update(absent)
    remainder.names = frozenset(everything - set(sys.modules))
    sys.meta_path.append(remainder)
    zipimport._zip_directory_cache.clear()  # type: ignore[attr-defined]
    sys.path_importer_cache.clear()
    gc.collect()


def wipe() -> None:
    """Zero what is free in Python's own pools: it is full of what once was there."""
    for size in range(48, LARGEST_POOLED + 1, 16):
        held = [bytes(size - _BYTES_HEADER) for _ in range(200_000 // size)]
        del held


def _module_name(path: str) -> str:
    """The name of the module in a file of an archive."""
    return path.partition(".")[0].removesuffix("/__init__").replace("/", ".")
