"""A model's bytes sorted by their place in a word of four, which gzip packs a fifth smaller.

Weights of float32 are alike in their highest bytes, and those that were float16 are empty in their
lowest ones; side by side, gzip sees neither. The build makes such files and imports nothing else of
this package, so this module imports nothing.
"""

SUFFIX = ".planes"
_WORD = 4


def split(content: bytes) -> bytes:
    """The first bytes of all words, then the second ones, and so on; then what is no whole word."""
    words = len(content) // _WORD * _WORD
    planes = (content[place:words:_WORD] for place in range(_WORD))
    return b"".join((*planes, content[words:]))


def joined(content: bytes) -> bytes:
    """What was given to ``split``."""
    count = len(content) // _WORD
    words = bytearray(count * _WORD)
    for place in range(_WORD):
        words[place::_WORD] = content[place * count : (place + 1) * count]
    return bytes(words) + content[len(words) :]
