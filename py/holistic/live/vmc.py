"""Somebody's motion for avatar programs, by the VMC protocol over OSC (python-osc, public domain).

    from holistic.live.vmc import VmcSender

    with Tracker(rotations=True, blendshapes=True) as tracker, VmcSender("127.0.0.1:39539") as vmc:
        vmc.write(tracker.process(frame, timestamp))

What is sent, in this order: ``/VMC/Ext/OK``, ``/VMC/Ext/T``, ``/VMC/Ext/Root/Pos``, a
``/VMC/Ext/Bone/Pos`` for each bone, a ``/VMC/Ext/Blend/Val`` for each expression, and
``/VMC/Ext/Blend/Apply``. Bones have Unity's names and its axes: x to the model's right, y up, z
forward, left-handed. The rotations are relative to a T-pose; the places of bones are a standard
adult's, for the receivers that want some.

Source: the protocol's specification, "marionette" side, https://protocol.vmc.info.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from holistic.live.pacemaker import Pacemaker
from holistic.motion.expressions import vrm_expressions
from holistic.motion.skeleton import skeleton
from holistic.results.blendshapes import Blendshapes
from holistic.results.optional import library
from holistic.results.result import Person, Result
from holistic.shared.bones import BONES

EXTRA = "vmc"
PORT = 39539
"""Where an avatar program listens, if nothing else is said."""
RATES = (30, 60)
EXPRESSIONS = ("arkit", "vrm")
"""The 52 of "Perfect Sync", or VRM 1.0's presets."""

_DATAGRAM = 1400  # bytes; more would be cut in pieces on its way
_THUMB = {"Metacarpal": "Proximal", "Proximal": "Intermediate", "Distal": "Distal"}

Message = tuple[str, tuple[Any, ...]]
"""An address and its arguments."""


class Pose(NamedTuple):
    """What is sent of a person.

    Attributes:
        rotations: (54, 4) x, y, z, w of ``bones.BONES``, as in ``Person.rotations``.
        hips: (3,) metres, as in ``Person.hips_position``.
        expressions: by name, 0 to 1.
    """

    rotations: np.ndarray
    hips: np.ndarray
    expressions: Mapping[str, float]


def unity_name(bone: str) -> str:
    """A bone's name in Unity's HumanBodyBones."""
    for part, name in _THUMB.items():
        if bone.endswith(f"Thumb{part}"):
            return f"{bone[0].upper()}{bone[1:].removesuffix(part)}{name}"
    return bone[0].upper() + bone[1:]


def to_unity(vectors: np.ndarray) -> np.ndarray:
    """Positions (..., 3) or quaternions (..., 4) of VRM in Unity's axes: x is mirrored."""
    signs = (-1, 1, 1) if vectors.shape[-1] == 3 else (1, -1, -1, 1)
    return np.asarray(vectors * signs)


_UNITY_NAMES = tuple(unity_name(bone) for bone in BONES)
_OFFSETS = to_unity(skeleton().offsets)


def pose_of(person: Person, expressions: str = "arkit") -> Pose | None:
    """What is sent of a person; None where there are no rotations."""
    if person.rotations is None:
        return None
    hips = np.zeros(3) if person.hips_position is None else person.hips_position
    return Pose(np.asarray(person.rotations), hips, expressions_of(person.blendshapes, expressions))


def expressions_of(face: Blendshapes | None, kind: str) -> dict[str, float]:
    """A face's expressions by the names of EXPRESSIONS; none without blendshapes."""
    if face is None:
        return {}
    if kind == "vrm":
        return vrm_expressions(face)
    return {name: value for name, value in face.as_dict().items() if name != "_neutral"}


def messages(pose: Pose, seconds: float) -> Iterator[Message]:
    """All messages of a pose, in the protocol's order; ``seconds`` since the sender began."""
    yield "/VMC/Ext/OK", (1,)
    yield "/VMC/Ext/T", (float(seconds),)
    yield "/VMC/Ext/Root/Pos", ("root", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    places = _OFFSETS.copy()
    places[0] += to_unity(pose.hips)
    turned = to_unity(pose.rotations)
    for name, place, quaternion in zip(_UNITY_NAMES, places.tolist(), turned.tolist(), strict=True):
        yield "/VMC/Ext/Bone/Pos", (name, *place, *quaternion)
    for name, value in pose.expressions.items():
        yield "/VMC/Ext/Blend/Val", (name, float(value))
    yield "/VMC/Ext/Blend/Apply", ()


def address(text: str, port: int = PORT) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``, ``HOST`` or ``:PORT``; this machine where there is no host.

    Raises:
        ValueError: the port is no number from 1 to 65535.
    """
    host, separator, number = text.rpartition(":")
    if not separator:
        host, number = text, str(port)
    if not number.isdecimal() or not 1 <= int(number) <= 65535:
        raise ValueError(f"{text!r} is no address: give HOST:PORT, such as 127.0.0.1:{port}")
    return host.strip("[]") or "127.0.0.1", int(number)


class VmcSender(AbstractContextManager["VmcSender"]):
    """Sends the first person's motion to an avatar program, RATES times a second.

    While nobody is found the last pose goes on.

    Args:
        place: ``HOST:PORT`` of the program.
        rate: how many times a second; one of RATES.
        expressions: whose names the face has; one of EXPRESSIONS.

    Raises:
        MissingLibraryError: python-osc is not installed.
        ValueError: an argument is wrong, or the host is unknown.
    """

    def __init__(
        self, place: str = f"127.0.0.1:{PORT}", rate: int = 60, expressions: str = "arkit"
    ) -> None:
        if rate not in RATES:
            raise ValueError(f"the rate must be one of {RATES}, not {rate!r}")
        if expressions not in EXPRESSIONS:
            raise ValueError(f"expressions must be one of {EXPRESSIONS}, not {expressions!r}")
        library("pythonosc", EXTRA)
        host, port = address(place)
        try:
            self._client = library("pythonosc.udp_client", EXTRA).UDPClient(host, port)
        except OSError as error:
            raise ValueError(f"there is no host {host!r} to send to ({error})") from error
        self._expressions = expressions
        self._began = monotonic()
        self._stack = ExitStack()
        self._pacemaker = self._stack.enter_context(Pacemaker(self._send, rate))

    def write(self, result: Result, frame: np.ndarray | None = None) -> None:
        """From now on send what was found; the frame is not needed."""
        pose = pose_of(result.people[0], self._expressions) if result.people else None
        if pose:
            self.show(pose)

    def show(self, pose: Pose) -> None:
        """From now on send this pose."""
        self._pacemaker.beat(pose)

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _send(self, pose: Pose) -> None:
        for bundle in bundles(messages(pose, monotonic() - self._began)):
            self._client.send(bundle)


def bundles(of: Iterator[Message]) -> Iterator[Any]:
    """The messages as OSC bundles, each of which fits into a datagram."""
    build_bundle = library("pythonosc.osc_bundle_builder", EXTRA)
    build_message = library("pythonosc.osc_message_builder", EXTRA)

    def begun() -> Any:
        return build_bundle.OscBundleBuilder(build_bundle.IMMEDIATELY)

    bundle, size = begun(), 0
    for place, arguments in of:
        message = build_message.OscMessageBuilder(place)
        for argument in arguments:
            message.add_arg(argument)
        built = message.build()
        if size and size + built.size > _DATAGRAM:
            yield bundle.build()
            bundle, size = begun(), 0
        bundle.add_content(built)
        size += built.size + 4
    yield bundle.build()
