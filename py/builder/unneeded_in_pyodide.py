"""What libraries bring along in memory and no worker has a use for; it runs in Pyodide.

The build blanks it in the snapshot (image.mjs), wherever it finds it: contents are told, not
places. A text in C that is blank is a function without documentation. The modules that Python has
frozen are in the snapshot already, imported. Nobody can import the codecs of East Asian encodings,
for their tables are gone.
"""

import importlib
import struct
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

CODECS = (
    *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950"),
    *("euc_jp", "shift_jis", "cp932", "shift_jisx0213", "euc_jis_2004"),
    *("euc_kr", "cp949", "johab"),
)

SHORT = 40
"""A text of so many characters, or fewer, may serve for something else too."""

LEAST = 8
"""Fewer numbers of a table in a row may be something else."""


def unneeded() -> list[bytes]:
    """Of Pyodide and its Python."""
    texts = {text.encode() + b"\0" for text in _documentation() if len(text) > SHORT}
    return [*sorted(texts), *_frozen_modules(), *_east_asian_tables()]


def unneeded_of_numpy() -> list[bytes]:
    """Of NumPy's library: what is told of its ufuncs."""
    numpy: Any = importlib.import_module("numpy")
    ufuncs = {each for each in vars(numpy).values() if isinstance(each, numpy.ufunc)}
    texts = {each.__doc__.partition("\n\n")[2].encode() for each in ufuncs}
    return sorted(text for text in texts if len(text) > SHORT)


def _frozen_modules() -> Iterator[bytes]:
    importer: Any = importlib.import_module("_imp")
    for name in importer._frozen_module_names():
        code, *_ = importer.find_frozen(name, withdata=True)
        yield bytes(code)


def _documentation() -> Iterator[str]:
    for name in sys.builtin_module_names:
        importlib.import_module(name)
    classes: list[type] = [object]
    for each in classes:
        subclasses: list[type] = type.__subclasses__(each)
        classes += [other for other in subclasses if other not in classes]
    for holder in (*sys.modules.values(), *classes):
        for value in (holder, *getattr(holder, "__dict__", {}).values()):
            if isinstance(text := getattr(value, "__doc__", None), str):
                yield text


def _east_asian_tables() -> Iterator[bytes]:
    """The rows of the tables by which such texts are decoded and encoded."""
    for codec in CODECS:
        for lead in range(0x81, 0xFF):
            codes = [_decoded(codec, bytes([lead, trail])) for trail in range(0x21, 0x100)]
            yield from _rows(codes)
        for start in range(0x100, 0x10000, 0x100):
            pairs = [_encoded(codec, chr(code)) for code in range(start, start + 0x100)]
            for mask in (0xFFFF, 0x7F7F):
                yield from _rows([pair and pair & mask for pair in pairs])


def _decoded(codec: str, pair: bytes) -> int:
    text = pair.decode(codec, "ignore")
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else 0


def _encoded(codec: str, character: str) -> int:
    pair = character.encode(codec, "ignore")
    return int.from_bytes(pair, "big") if len(pair) == 2 else 0


def _rows(numbers: list[int]) -> Iterator[bytes]:
    """Those that follow one another without a gap, as C has them in memory."""
    for known, row in groupby(numbers, bool):
        codes = list(row)
        if known and len(codes) >= LEAST:
            yield struct.pack(f"<{len(codes)}H", *codes)
