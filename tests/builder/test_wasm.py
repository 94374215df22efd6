"""Modules lose what they write into memory, and stay the same otherwise."""

import pytest

from builder import BuildError, wasm

LINKING = b"\0\x0c\x08dylink.0\1\1\0"
NAMES = b"\0\5\4name"
CODE = b"\x0a\1\0"


def data(content: bytes) -> bytes:
    """A section with one segment, which begins where the linker says (global 0)."""
    section = b"\1\0\x23\0\x0b" + bytes([len(content)]) + content
    return bytes([11, len(section)]) + section


def test_the_data_goes_and_the_code_stays() -> None:
    module = wasm.MAGIC + LINKING + CODE + data(b"text")
    assert wasm.without_data(module) == wasm.MAGIC + LINKING + CODE + data(b"")


def test_names_for_debuggers_go_and_what_the_linker_reads_stays() -> None:
    assert wasm.without_data(wasm.MAGIC + LINKING + NAMES) == wasm.MAGIC + LINKING


def test_long_sections_stay_whole() -> None:
    long = b"\x0a\xac\2" + bytes(300)
    assert wasm.without_data(wasm.MAGIC + long) == wasm.MAGIC + long


def test_other_data_is_not_touched_blindly() -> None:
    two_segments = b"\x0b\7\2\0\x23\0\x0b\0\0"
    with pytest.raises(BuildError, match="look anew"):
        wasm.without_data(wasm.MAGIC + two_segments)


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(BuildError, match="not a WebAssembly module"):
        wasm.without_data(b"\x1f\x8b")


FIRST, SECOND = b"\5first\0\1", b"\6second\3\x81\1"


def section(kind: int, content: bytes) -> bytes:
    return bytes([kind, len(content)]) + content


def test_exports_that_nobody_wants_go() -> None:
    module = wasm.MAGIC + section(7, b"\2" + FIRST + SECOND) + CODE
    only_second = wasm.MAGIC + section(7, b"\1" + SECOND) + CODE
    assert wasm.with_exports(module, {"second", "third"}) == only_second


def test_imports_of_every_kind_are_read() -> None:
    function = b"\3env\1f\0\x80\1"
    table = b"\3env\1t\1\x70\1\1\2"
    memory = b"\3env\1m\2\0\x80\2"
    variable = b"\7GOT.mem\1v\3\x7f\1"
    tag = b"\3env\1e\4\0\5"
    content = b"\5" + function + table + memory + variable + tag
    assert wasm.imports(wasm.MAGIC + section(2, content)) == {"f", "t", "m", "v", "e"}


def test_a_module_may_import_nothing() -> None:
    assert wasm.imports(wasm.MAGIC + CODE) == set()


# A module that imports the function env.f and the memory env.memory, and exports a function g.
EXAMPLE = (
    b"\0asm\x01\0\0\0"
    b"\x01\x04\x01\x60\0\0"
    b"\x02\x17\x02\x03env\x01f\0\0\x03env\x06memory\x02\0\x01"
    b"\x03\x02\x01\0"
    b"\x07\x05\x01\x01g\0\x01"
    b"\x0a\x04\x01\x02\0\x0b"
)


def test_exports_are_read() -> None:
    assert wasm.imports(EXAMPLE) == {"f", "memory"}
    assert wasm.exports(EXAMPLE) == {"g"}


def test_a_symbol_that_nobody_has_is_missing() -> None:
    empty = wasm.MAGIC
    assert wasm.missing(EXAMPLE, empty) == {"f"}
    assert wasm.missing(EXAMPLE, EXAMPLE) == set()
    assert wasm.missing(empty, empty) == set()
