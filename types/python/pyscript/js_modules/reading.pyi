"""web/recording/reading.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def isRecording(file: JsProxy) -> bool: ...
def readRecording(file: JsProxy, video: JsProxy) -> Awaitable[JsProxy]: ...
