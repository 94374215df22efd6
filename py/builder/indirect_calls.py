"""A WebAssembly module whose indirect calls are made by functions that do nothing else.

V8's good compiler supposes that an indirect call goes where it has gone so far, and compiles what
it has called into the caller. When it goes elsewhere, the caller is slow again until it has been
compiled anew. Python's interpreter loop, Pyodide's largest function, calls something else all the
time while Python starts: it was compiled four times in the first second, a tenth of a second each.
Here one function makes the indirect calls of all others of one type. Those go to so many functions
that nothing is supposed of the next. It is done with Pyodide and with all libraries.

Instructions are told as in https://webassembly.github.io/spec/core/binary/instructions.html, with
those for exceptions as they were before that standard.
"""

from collections.abc import Iterable, Iterator

from builder import BuildError, wasm

_TYPES, _FUNCTIONS, _CODE = 1, 3, 10
_FUNCTION_TYPE, _I32 = 0x60, 0x7F
_CALL, _CALL_INDIRECT, _LOCAL_GET, _END = 0x10, 0x11, 0x20, 0x0B
_BR_TABLE, _SELECT, _BULK, _VECTOR = 0x0E, 0x1C, 0xFC, 0xFD

_NUMBERS = {
    **dict.fromkeys([0x00, 0x01, 0x05, _END, 0x0F, 0x19, 0x1A, 0x1B, 0x43, 0x44, 0xD1], 0),
    **dict.fromkeys(range(0x45, 0xC5), 0),  # arithmetic
    **dict.fromkeys([0x02, 0x03, 0x04, 0x06], 1),  # what begins a block: its type
    **dict.fromkeys([0x07, 0x08, 0x09, 0x0C, 0x0D, 0x18], 1),  # exceptions and branches
    **dict.fromkeys([_CALL, *range(_LOCAL_GET, 0x27)], 1),  # variables and tables
    **dict.fromkeys([0x3F, 0x40, 0x41, 0x42, 0xD0, 0xD2], 1),  # memory sizes, constants
    **dict.fromkeys([_CALL_INDIRECT, *range(0x28, 0x3F)], 2),  # memory
}
"""How many LEB128 numbers follow an instruction."""

_BULK_NUMBERS = {
    **dict.fromkeys(range(8), 0),
    **dict.fromkeys([9, 11, 13, 15, 16, 17], 1),
    **dict.fromkeys([8, 10, 12, 14], 2),
}
"""The same of those that begin with _BULK, by the number after it."""

_BYTES = {0x43: 4, 0x44: 8}
"""How many bytes follow: those of a constant."""

_VECTOR_NUMBERS = {**dict.fromkeys(range(12), 2), **dict.fromkeys(range(84, 94), 2)}
_VECTOR_BYTES = {
    **dict.fromkeys([12, 13], 16),
    **dict.fromkeys([*range(21, 35), *range(84, 92)], 1),
}
"""The same of instructions on vectors, by the number after _VECTOR: those in memory, constants and
shuffles, and those for one lane. All others have none."""


def gathered(module: bytes) -> bytes:
    """The module, which does the same, with one function for all indirect calls of a type.

    Raises:
        BuildError: it is no module, or has instructions that are not known.
    """
    parts = list(wasm.sections(module))
    content = dict(parts)
    own = list(_numbers(content[_FUNCTIONS]))
    callers = _Callers(list(_types(content[_TYPES])), wasm.imported_functions(module) + len(own))
    bodies = [_redirected(body, callers) for body in _bodies(content[_CODE])]
    changed = {
        _TYPES: _vector(callers.types),
        _FUNCTIONS: _vector(map(wasm.encoded, [*own, *callers.own_types])),
        _CODE: _vector(map(_sized, [*bodies, *callers.bodies])),
    }
    return wasm.MAGIC + b"".join(
        wasm.section(kind, changed.get(kind, content)) for kind, content in parts
    )


class _Callers:
    """The functions that make indirect calls, numbered from ``first`` on.

    Attributes:
        types: of the module, and those of these functions that it did not have.
        own_types: the number of each function's type.
        bodies: of the functions.
    """

    def __init__(self, types: list[bytes], first: int) -> None:
        self.types = types
        self.own_types: list[int] = []
        self.bodies: list[bytes] = []
        self._first = first
        self._numbers: dict[tuple[int, int], int] = {}

    def of(self, called: int, table: int) -> int:
        """The number of the function that calls what is of this type, in this table."""
        if (called, table) not in self._numbers:
            self._numbers[called, table] = self._first + len(self.bodies)
            self._add(called, table)
        return self._numbers[called, table]

    def _add(self, called: int, table: int) -> None:
        """Its last parameter is the place in the table, as an indirect call has it."""
        parameters, results = _parameters(self.types[called])
        takes = [*parameters, _I32]
        own = bytes([_FUNCTION_TYPE]) + _vector(bytes([each]) for each in takes) + results
        if own not in self.types:
            self.types.append(own)
        self.own_types.append(self.types.index(own))
        gets = b"".join(bytes([_LOCAL_GET]) + wasm.encoded(n) for n in range(len(takes)))
        call = bytes([_CALL_INDIRECT]) + wasm.encoded(called) + wasm.encoded(table)
        self.bodies.append(wasm.encoded(0) + gets + call + bytes([_END]))


def _redirected(body: bytes, callers: _Callers) -> bytes:
    """A function's body that has its indirect calls made."""
    pieces, last = [], 0
    for start, end, called, table in _indirect_calls(body):
        pieces += [body[last:start], bytes([_CALL]), wasm.encoded(callers.of(called, table))]
        last = end
    return b"".join([*pieces, body[last:]])


def _indirect_calls(body: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Where each begins and ends in a function's body, its type and its table."""
    count, at = wasm.number(body, 0)
    for _ in range(count):  # variables: how many, and of what type
        at = wasm.number(body, at)[1] + 1
    while at < len(body):
        start, instruction = at, body[at]
        numbers, at = _operands(body, at)
        if instruction == _CALL_INDIRECT:
            called, table = numbers
            yield start, at, called, table


def _operands(body: bytes, at: int) -> tuple[list[int], int]:
    """The numbers that follow the instruction at a place, and where it ends."""
    instruction, at = body[at], at + 1
    count, size = _NUMBERS.get(instruction), _BYTES.get(instruction, 0)
    if instruction in (_BR_TABLE, _SELECT):
        count, at = wasm.number(body, at)
        count += instruction == _BR_TABLE  # what it does with all other numbers
    elif instruction == _BULK:
        which, at = wasm.number(body, at)
        count = _BULK_NUMBERS.get(which)
    elif instruction == _VECTOR:
        which, at = wasm.number(body, at)
        count, size = _VECTOR_NUMBERS.get(which, 0), _VECTOR_BYTES.get(which, 0)
    if count is None:
        raise BuildError(f"this WebAssembly instruction is not known: {instruction:#x}")
    numbers = []
    for _ in range(count):
        value, at = wasm.number(body, at)
        numbers.append(value)
    return numbers, at + size


def _types(content: bytes) -> Iterator[bytes]:
    """The types in a section: all are functions'."""
    count, at = wasm.number(content, 0)
    for _ in range(count):
        start = at
        if content[at] != _FUNCTION_TYPE:
            raise BuildError(f"this WebAssembly type is not known: {content[at]:#x}")
        for _ in ("parameters", "results"):
            length, at = wasm.number(content, at + (at == start))
            at += length
        yield content[start:at]


def _parameters(function_type: bytes) -> tuple[bytes, bytes]:
    """The types of a function's parameters, and the rest: its results, counted."""
    length, start = wasm.number(function_type, 1)
    return function_type[start : start + length], function_type[start + length :]


def _bodies(content: bytes) -> Iterator[bytes]:
    count, at = wasm.number(content, 0)
    for _ in range(count):
        size, start = wasm.number(content, at)
        at = start + size
        yield content[start:at]


def _numbers(content: bytes) -> Iterator[int]:
    count, at = wasm.number(content, 0)
    for _ in range(count):
        value, at = wasm.number(content, at)
        yield value


def _vector(entries: Iterable[bytes]) -> bytes:
    """Entries with their number before them."""
    all_entries = list(entries)
    return wasm.encoded(len(all_entries)) + b"".join(all_entries)


def _sized(body: bytes) -> bytes:
    return wasm.encoded(len(body)) + body
