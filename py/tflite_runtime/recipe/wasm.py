"""Reads which symbols a WebAssembly module imports and exports.

A side module with a symbol that Pyodide's main module lacks loads without complaint, and kills
the interpreter when the symbol is first used: so they are compared beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
"""Kinds of imports and exports."""

IMPORT_SECTION, EXPORT_SECTION = 2, 7

LOADER = {
    "__memory_base",
    "__table_base",
    "__stack_pointer",
    "__indirect_function_table",
    "memory",
}
"""What the dynamic loader itself hands to every side module."""


@dataclass
class Symbols:
    """The imports, as (module, name), and the exports of a module."""

    imports: set[tuple[str, str]] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)


def symbols(module: bytes) -> Symbols:
    """The imports and exports of the binary ``module``.

    Raises ValueError if it is no WebAssembly module.
    """
    if module[:8] != b"\0asm\x01\0\0\0":
        raise ValueError("not a WebAssembly module (version 1)")
    reader = _Reader(module, 8)
    found = Symbols()
    while reader.position < len(module):
        section, size = reader.byte(), reader.number()
        end = reader.position + size
        if section == IMPORT_SECTION:
            found.imports.update(_imports(reader))
        elif section == EXPORT_SECTION:
            found.exports.update(_exports(reader))
        reader.position = end
    return found


def missing(side: bytes, main: bytes) -> set[str]:
    """Symbols that the side module imports and neither the main module nor itself provides.

    The main module's own imports (JavaScript functions) are at hand for side modules too.
    """
    needed, offered = symbols(side), symbols(main)
    known = needed.exports | offered.exports | {name for _, name in offered.imports} | LOADER
    return {name for _, name in needed.imports} - known


class _Reader:
    """A position in the module's bytes."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data, self.position = data, position

    def byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def number(self) -> int:
        """An unsigned LEB128 number."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    def name(self) -> str:
        size = self.number()
        self.position += size
        return self.data[self.position - size : self.position].decode()

    def limits(self) -> None:
        """Skip a table's or memory's limits."""
        has_maximum = self.number() & 1
        self.number()
        if has_maximum:
            self.number()


def _imports(reader: _Reader) -> Iterator[tuple[str, str]]:
    for _ in range(reader.number()):
        module, name = reader.name(), reader.name()
        kind = reader.byte()
        if kind == FUNCTION:
            reader.number()
        elif kind in (TABLE, MEMORY):
            if kind == TABLE:
                reader.byte()
            reader.limits()
        elif kind == GLOBAL:
            reader.position += 2
        else:
            reader.byte()
            reader.number()
        yield module, name


def _exports(reader: _Reader) -> Iterator[str]:
    for _ in range(reader.number()):
        name = reader.name()
        reader.byte()
        reader.number()
        yield name
