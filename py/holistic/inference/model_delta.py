"""A model told as its difference from another, where the two share their weights.

The pose networks without a mask are those with one, less the mask's layers: 11 MB that need not be
installed twice. A delta of the model "x" is made for "x_mask", its base. It is a little-endian
uint32, the number of its pieces; for each piece three more: how many bytes of its own come first,
and the start and length of the bytes of the base that follow them; then all its own bytes.
"""

from __future__ import annotations

import struct

SUFFIX = ".delta"
BASE = "{}_mask"
"""The name of the base of a model."""

_COUNT = struct.Struct("<I")
_PIECE = struct.Struct("<III")


def applied(delta: bytes, base: bytes) -> bytes:
    """The model that a delta tells of.

    Raises:
        struct.error: the delta is cut short.
    """
    (count,) = _COUNT.unpack_from(delta)
    end = _COUNT.size + count * _PIECE.size
    own = end
    parts: list[bytes] = []
    for literal, start, length in _PIECE.iter_unpack(delta[_COUNT.size : end]):
        parts += (delta[own : own + literal], base[start : start + length])
        own += literal
    return b"".join(parts) + delta[own:]
