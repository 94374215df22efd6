"""Pyodide without the names that nobody uses.

Its main module exports ten thousand functions and variables, since it does not know which
libraries will want them. Whenever it starts, each gets an entry in a table, a variable that holds
its address, and a variable in Pyodide's script. Our site knows its libraries, so the other names
are left out, of the module and of the script: nobody calls those functions by name.
"""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from builder import BuildError, wasm

MODULE, SCRIPT, LOADER = "pyodide.asm.wasm", "pyodide.asm.js", "pyodide.mjs"

_DEFINITION = re.compile(r'var (\w+)=(?:Module\["\1"\]=)?wasmExports\["(\w+)"\];')
"""How the script gives a variable to an export."""

_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def trimmed(pyodide: Path, libraries: Iterable[Path], users: Iterable[Path], folder: Path) -> Path:
    """A copy of ``pyodide`` in a new folder, with the names that libraries or scripts use.

    ``users`` are the scripts that call into its module, beside its own.

    Raises:
        BuildError: its script does not define variables in the way that is known.
    """
    shutil.copytree(pyodide, folder)
    script, module = folder / SCRIPT, folder / MODULE
    text, content = script.read_text("utf-8"), module.read_bytes()
    if not _DEFINITION.search(text):
        raise BuildError(f"{SCRIPT} defines no variables for exports: look at it anew")
    callers = [path.read_text("utf-8") for path in (folder / LOADER, *users)]
    words = set(_WORD.findall("\n".join([_DEFINITION.sub("", text), *callers])))
    used = words | wasm.imports(content)
    used |= {export for variable, export in _DEFINITION.findall(text) if variable in words}
    used = used.union(*(wasm.imports(path.read_bytes()) for path in libraries))
    module.write_bytes(wasm.with_exports(content, used))
    script.write_text(
        _DEFINITION.sub(lambda found: found[0] if found[1] in words else "", text), "utf-8"
    )
    return folder
