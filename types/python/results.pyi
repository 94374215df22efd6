"""web/tag/results.js."""

from jsffi import JsProxy

def read(record: JsProxy, headers: JsProxy, slot: int) -> JsProxy: ...
