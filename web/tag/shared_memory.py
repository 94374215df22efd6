"""Blocks of memory for page and workers: shared where the page is isolated, else the page's own.

Everything in them is read and changed in the same way; where they are not shared, nobody else
looks, and ``dispatcher`` sends the workers what they need.
"""

import host
import js
from jsffi import JsProxy

from faults import Fault
from holistic.shared import layout

SHARED = bool(host.shared)
"""Whether there is shared memory: only a page that is cross-origin isolated can have it."""

KEPT = 2
"""So many blocks are kept for another use: one is in use, and one is on its way back."""


def block(size: int) -> JsProxy:
    """A block of ``size`` bytes, all zero; raises a Fault where the browser refuses it."""
    made = host.allocate(size, SHARED)
    if not made:
        raise Fault("no-frame-memory", reason=f"{size / 1e6:.1f} MB were refused")
    return made


class Blocks:
    """Blocks that have been used and can be used again.

    Workers that wait for frames hardly ever collect their garbage, and until they do, a block that
    was shared with them stays, whoever else has let go of it.
    """

    def __init__(self) -> None:
        self._blocks: list[JsProxy] = []  # the smallest first

    def take(self, size: int) -> JsProxy:
        """A block of ``size`` bytes or more, all zero; raises a Fault."""
        for index, kept in enumerate(self._blocks):
            if kept.byteLength >= size:
                js.Uint8Array.new(kept).fill(0)
                return self._blocks.pop(index)
        return block(size)

    def give(self, used: JsProxy) -> None:
        """Take back a block that nobody looks into any more."""
        self._blocks.append(used)
        self._blocks.sort(key=lambda each: int(each.byteLength))
        self._blocks = self._blocks[-KEPT:]


class Doorbell:
    """What wakes the workers, for a frame or for a message."""

    def __init__(self) -> None:
        self.memory = block(layout.DOORBELL_WORDS * 4)
        self._words = js.Int32Array.new(self.memory)

    def ring(self) -> None:
        """Say that a state has changed."""
        js.Atomics.add(self._words, layout.SIGNAL, 1)
        js.Atomics.notify(self._words, layout.SIGNAL)

    def forget(self, index: int) -> None:
        """Say that a new worker is in this slot of the pool, which has no messages yet."""
        js.Atomics.store(self._words, layout.MAIL + index, 0)

    def post(self, index: int) -> None:
        """Say that there is one more message for the worker in this slot."""
        js.Atomics.add(self._words, layout.MAIL + index, 1)
        self.ring()
