"""web/tag/sources/media.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def nameOf(place: object) -> str: ...
def open(place: object, single: bool) -> Awaitable[JsProxy]: ...
