"""web/page/cameras.mjs."""

from collections.abc import Awaitable

from jsffi import JsProxy

def list() -> Awaitable[JsProxy]: ...
