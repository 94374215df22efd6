"""web/tag/sources/camera.js."""

from collections.abc import Awaitable

from jsffi import JsProxy

def absentCamera() -> JsProxy: ...
def openCamera(camera: object, rate: int) -> Awaitable[JsProxy]: ...
