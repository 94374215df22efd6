"""Blocks of memory for page and workers: shared where the page is isolated, else the page's own.

Everything in them is read and changed in the same way; where they are not shared, nobody else
looks, and ``crew`` sends the workers what they need.
"""

import host
import js
from faults import Fault

SHARED = bool(js.crossOriginIsolated)
"""Whether there is shared memory: only a page that is cross-origin isolated has it."""


def block(size: int):
    """A block of ``size`` bytes, all zero; raises a Fault where the browser refuses it."""
    made = host.allocate(size, SHARED)
    if not made:
        raise Fault("out-of-memory", reason=f"{size / 1e6:.1f} MB were refused")
    return made
