"""WebAssembly modules whose memory comes from elsewhere."""

from builder import BuildError

MAGIC = b"\0asm\1\0\0\0"
_CUSTOM, _DATA = 0, 11
_END = 0x0B
_LINKING = b"\x08dylink.0"


def without_data(module: bytes) -> bytes:
    """The module of a library, with nothing in the one segment that it writes into memory.

    A snapshot of the memory has what the segment would write. Notes for debuggers go too; those
    for the dynamic linker stay.

    Raises:
        BuildError: it is no such module.
    """
    if not module.startswith(MAGIC):
        raise BuildError("this is not a WebAssembly module")
    stripped = bytearray(MAGIC)
    at = len(MAGIC)
    while at < len(module):
        kind = module[at]
        size, start = _number(module, at + 1)
        content = module[start : start + size]
        at = start + size
        if kind == _DATA:
            content = _emptied(content)
        if kind != _CUSTOM or content.startswith(_LINKING):
            stripped += bytes([kind]) + _encoded(len(content)) + content
    return bytes(stripped)


def _emptied(section: bytes) -> bytes:
    """A data section, of one segment at a place that the linker chooses, without its bytes."""
    place = section.find(_END, 2) + 1
    length, start = _number(section, place)
    if section[:2] != b"\1\0" or start + length != len(section):
        raise BuildError("the module's data is not the one segment that a linker makes: look anew")
    return section[:place] + _encoded(0)


def _number(content: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _encoded(value: int) -> bytes:
    """The same number as bytes."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])
