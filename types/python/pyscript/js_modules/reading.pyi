"""web/recording/reading.mjs."""

from collections.abc import Awaitable

from jsffi import JsProxy

def isRecording(file: JsProxy) -> bool: ...
def readRecording(file: JsProxy, film: JsProxy) -> Awaitable[JsProxy]: ...
