"""PyScript's core, made to run under a Content-Security-Policy without ``'unsafe-eval'``.

As it comes, it compiles the hooks of workers out of text for every script, also where the script
runs in the page and has no worker. Nothing else of it that our page runs does so. A worker gets the
hooks as their text anyway; here they are a function whose text that is, and nothing is compiled.
"""

import re

from builder import BuildError

_COMPILED = re.compile(r"return Function\(`return(?P<hook>\(w,x\)=>[^`]+)`\)\(\)")

_NOTICE = "/* Changed by the build of Holistic Tracking: hooks stay text. */\n"


def without_eval(core: str) -> str:
    """The text of PyScript's core with the hooks left as text.

    Raises:
        BuildError: it does not compile them in the way that is known.
    """
    text, count = _COMPILED.subn(
        lambda found: f"return Object.assign(()=>{{}},{{toString:()=>`{found['hook']}`}})", core
    )
    if count != 1:
        raise BuildError(f"PyScript compiles its hooks at {count} places, not at one: look anew")
    return _NOTICE + text
