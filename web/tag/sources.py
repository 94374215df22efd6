"""Where frames come from: the camera, a picture, a video, a stream or an element of the page.

A source, made by media.mjs, has ``next()``, which gives a promise of the next frame (None at the
end), and ``close()``. A frame has width, height, ``stamp(target, index)`` for its time stamp in
milliseconds, ``write(target, width, height)`` and ``close()``. What the browser refuses becomes a
Fault here.
"""

import media
from faults import Fault
from jsffi import JsException

CAMERA = "camera"

CAMERA_MAY_COME = ("no-camera", "camera-denied", "camera-lost")
"""Faults after which the camera may come, or come back, by itself."""

_CAMERA_FAULTS = {
    "NotFoundError": "no-camera",
    "OverconstrainedError": "no-camera",
    "InsecureError": "insecure",
    "NotAllowedError": "camera-denied",
    "SecurityError": "camera-denied",
    "NotReadableError": "camera-busy",
    "AbortError": "camera-busy",
}


async def opened(place, single: bool = False):
    """The source at ``place``: CAMERA, a URL, a file, a MediaStream or an element of the page.

    ``single`` means that one frame of it is all that is wanted.
    """
    try:
        if place == CAMERA:
            return await media.openCamera()
        return await media.open(place, single)
    except JsException as error:
        raise _fault(error, place) from error


def absent_camera():
    """A source without frames, which ends when a camera may have come."""
    return media.absentCamera()


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
        raise _fault(error, place) from error


def _fault(error: JsException, place) -> Fault:
    _, name, message = error.args
    if place == CAMERA:
        return Fault(_CAMERA_FAULTS.get(name, "no-camera"))
    if name == "TypeError" and not isinstance(place, str) and message.startswith("src"):
        return Fault("bad-source", reason=message)
    return Fault("bad-file", name=media.nameOf(place), reason=message)
