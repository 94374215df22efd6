"""Declarations that are written by hand say what the code does.

Those are the tag's, ``web/holistic-tracking.d.ts``, for TypeScript, and the stubs from which mypy
knows our JavaScript. All are read as text: the code does not run outside of a browser.
"""

import re
from pathlib import Path

DECLARATIONS = "web/holistic-tracking.d.ts"
ELEMENT = "web/tag/element.js"
SETTINGS = "web/tag/settings.js"
ENGINE = "web/tag"
"""Whose Python tells the events."""
STUBS = "types/python"
"""What mypy knows of modules that are not Python."""

INHERITED = {"addEventListener", "removeEventListener"}
"""Members that are declared again for the sake of their events' types."""
OF_THE_BROWSER = re.compile(r"constructor|\w+Callback|observedAttributes")
"""Members that only the browser calls."""

_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_REEXPORT = re.compile(r"^export \{.*?(\w+) \}", re.MULTILINE)
_NAMES = re.compile(r"'([\w-]+)'")
_EVENT = re.compile(r"\b_?tell\(\s*[\"'](\w+)[\"']", re.IGNORECASE)


def mismatches(root: Path) -> list[str]:
    """What is declared and not there, and what is there and not declared; a line for each."""
    missing = [name for name in (DECLARATIONS, SETTINGS, ELEMENT) if not (root / name).exists()]
    if missing:
        return [f"{name}: it is not there" for name in missing]
    declared = (root / DECLARATIONS).read_text("utf-8")
    settings = (root / SETTINGS).read_text("utf-8")
    element = (root / ELEMENT).read_text("utf-8")
    tag = block(declared, "export class HolisticTracking")
    own = members(block(element, "export class HolisticTracking"))
    known = attributes(settings)
    there = {*own, *known, *re.findall(r"prototype, '(\w+)'", element)}
    faults = _differences("member", members(tag) - INHERITED, there)
    for name, choices in known.items():
        if choices:
            faults += _differences(f"choice of {name}:", _choices(declared, tag, name), choices)
    heard = members(block(declared, "export interface HolisticTrackingEventMap"))
    return faults + _differences("event", heard, events(root))


def stub_mismatches(root: Path) -> list[str]:
    """What stubs for Python say that a module of JavaScript exports, and it does not.

    Such a stub's docstring is the module's path.
    """
    faults = []
    for stub in sorted((root / STUBS).rglob("*.pyi")):
        text = stub.read_text("utf-8")
        module = re.match(r'"""(web/[\w./-]+\.js)', text)
        if module and (root / module[1]).exists():  # else the check of names tells
            script = (root / module[1]).read_text("utf-8")
            exports = [*_EXPORT.findall(script), *_REEXPORT.findall(script)]
            names = re.findall(r"^(?:def |class )?(\w+)[:(]", text, re.MULTILINE)
            faults += [
                f"{stub.relative_to(root)}: {module[1]} does not export {name}"
                for name in names
                if name not in exports
            ]
    return faults


def _differences(kind: str, declared: set[str], there: set[str]) -> list[str]:
    return [
        *(f"{DECLARATIONS}: the code has no {kind} {name}" for name in sorted(declared - there)),
        *(f"{DECLARATIONS}: it lacks the {kind} {name}" for name in sorted(there - declared)),
    ]


def block(text: str, head: str) -> str:
    """What stands between the line that begins with ``head`` and the brace that ends its block."""
    match = re.search(rf"^{head}\b[^\n]*\n(.*?)^\}}", text, re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


def members(body: str) -> set[str]:
    """The public members of a class with this body, in TypeScript or JavaScript."""
    found = re.findall(r"^  (?:static |readonly |async |get |set )*(\w+)[(:<]", body, re.MULTILINE)
    return {name for name in found if not OF_THE_BROWSER.fullmatch(name)}


def attributes(settings: str) -> dict[str, set[str]]:
    """The attributes that the settings know, each with what it can be chosen from, if anything."""
    table = block(settings, "const ATTRIBUTES")
    rows = re.findall(r"^  (\w+): (\w+)\((.*)\),$", table, re.MULTILINE)
    return {
        name: set(_NAMES.findall(values.partition("]")[0])) if kind == "one" else set()
        for name, kind, values in rows
    }


def _choices(declared: str, tag: str, member: str) -> set[str]:
    """The texts that a member of the tag can be; the types that it names are looked up."""
    match = re.search(rf"^  {member}: (.*);$", tag, re.MULTILINE)
    union = match[1] if match else ""
    for name in re.findall(r"\b[A-Z]\w+", union):
        alias = re.search(rf"^export type {name} =([^;]*);", declared, re.MULTILINE)
        union += alias[1] if alias else ""
    return set(_NAMES.findall(union))


def events(root: Path) -> set[str]:
    """The events that the tag's Python tells."""
    sources = (path.read_text("utf-8") for path in (root / ENGINE).rglob("*.py"))
    return {name for source in sources for name in _EVENT.findall(source)}
