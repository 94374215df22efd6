"""web/tag/host.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

repair: str
shared: bool

def allocate(size: int, shared: bool) -> JsProxy | None: ...
def fetchManifest() -> Awaitable[JsProxy]: ...
def startWorker() -> JsProxy: ...
