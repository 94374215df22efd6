"""Pyodide's script, made to start Python from a snapshot without compiling any.

As it comes, it evaluates four lines of Python to get at modules that the snapshot has. They take
Python's parser, its syntax trees and its compiler: a third of the functions that the browser
compiles until Python has started, and nobody else needs them.
"""

from builder import BuildError

_EVALUATED = "API.runPythonInternal({})"
_NAMED = "API._pyodide._base.pyimport_impl({})"

_BY_NAME = {
    't&&Fr();let[r,n]=API.rawRun("import _pyodide_core")': (
        't&&Fr();let[r,n]=t?[0,""]:API.rawRun("import _pyodide_core")'
    ),
    'API.runPythonInternal_dict=API._pyodide._base.eval_code("{}"),': "",
    _EVALUATED.format('"import importlib; importlib"'): _NAMED.format('"importlib"'),
    **{
        _EVALUATED.format(f'"import {name}; {name}.__dict__"'): _NAMED.format(f'"{name}"')
        + ".__dict__"
        for name in ("__main__", "builtins")
    },
}
"""What the script evaluates, and how it gets that instead; ``t`` is what it knows of a snapshot."""


def without_compiling(script: str) -> str:
    """The text of pyodide.asm.js that asks for these modules by their names.

    Raises:
        BuildError: it does not evaluate what is known.
    """
    for evaluated, named in _BY_NAME.items():
        if script.count(evaluated) != 1:
            raise BuildError(f"pyodide.asm.js does not do {evaluated}: look at it anew")
        script = script.replace(evaluated, named)
    return script
