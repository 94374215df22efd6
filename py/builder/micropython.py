"""What the tag's MicroPython starts from: its loader, and our modules in one file.

The loader is made to keep its names to itself. As it comes, it keeps its state in global variables
of the page. So a page can have one MicroPython only; but the tag has one, and the page that it is
put into may have another, in PyScript.
"""

import re
from pathlib import Path

from builder import BuildError

_NAMES = (
    "Module",
    "proxy_js_existing",
    "proxy_js_map",
    "proxy_js_ref",
    "proxy_js_ref_map",
    "proxy_js_ref_next",
    "pyProxyFinalizationRegistry",
)
"""The global variables, which its functions use by their bare names."""

_EXPORTED = "loadMicroPython"
"""A function that it exports as a module and defines as a global variable too."""

_OWN = "micropythonGlobals"

_PACKAGES = ("/state", "/holistic", "/holistic/shared")


def secluded(loader: str) -> str:
    """The text of micropython.mjs with its global variables made the module's own.

    Raises:
        BuildError: the text has not the variables that are known.
    """
    accessors = "".join(f"get {n}() {{ return {n}; }}, set {n}(v) {{ {n} = v; }}, " for n in _NAMES)
    head = f"let {', '.join(_NAMES)};\nconst {_OWN} = {{ {accessors}}};\n"
    for name in (*_NAMES, _EXPORTED):
        loader, count = re.subn(rf"\bglobalThis\.{name}\b", f"{_OWN}.{name}", loader)
        if not count:
            raise BuildError(f"micropython.mjs has no global variable {name}: look at it anew")
    left = set(re.findall(r"\bglobalThis\.(\w+)\s*=[^=]", loader)) - {"crypto"}
    if left:
        raise BuildError(f"micropython.mjs sets global variables that are not known: {left}")
    return head + loader


def modules(tag: Path, shared: Path) -> dict[str, str]:
    """The tag's modules and those that it shares with the tracker: path in MicroPython -> text.

    One file of them arrives sooner than a file each.
    """
    texts = {f"{package}/__init__.py": "" for package in _PACKAGES}
    found = {f"/{path.name}": path for path in (*tag.glob("*.py"), *tag.glob("sources/*.py"))}
    found |= {f"/state/{path.name}": path for path in tag.glob("state/*.py")}
    found |= {f"/holistic/shared/{path.name}": path for path in shared.glob("*.py")}
    return texts | {name: path.read_text("utf-8") for name, path in sorted(found.items())}
