"""Damage of pictures that their decoders show without a word.

libheif fills with green what is missing, libjpeg paints over what is broken. Pillow raises what the
other decoders tell; WebP, AVIF, HEIC, JPEG 2000 and BMP have nothing by which every wrong byte is
seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from PIL import Image, TiffImagePlugin

from holistic.batch import jpeg_scans

_JPEG_TABLES, _COMPRESSION = 347, 259
_JPEG, _DEFLATE = 7, (8, 32946)  # as a TIFF's compression
_PLACES = (  # of strips and tiles: where they begin, how long they are
    (TiffImagePlugin.STRIPOFFSETS, TiffImagePlugin.STRIPBYTECOUNTS),
    (TiffImagePlugin.TILEOFFSETS, TiffImagePlugin.TILEBYTECOUNTS),
)


def is_damaged(image: Image.Image, read: Callable[[], bytes]) -> bool:
    """Whether the file of an opened picture is damaged in a way that only looking at it tells.

    ``read`` gives the file's content, which not every format needs.
    """
    if image.format in ("JPEG", "MPO"):
        return jpeg_scans.is_damaged(read())
    if image.format == "HEIF":
        return _is_cut(read())
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _is_broken_tiff(image.tag_v2, read())
    return False


def _is_cut(content: bytes) -> bool:
    """Whether the last of a file's boxes, as in HEIC, is longer than the file."""
    place = 0
    while place + 8 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        if size == 1:
            size = int.from_bytes(content[place + 8 : place + 16], "big")
        place += size if size >= 8 else len(content)  # 0: up to the end
    return place > len(content) + 7


def _is_broken_tiff(tags: TiffImagePlugin.ImageFileDirectory_v2, content: bytes) -> bool:
    """Whether one of its strips or tiles is; libtiff does not look at the sums behind them."""
    compression = tags.get(_COMPRESSION)
    # The tables are a JPEG of their own, without a picture.
    tables = tags.get(_JPEG_TABLES, b"\xff\xd8\xff\xd9")[:-2]
    for places, sizes in _PLACES:
        for place, size in zip(tags.get(places, ()), tags.get(sizes, ()), strict=False):
            strip = content[place : place + size]
            if compression == _JPEG and jpeg_scans.is_damaged(tables + strip[2:]):
                return True
            if compression in _DEFLATE and not _unpacks(strip):
                return True
    return False


def _unpacks(strip: bytes) -> bool:
    try:
        return zlib.decompressobj().decompress(strip) is not None
    except zlib.error:
        return False
