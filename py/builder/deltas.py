"""Making deltas of models for the package of them.

``holistic.inference.model_delta`` says what they are and reads them; it is not imported here, since
it needs NumPy to be installed.
"""

import struct

SUFFIX = ".delta"
BASE = "{}_mask"
"""The name of a model's base."""

_PROBE = 64  # so many equal bytes are the same weights
_WORD = 4
_STEP = 16  # flatbuffers begins each buffer of weights at a multiple of this


def difference(target: bytes, base: bytes) -> bytes:
    """The delta from which ``target`` is made again, given ``base``."""
    places = {base[at : at + _PROBE]: at for at in range(0, len(base) - _PROBE, _STEP)}
    pieces, own = [], bytearray()
    at = literal = 0
    while at + _PROBE <= len(target):
        start = places.get(target[at : at + _PROBE])
        if start is None:
            own += target[at : at + _WORD]
            at, literal = at + _WORD, literal + _WORD
            continue
        length = _common(target, at, base, start)
        pieces.append((literal, start, length))
        at, literal = at + length, 0
    head = struct.pack("<I", len(pieces))
    return head + b"".join(struct.pack("<III", *piece) for piece in pieces) + own + target[at:]


def _common(target: bytes, at: int, base: bytes, start: int) -> int:
    """How many bytes are equal from these places on, in whole words."""
    low, high = _PROBE, min(len(target) - at, len(base) - start)
    while low < high:
        middle = (low + high + 1) // 2
        same = target[at + low : at + middle] == base[start + low : start + middle]
        low, high = (middle, high) if same else (low, middle - 1)
    return low - low % _WORD
