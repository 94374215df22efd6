"""web/page/cameras.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def list() -> Awaitable[JsProxy]: ...
