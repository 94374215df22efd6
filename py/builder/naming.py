"""How the site names files, so that every host sends them as what they are.

nginx as it comes does not know ``.mjs``: no browser runs what it sends. Other hosts take ``.gz``
for a coding that the browser shall undo, and the file arrives unpacked.
"""

PACKED = ".bin"
"""The ending of what is a gzip file, whatever the host."""

_MODULE = ".mjs"


def served(name: str) -> str:
    """The name on the site of a file that comes under this name from elsewhere."""
    return f"{name.removesuffix(_MODULE)}.js" if name.endswith(_MODULE) else name
