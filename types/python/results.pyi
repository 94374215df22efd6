"""web/tag/results.mjs."""

from jsffi import JsProxy

def read(record: JsProxy, headers: JsProxy, slot: int) -> JsProxy: ...
