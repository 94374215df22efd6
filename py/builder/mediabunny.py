"""Mediabunny, made to take the frames of every browser.

It refuses frames whose colours have a name that it does not know. WebKit calls colours of which a
file tells nothing "unspecified", which is such a name; nothing that we do with a frame needs it.
"""

import re

from builder import BuildError

_REFUSED = re.compile(r"throw new TypeError\(`init\.colorSpace\.\w+, when provided, must be one of")
_WHAT = 3  # primaries, transfer and matrix

_NOTICE = "/* Changed by the build of Holistic Tracking: any name of a colour is taken. */\n"


def taking_all_colours(library: str) -> str:
    """The text of the library, which notes names of colours that it does not know.

    Raises:
        BuildError: it does not refuse them in the way that is known.
    """
    text, count = _REFUSED.subn(lambda found: found[0].replace("throw", "void", 1), library)
    if count != _WHAT:
        raise BuildError(f"Mediabunny names colours at {count} places, not at {_WHAT}: look anew")
    return _NOTICE + text
