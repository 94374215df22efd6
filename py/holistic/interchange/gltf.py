"""Binary glTF, and VRM's files of animation: a skeleton in motion, with the real time stamps.

One person, by glTF's own conventions: metres, y up, looking along z, quaternions x, y, z, w. The
nodes are a humanoid's bones in the T-pose, and joints of a skin, so that programs know them as
bones; there is nothing to see on them. A ``.vrma`` is the same file with the extension that says
which node is which bone: it moves any VRM avatar.

Sources: glTF 2.0 and VRMC_vrm_animation 1.0, https://github.com/vrm-c/vrm-specification.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from holistic.interchange.movement import Movement, movement
from holistic.motion import BONES, PARENTS
from holistic.results.readers import Recording
from holistic.shared.bones import EYES

_TYPES = {"f": 5126, "H": 5123, "B": 5121}
"""glTF's numbers of NumPy's types: floats, and whole numbers of 16 and 8 bits."""
_JSON, _BIN = b"JSON", b"BIN\0"


def write(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write the movement of a person, or of the one person that there is, as ``.glb``.

    Raises:
        ValueError: see ``movement.movement``.
        OSError: the file cannot be written.
    """
    path.write_bytes(glb(*_document(movement(recording, person))))


def write_vrma(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write it as ``.vrma``; see ``write``."""
    document, binary = _document(movement(recording, person))
    nodes = {bone: {"node": BONES.index(bone)} for bone in BONES if bone not in EYES}
    document["extensionsUsed"] = ["VRMC_vrm_animation"]
    document["extensions"] = {
        "VRMC_vrm_animation": {
            "specVersion": "1.0",
            "humanoid": {"humanBones": nodes},
            "lookAt": {"node": BONES.index(EYES[0]), "offsetFromHeadBone": [0, 0.06, 0]},
        }
    }
    path.write_bytes(glb(document, binary))


class Buffer:
    """The bytes of a file's arrays, and what describes them."""

    def __init__(self) -> None:
        self.views: list[dict[str, int]] = []
        self.accessors: list[dict[str, Any]] = []
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def content(self) -> bytes:
        """All bytes."""
        return b"".join(self._pieces)

    def add(
        self, array: np.ndarray, kind: str, target: int | None = None, bounds: bool = False
    ) -> int:
        """Add an array of ``kind``, such as "VEC3"; returns the number of its accessor.

        ``target`` is what the array is for, by its number, and ``bounds`` whether the least and the
        largest values are told.
        """
        content = array.tobytes()
        view = {"buffer": 0, "byteOffset": self._size, "byteLength": len(content)}
        self.views.append(view | ({"target": target} if target else {}))
        accessor = {
            "bufferView": len(self.views) - 1,
            "componentType": _TYPES[array.dtype.char],
            "count": len(array),
            "type": kind,
        }
        if bounds:
            rows = array.reshape(len(array), -1)
            accessor |= {"min": rows.min(0).tolist(), "max": rows.max(0).tolist()}
        self.accessors.append(accessor)
        padded = content + bytes(-len(content) % 4)
        self._pieces.append(padded)
        self._size += len(padded)
        return len(self.accessors) - 1


def _document(moving: Movement) -> tuple[dict[str, Any], bytes]:
    """The description, and the bytes of its arrays."""
    buffer = Buffer()
    buffer.add(moving.times.astype("<f4"), "SCALAR", bounds=True)
    buffer.add(moving.hips.astype("<f4"), "VEC3")
    for rotations in np.moveaxis(moving.rotations, 1, 0):
        buffer.add(rotations.astype("<f4"), "VEC4")
    channels = [(0, "translation")] + [(node, "rotation") for node in range(len(BONES))]
    document = {
        "asset": {"version": "2.0", "generator": "Holistic Tracking"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [_node(moving, bone) for bone in BONES],
        "skins": [{"skeleton": 0, "joints": list(range(len(BONES)))}],
        "animations": [
            {
                "name": "motion",
                "samplers": [
                    {"input": 0, "output": output, "interpolation": "LINEAR"}
                    for output in range(1, len(buffer.accessors))
                ],
                "channels": [
                    {"sampler": number, "target": {"node": node, "path": path}}
                    for number, (node, path) in enumerate(channels)
                ],
            }
        ],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.content)}],
    }
    return document, buffer.content


def _node(moving: Movement, bone: str) -> dict[str, Any]:
    offset = moving.skeleton.offsets[BONES.index(bone)]
    children = [row for row, each in enumerate(BONES) if PARENTS[each] == bone]
    node = {"name": bone, "translation": [round(float(value), 6) for value in offset]}
    return node | ({"children": children} if children else {})


def glb(document: dict[str, Any], binary: bytes) -> bytes:
    """The one file of both."""
    text = json.dumps(document, separators=(",", ":")).encode()
    chunks = [(_JSON, text + b" " * (-len(text) % 4)), (_BIN, binary + b"\0" * (-len(binary) % 4))]
    body = b"".join(struct.pack("<I", len(data)) + kind + data for kind, data in chunks)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body
