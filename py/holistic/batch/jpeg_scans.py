"""Whether the picture in a JPEG is whole.

libjpeg paints over what is damaged, with no more than a warning, which Pillow does not pass on.
Here the Huffman codes of each scan are walked through (ITU-T T.81), by the compiled module
``_jpeg``: they must give exactly as many blocks as the picture has, between the right restart
markers, with no coefficient behind a block's last and no block brighter than white. That finds
all that libjpeg warns of, and more; bytes that another picture could have there are not found.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

try:
    from holistic.batch import _jpeg as compiled  # type: ignore[attr-defined]
except ImportError:  # installed where there was no compiler
    compiled = None

_PROGRESSIVE = 0xC2
_HUFFMAN = (0xC0, 0xC1, _PROGRESSIVE)  # frames with Huffman codes
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES, _START_OF_SCAN, _QUANTA, _INTERVAL, _END = 0xC4, 0xDA, 0xDB, 0xDD, 0xD9
_ALONE = (0x01, *range(0xD0, 0xD9))  # markers without a segment
_BRIGHTEST = 1100  # eight times how far from grey a block can be, and something for rounding


class _Component(NamedTuple):
    """One of the frame: its sampling, its blocks, and which coefficients of them are not 0."""

    across: int
    down: int
    wide: int  # blocks that show something
    high: int
    quanta: int
    seen: np.ndarray  # (rows, columns) of whole units, 64 bits each


@dataclass
class _Picture:
    """What the segments before a scan have told."""

    content: bytes
    progressive: bool = False
    units: tuple[int, int] = (0, 0)
    components: dict[int, _Component] = field(default_factory=dict)
    tables: dict[int, bytes] = field(default_factory=dict)
    quanta: dict[int, int] = field(default_factory=dict)
    interval: int = 0
    unseen: set[int] = field(default_factory=set)


def is_damaged(content: bytes) -> bool:
    """Whether the first picture of a JPEG file is damaged.

    False where that cannot be told: without the compiled module, and for the rare JPEGs without
    Huffman codes. What follows the picture does not matter.
    """
    if compiled is None:
        return False
    try:
        return any(_findings(_Picture(content)))
    except _UnknownError:
        return False
    except (ArithmeticError, LookupError, ValueError, MemoryError, struct.error):
        return True  # segments that cannot be


class _UnknownError(Exception):
    """The file does what is not looked through here."""


def _findings(picture: _Picture) -> Iterator[bool]:
    """Whether each scan is damaged, and then whether one is missing."""
    place = 2  # after the start of the image
    while True:
        marker, segment, place = _segment(picture.content, place)
        if marker == _END:
            yield bool(picture.unseen)
            return
        if marker == _START_OF_SCAN:
            place = _walk(picture, segment, place)
            yield place < 0
            if not picture.progressive and not picture.unseen:
                return
        elif marker in _FRAMES:
            _read_frame(picture, marker, segment)
        else:
            _read_tables(picture, marker, segment)


def _segment(content: bytes, place: int) -> tuple[int, bytes, int]:
    """The marker at a place, its segment's content, and where the next one is."""
    if content[place] != 0xFF:
        raise ValueError(place)
    while content[place] == 0xFF:
        place += 1
    marker = content[place]
    place += 1
    if marker in _ALONE or marker == _END:
        return marker, b"", place
    (length,) = struct.unpack_from(">H", content, place)
    return marker, content[place + 2 : place + length], place + length


def _read_tables(picture: _Picture, marker: int, segment: bytes) -> None:
    if marker == _INTERVAL:
        (picture.interval,) = struct.unpack(">H", segment)
    elif marker == _TABLES:
        while segment:
            size = 17 + sum(segment[1:17])
            picture.tables[segment[0]] = segment[1:size]
            segment = segment[size:]
    elif marker == _QUANTA:
        while segment:
            wide = segment[0] >> 4
            picture.quanta[segment[0] & 15] = int.from_bytes(segment[1 : 2 + wide], "big")
            segment = segment[1 + 64 * (1 + wide) :]


def _read_frame(picture: _Picture, marker: int, segment: bytes) -> None:
    precision, height, width, count = struct.unpack_from(">BHHB", segment)
    if marker not in _HUFFMAN or precision != 8:
        raise _UnknownError
    progressive = marker == _PROGRESSIVE
    told = [segment[start : start + 3] for start in range(6, 6 + 3 * count, 3)]
    most_across = max(sampling >> 4 for _, sampling, _ in told)
    most_down = max(sampling & 15 for _, sampling, _ in told)
    units = -(-width // (8 * most_across)), -(-height // (8 * most_down))
    picture.progressive, picture.units = progressive, units
    for name, sampling, quanta in told:
        across, down = sampling >> 4, sampling & 15
        picture.components[name] = _Component(
            across,
            down,
            -(-width * across // (8 * most_across)),
            -(-height * down // (8 * most_down)),
            quanta,
            np.zeros((units[1] * down, units[0] * across) if progressive else (1, 1), np.uint64),
        )
    picture.unseen = set(picture.components)


def _walk(picture: _Picture, header: bytes, start: int) -> int:
    """Where the scan that begins at ``start`` ends; -1 if it is damaged."""
    if not picture.components:
        raise _UnknownError
    count = header[0]
    first, last, bits = header[1 + 2 * count : 4 + 2 * count]
    scan = (first, last, bits >> 4, bits & 15) if picture.progressive else (0, 63, 0, 0)
    names = header[1 : 1 + 2 * count : 2]
    picture.unseen -= set(names)
    units = picture.units
    if count == 1:
        units = picture.components[names[0]].wide, picture.components[names[0]].high
    parts = tuple(_parts(picture, header, count, scan))
    end: int = compiled.walk(
        picture.content, start, parts, units, picture.interval, picture.progressive, scan
    )
    return end


def _parts(
    picture: _Picture, header: bytes, count: int, scan: tuple[int, int, int, int]
) -> Iterator[tuple[bytes, bytes, int, int, int, np.ndarray, int]]:
    """What the compiled module wants to know of each of the scan's components."""
    first, last, refined, _ = scan
    for place in range(1, 1 + 2 * count, 2):
        name, tables = header[place : place + 2]
        component = picture.components[name]
        quantum = picture.quanta[component.quanta]
        dc, ac = tables >> 4, 0x10 | tables & 15
        wanted = [dc] * (not first and not refined) + [ac] * (last > 0)
        if not set(wanted) <= set(picture.tables):
            raise _UnknownError
        yield (
            picture.tables[dc] if dc in wanted else b"",
            picture.tables[ac] if ac in wanted else b"",
            1 if count == 1 else component.across,
            1 if count == 1 else component.down,
            _BRIGHTEST // max(quantum, 1) + 1,
            component.seen,
            component.seen.shape[1],
        )
