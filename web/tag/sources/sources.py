"""Where frames come from: the camera, a picture, a video, a stream or an element of the page.

A source, made by ``media.js`` or ``camera.js``, has ``next()``, which gives a promise of the next
frame (None at the end), and ``close()``; a video file's has ``video``. The camera's has
``ask(rate)``, for so many frames a second, and its ``next(earliest)`` lets go of frames that come
before that time. A frame has width, height, ``stamp(target, index)`` for its time stamp in
milliseconds, ``write(target, width, height)`` and ``close()``. What the browser refuses becomes a
Fault here.
"""

import camera_source
import media
from jsffi import JsException, JsProxy

from faults import FAULTS, Fault
from state.camera_rate import USUAL

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CAMERA = "camera"

_CAMERA_FAULTS = {
    "NotFoundError": "no-camera",
    "OverconstrainedError": "no-camera",
    "NotAllowedError": "camera-denied",
    "SecurityError": "camera-denied",
    "NotReadableError": "camera-busy",
    "AbortError": "camera-busy",
}


async def opened(place: JsProxy, camera: JsProxy | None = None, single: bool = False) -> JsProxy:
    """The source at ``place``: CAMERA, a URL, a file, a MediaStream or an element of the page.

    ``camera`` says which one, and ``single`` that one frame is all that is wanted.
    """
    if place == CAMERA:
        promise = camera_source.openCamera(camera, USUAL)
    else:
        promise = media.open(place, single)
    source = await _delivered(promise, lambda error: _refusal(error, place))
    if single:
        source = await _delivered(media.holding(source), lambda error: _loss(error, place))
    return source


def absent_camera() -> JsProxy:
    """A source without frames, which ends when a camera may have come."""
    return camera_source.absentCamera()


async def next_frame(source: JsProxy, place: JsProxy, earliest: float = 0.0) -> JsProxy | None:
    """The next frame of the source at ``place``, or None at its end.

    Frames of the camera that come before ``earliest``, by performance.now(), are let go.
    """
    return await _delivered(source.next(earliest), lambda error: _loss(error, place))


async def write(frame: JsProxy, target: JsProxy, width: int, height: int, place: JsProxy) -> None:
    """Write the frame's pixels into the Uint8Array ``target``, scaled to this size."""
    written = frame.write(target, width, height)
    await _delivered(written, lambda error: _loss(error, place))


async def _delivered(
    promise: "Awaitable[JsProxy]", fault_of: "Callable[[JsException], Fault]"
) -> JsProxy:
    """What JavaScript promised; what it refused, as the fault that ``fault_of(error)`` gives."""
    try:
        return await promise
    except JsException as error:
        fault = fault_of(error)
    raise fault  # not inside, since MicroPython cannot chain exceptions and would say so


def _refusal(error: JsException, place: JsProxy) -> Fault:
    _, name, message = error.args
    if place == CAMERA:
        return Fault(_CAMERA_FAULTS.get(name, "no-camera"))
    if name in FAULTS:
        return Fault(name, name=media.nameOf(place), reason=message)
    if name == "SecurityError":
        return Fault("not-shared", name=media.nameOf(place), reason=message)
    if name == "TypeError" and not isinstance(place, str) and message.startswith("src"):
        return Fault("bad-source", reason=message)
    return Fault("bad-file", name=media.nameOf(place), reason=message)


def _loss(error: JsException, place: JsProxy) -> Fault:
    return Fault("camera-lost") if place == CAMERA else _refusal(error, place)
