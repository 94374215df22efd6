"""A face for programs that listen to iFacialMocap: its text over UDP.

One datagram a frame: the blendshapes in percent, then the head's and the eyes' angles in degrees:
``mouthSmile_R-12|...=head#x,y,z,px,py,pz|rightEye#x,y,z|leftEye#x,y,z|``.

Source: iFacialMocap's description of its format, https://www.ifacialmocap.com/for-developer.
"""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, ExitStack

import numpy as np

from holistic.live.pacemaker import Pacemaker
from holistic.live.vmc import address
from holistic.results.angles import HeadPose, head_pose
from holistic.results.blendshapes import Blendshapes
from holistic.results.result import Result

PORT = 49983
RATE = 60
_GAZE = 30.0  # degrees that an eye is turned where its blendshape is 1


def text(face: Blendshapes, head: HeadPose) -> str:
    """The datagram of a face's blendshapes and the head's angles."""
    shapes = [
        f"{_name(name)}-{round(100 * value)}"
        for name, value in face.as_dict().items()
        if name != "_neutral"
    ]
    angles = {
        "head": (-head.pitch, head.yaw, head.roll, 0.0, 0.0, 0.0),
        "rightEye": _gaze(face, "Right"),
        "leftEye": _gaze(face, "Left"),
    }
    turned = [f"{part}#{','.join(f'{v:.4f}' for v in values)}" for part, values in angles.items()]
    return f"{'|'.join(shapes)}|={'|'.join(turned)}|"


def _name(name: str) -> str:
    """``mouthSmileRight`` as ``mouthSmile_R``; ``mouthLeft`` and ``jawLeft`` keep their names."""
    for side in ("Left", "Right"):
        stem = name.removesuffix(side)
        if stem != name and stem not in ("mouth", "jaw"):
            return f"{stem}_{side[0]}"
    return name


def _gaze(face: Blendshapes, side: str) -> tuple[float, ...]:
    """An eye's angles about x (down) and y (to the person's left), in degrees."""
    down, up, inward, outward = (face[f"eyeLook{way}{side}"] for way in ("Down", "Up", "In", "Out"))
    to_the_left = outward - inward if side == "Left" else inward - outward
    return (down - up) * _GAZE, to_the_left * _GAZE, 0.0


class FacialMocapSender(AbstractContextManager["FacialMocapSender"]):
    """Sends the first person's face to ``HOST:PORT``, RATE times a second.

    Raises:
        ValueError: the address is wrong, or the host is unknown.
    """

    def __init__(self, place: str = f"127.0.0.1:{PORT}") -> None:
        host, port = address(place, PORT)
        try:
            (kind, _, _, _, target), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise ValueError(f"there is no host {host!r} to send to ({error})") from error
        self._target = target
        self._stack = ExitStack()
        self._socket = self._stack.enter_context(socket.socket(kind, socket.SOCK_DGRAM))
        self._pacemaker = self._stack.enter_context(Pacemaker(self._send, RATE))

    def write(self, result: Result, frame: np.ndarray | None = None) -> None:
        """From now on send what was found; the frame is not needed."""
        person = result.person
        if person and person.face is not None and person.blendshapes is not None:
            head = head_pose(person.face, result.width, result.height)
            self._pacemaker.beat(text(person.blendshapes, head))

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _send(self, datagram: str) -> None:
        self._socket.sendto(datagram.encode(), self._target)
