"""web/recording/stepping.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def openVideo(place: object) -> Awaitable[JsProxy]: ...
