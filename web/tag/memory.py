"""Blocks of memory for page and workers: shared where the page is isolated, else the page's own.

Everything in them is read and changed in the same way; where they are not shared, nobody else
looks, and ``crew`` sends the workers what they need.
"""

import js

SHARED = bool(js.crossOriginIsolated)
"""Whether there is shared memory: only a page that is cross-origin isolated has it."""


def block(size: int):
    """A block of ``size`` bytes, all zero."""
    return js.SharedArrayBuffer.new(size) if SHARED else js.ArrayBuffer.new(size)
