"""One function makes all indirect calls of a type, and everything comes out as before."""

import base64
import subprocess

import pytest

from builder import BuildError, indirect_calls, wasm

TYPES = b"\2" + b"\x60\1\x7f\1\x7f" + b"\x60\0\1\x7f"
"""A number to a number; and nothing to a number."""
IMPORTS = b"\1\1e\1f\0\0"
FUNCTIONS = b"\4\0\1\0\1"
TABLE = b"\1\x70\0\4"
EXPORTS = b"\2\3one\0\3\5other\0\4"
ELEMENTS = b"\1\0\x41\1\x0b\2\1\2"
"""Functions 1 and 2 at the places 1 and 2 of the table."""

DOUBLE = b"\0\x20\0\x20\0\x6a\x0b"
SEVEN = b"\0\x41\7\x0b"
ONE = b"\0\x20\0\x41\1\x11\0\0\x0b"
"""What the function at place 1 makes of its parameter: an indirect call of the first type."""
OTHER = b"\1\1\x7f\x41\2\x11\1\0\x41\x14\x41\1\x11\0\0\x6a\x41\x91\x80\x00\x6a\x0b"
"""What place 2 gives, what place 1 makes of 20, and 17, which bytes like those of a call end."""

CALLERS = [b"\0\x20\0\x20\1\x11\0\0\x0b", b"\0\x20\0\x11\1\0\x0b"]


def vector(*entries: bytes) -> bytes:
    return bytes([len(entries)]) + b"".join(entries)


def sized(*bodies: bytes) -> bytes:
    return vector(*(bytes([len(body)]) + body for body in bodies))


def module(types: bytes, functions: bytes, code: bytes) -> bytes:
    parts = {1: types, 2: IMPORTS, 3: functions, 4: TABLE, 7: EXPORTS, 9: ELEMENTS, 10: code}
    return wasm.MAGIC + b"".join(wasm.section(kind, content) for kind, content in parts.items())


BEFORE = module(TYPES, FUNCTIONS, sized(DOUBLE, SEVEN, ONE, OTHER))


def test_what_calls_indirectly_calls_a_function_that_does() -> None:
    types = b"\3" + TYPES[1:] + b"\x60\2\x7f\x7f\1\x7f"
    one = b"\0\x20\0\x41\1\x10\5\x0b"
    other = b"\1\1\x7f\x41\2\x10\6\x41\x14\x41\1\x10\5\x6a\x41\x91\x80\x00\x6a\x0b"
    after = module(types, b"\6\0\1\0\1\2\0", sized(DOUBLE, SEVEN, one, other, *CALLERS))
    assert indirect_calls.gathered(BEFORE) == after


def test_everything_comes_out_as_before() -> None:
    script = """
    for (const text of process.argv.slice(1)) {
      const { exports } = new WebAssembly.Instance(
        new WebAssembly.Module(Buffer.from(text, 'base64')), { e: { f: (value) => value } });
      console.log(exports.one(21), exports.other());
    }"""
    modules = [BEFORE, indirect_calls.gathered(BEFORE)]
    command = ["node", "-e", script, *(base64.b64encode(each).decode() for each in modules)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == ["42 64", "42 64"]


@pytest.mark.parametrize(
    ("instruction", "numbers"),
    [
        (b"\x44" + b"\x11" * 8, "a constant of eight bytes"),
        (b"\x0e\2\x11\x11\x11", "a branch by a table"),
        (b"\x28\2\x11", "a place in memory"),
        (b"\xfc\x0a\0\0", "a copy in memory"),
        (b"\x1c\1\x7f", "a choice of a type"),
        (b"\xfd\x0c" + b"\x11" * 16, "a vector"),
        (b"\xfd\x54\0\x11\x11", "a lane in memory"),
        (b"\x04\x40", "a condition"),
    ],
)
def test_no_number_is_taken_for_a_call(instruction: bytes, numbers: str) -> None:
    body = b"\0" + instruction + b"\x0b"
    changed = module(TYPES, b"\1\0", sized(body))
    assert indirect_calls.gathered(changed) == changed, numbers


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(BuildError, match="instruction is not known: 0xf0"):
        indirect_calls.gathered(module(TYPES, b"\1\0", sized(b"\0\xf0\x0b")))
