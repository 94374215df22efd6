"""web/tag/results.mjs."""

from jsffi import JsProxy

def read(at: JsProxy, record: JsProxy, headers: JsProxy, slot: int) -> JsProxy: ...
