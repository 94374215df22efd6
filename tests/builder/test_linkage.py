"""Pyodide keeps the names that a library or a script uses, and loses the others."""

from pathlib import Path

import pytest

from builder import BuildError, linkage, wasm

NAMES = ("asked_by_library", "asked_by_script", "asked_by_user", "unknown")
USE = "start(wasmExports);Module._asked_by_script();"


def definition(name: str) -> str:
    return f'var _{name}=Module["_{name}"]=wasmExports["{name}"];'


def section(kind: int, content: bytes) -> bytes:
    return bytes([kind, len(content)]) + content


def named(name: str) -> bytes:
    return bytes([len(name)]) + name.encode()


def exporting(*names: str) -> bytes:
    """A module that exports functions."""
    exports = b"".join(named(name) + b"\0\0" for name in names)
    return wasm.MAGIC + section(7, bytes([len(names)]) + exports)


def importing(name: str) -> bytes:
    """A module that imports a function."""
    return wasm.MAGIC + section(2, b"\1" + named("env") + named(name) + b"\0\0")


@pytest.fixture
def pyodide(tmp_path: Path) -> Path:
    folder = tmp_path / "pyodide"
    folder.mkdir()
    (folder / "pyodide.asm.wasm").write_bytes(exporting(*NAMES))
    (folder / "pyodide.asm.js").write_text(USE + "".join(map(definition, NAMES)))
    (folder / "pyodide.mjs").write_text("")
    return folder


def trimmed(pyodide: Path) -> tuple[bytes, str]:
    """The module and the script that are left for one library and one more script."""
    library, user = pyodide.parent / "library.wasm", pyodide.parent / "user.mjs"
    library.write_bytes(importing("asked_by_library"))
    user.write_text("module._asked_by_user()")
    folder = linkage.trimmed(pyodide, [library], [user], pyodide.parent / "lean")
    return (folder / "pyodide.asm.wasm").read_bytes(), (folder / "pyodide.asm.js").read_text()


def test_what_libraries_and_scripts_name_is_still_exported(pyodide: Path) -> None:
    module, _ = trimmed(pyodide)
    assert module == exporting(*NAMES[:3])


def test_the_script_keeps_the_variables_that_scripts_use(pyodide: Path) -> None:
    _, script = trimmed(pyodide)
    assert script == USE + "".join(map(definition, NAMES[1:3]))


def test_a_script_of_another_make_is_refused(pyodide: Path) -> None:
    (pyodide / "pyodide.asm.js").write_text("anything else")
    with pytest.raises(BuildError, match="look at it anew"):
        trimmed(pyodide)
