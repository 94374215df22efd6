"""web/recording/export.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def exported(recording: JsProxy, format: str, names: JsProxy) -> Awaitable[JsProxy]: ...
