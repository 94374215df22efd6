"""Blocks of memory for page and workers: shared where the page is isolated, else the page's own.

Everything in them is read and changed in the same way; where they are not shared, nobody else
looks, and ``crew`` sends the workers what they need.
"""

import host
import js
from faults import Fault

SHARED = bool(host.shared)
"""Whether there is shared memory: only a page that is cross-origin isolated can have it."""

KEPT = 2
"""So many blocks are kept for another use: one is in use, and one is on its way back."""


def block(size: int):
    """A block of ``size`` bytes, all zero; raises a Fault where the browser refuses it."""
    made = host.allocate(size, SHARED)
    if not made:
        raise Fault("out-of-memory", reason=f"{size / 1e6:.1f} MB were refused")
    return made


class Store:
    """Blocks that have been used and can be used again.

    Workers that wait for frames hardly ever collect their garbage, and until they do, a block that
    was shared with them stays, whoever else has let go of it.
    """

    def __init__(self):
        self._blocks = []  # the smallest first

    def take(self, size: int):
        """A block of ``size`` bytes or more, all zero; raises a Fault."""
        for place, kept in enumerate(self._blocks):
            if kept.byteLength >= size:
                js.Uint8Array.new(kept).fill(0)
                return self._blocks.pop(place)
        return block(size)

    def give(self, used) -> None:
        """Take back a block that nobody looks into any more."""
        self._blocks.append(used)
        self._blocks.sort(key=lambda each: each.byteLength)
        self._blocks = self._blocks[-KEPT:]
