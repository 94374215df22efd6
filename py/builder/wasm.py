"""WebAssembly modules: what they import and export, and copies without what nobody needs.

A side module with a symbol that Pyodide's main module lacks loads without complaint, and kills the
interpreter when the symbol is first used: :func:`missing` compares them beforehand.
"""

from collections.abc import Collection, Iterator

from builder import BuildError

MAGIC = b"\0asm\1\0\0\0"
_CUSTOM, _IMPORT, _EXPORT, _DATA = 0, 2, 7, 11
_FUNCTION, _TABLE, _MEMORY, _GLOBAL, _TAG = range(5)
_END = 0x0B
_LINKING = b"\x08dylink.0"

LOADER = {
    "__memory_base",
    "__table_base",
    "__stack_pointer",
    "__indirect_function_table",
    "memory",
}
"""What the dynamic loader itself hands to every side module."""


def without_data(module: bytes) -> bytes:
    """The module of a library, with nothing in the one segment that it writes into memory.

    A snapshot of the memory has what the segment would write. Notes for debuggers go too; those
    for the dynamic linker stay.

    Raises:
        BuildError: it is no such module.
    """
    stripped = bytearray(MAGIC)
    for kind, content in sections(module):
        if kind == _DATA:
            stripped += section(kind, _emptied(content))
        elif kind != _CUSTOM or content.startswith(_LINKING):
            stripped += section(kind, content)
    return bytes(stripped)


def with_exports(module: bytes, wanted: Collection[str]) -> bytes:
    """The module with no exports but those whose names are wanted."""
    changed = bytearray(MAGIC)
    for kind, content in sections(module):
        changed += section(kind, _chosen(content, wanted) if kind == _EXPORT else content)
    return bytes(changed)


def imports(module: bytes) -> set[str]:
    """The names of what a module imports, whichever module they are of."""
    return {name for name, _ in _imported(module)}


def imported_functions(module: bytes) -> int:
    """How many functions a module imports: its own are counted from there."""
    return sum(kind == _FUNCTION for _, kind in _imported(module))


def exports(module: bytes) -> set[str]:
    """The names of what a module exports."""
    names: set[str] = set()
    for kind, content in sections(module):
        if kind == _EXPORT:
            names.update(name for name, _ in _entries(content))
    return names


def missing(side: bytes, main: bytes) -> set[str]:
    """Symbols that the side module imports and neither the main module nor itself provides.

    The main module's own imports (JavaScript functions) are at hand for side modules too.

    Raises:
        BuildError: one of them is no WebAssembly module.
    """
    return imports(side) - exports(side) - exports(main) - imports(main) - LOADER


def sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    """The kind and the content of every section."""
    if not module.startswith(MAGIC):
        raise BuildError("this is not a WebAssembly module")
    at = len(MAGIC)
    while at < len(module):
        kind = module[at]
        size, start = number(module, at + 1)
        at = start + size
        yield kind, module[start:at]


def section(kind: int, content: bytes) -> bytes:
    """The bytes of a section."""
    return bytes([kind]) + encoded(len(content)) + content


def _chosen(content: bytes, wanted: Collection[str]) -> bytes:
    """An export section with the wanted names only."""
    kept = [entry for name, entry in _entries(content) if name in wanted]
    return encoded(len(kept)) + b"".join(kept)


def _entries(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of every entry of an export section."""
    count, at = number(content, 0)
    for _ in range(count):
        start = at
        name, at = _name(content, at)
        _, at = number(content, at + 1)
        yield name, content[start:at]


def _imported(module: bytes) -> Iterator[tuple[str, int]]:
    """The name and the kind of everything that a module imports."""
    for kind, content in sections(module):
        if kind == _IMPORT:
            count, at = number(content, 0)
            for _ in range(count):
                _, at = _name(content, at)
                name, at = _name(content, at)
                yield name, content[at]
                at = _type_end(content, at)


def _type_end(content: bytes, at: int) -> int:
    """Where the type of an import ends that begins here."""
    kind, at = content[at], at + 1
    if kind == _FUNCTION:
        return number(content, at)[1]
    if kind in (_TABLE, _MEMORY):
        at += kind == _TABLE
        bounded, at = content[at] & 1, number(content, at + 1)[1]
        return number(content, at)[1] if bounded else at
    if kind == _GLOBAL:
        return at + 2
    assert kind == _TAG, f"WebAssembly has no imports of kind {kind}"
    return number(content, at + 1)[1]


def _emptied(content: bytes) -> bytes:
    """A data section, of one segment at a place that the linker chooses, without its bytes."""
    place = content.find(_END, 2) + 1
    length, start = number(content, place)
    if content[:2] != b"\1\0" or start + length != len(content):
        raise BuildError("the module's data is not the one segment that a linker makes: look anew")
    return content[:place] + encoded(0)


def _name(content: bytes, at: int) -> tuple[str, int]:
    """A name, and where it ends."""
    length, start = number(content, at)
    end = start + length
    return content[start:end].decode(), end


def number(content: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def encoded(value: int) -> bytes:
    """The same number as bytes."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])
