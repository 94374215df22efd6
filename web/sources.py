"""Where frames come from: the camera, a picture or a video.

A source, made by media.mjs, has ``next()``, which gives a promise of the next frame (None at the
end), and ``close()``. A frame has width, height, timestamp (milliseconds), ``write(target, width,
height)`` and ``close()``. What the browser refuses becomes a Fault here.
"""

from faults import Fault
from jsffi import JsException
from pyscript.js_modules import media

CAMERA = "camera"

_CAMERA_FAULTS = {
    "NotAllowedError": "camera-denied",
    "SecurityError": "camera-denied",
    "NotReadableError": "camera-busy",
    "AbortError": "camera-busy",
}


async def opened(place):
    """The source at ``place``: CAMERA, a URL, or a file that the visitor chose."""
    if place == CAMERA:
        return await _camera()
    try:
        return await media.openFile(place)
    except JsException as error:
        raise Fault("bad-file", name=_name(place)) from error


async def next_frame(source, place):
    """The next frame of the source at ``place``, or None at its end."""
    return await _delivered(source.next(), place)


async def write(frame, target, width: int, height: int, place) -> None:
    """Write the frame's pixels into the Uint8Array ``target``, scaled to this size."""
    await _delivered(frame.write(target, width, height), place)


async def _delivered(promise, place):
    try:
        return await promise
    except JsException as error:
        if place == CAMERA:
            raise Fault("camera-lost") from error
        raise Fault("bad-file", name=_name(place)) from error


async def _camera():
    try:
        return await media.openCamera()
    except JsException as error:
        _, name, _ = error.args
        raise Fault(_CAMERA_FAULTS.get(name, "no-camera")) from error


def _name(place) -> str:
    """What the visitor calls the file at ``place``."""
    return (place.rsplit("/", 1)[-1] or place) if isinstance(place, str) else place.name
